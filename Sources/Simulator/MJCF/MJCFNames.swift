/// The names in a model file, of which no two elements of a kind have the same.
enum MJCFNames {
  /// For each tag, the kind of element whose names differ.
  private static let kinds = [
    "body": "body", "joint": "joint", "geom": "geom", "site": "site", "camera": "camera",
    "light": "light", "frame": "frame", "fixed": "tendon", "spatial": "tendon",
    "motor": "actuator", "position": "actuator", "velocity": "actuator", "general": "actuator",
  ]

  /// Throws at the first element below `root` whose name an element of its kind has.
  static func check(_ root: MJCFElement) throws(MJCFError) {
    var seen: Set = ["body world"]
    try check(root, &seen)
  }

  private static func check(
    _ element: MJCFElement, _ seen: inout Set<String>
  ) throws(MJCFError) {
    for child in element.children
    where !["default", "sensor", "tuple", "asset"].contains(child.tag) {
      if let kind = kinds[child.tag], let name = child.attributes["name"], !name.isEmpty,
        !seen.insert("\(kind) \(name)").inserted
      {
        throw child.error(.invalidValue, "the name is used twice", "give each its own")
      }
      try check(child, &seen)
    }
  }
}
