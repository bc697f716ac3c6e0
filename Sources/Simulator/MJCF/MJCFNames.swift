/// The names in a model file, of which no two elements of a kind have the same.
enum MJCFNames {
  private static let kinds: Set = ["body", "joint", "geom", "site", "camera", "light", "motor"]

  /// Throws at the first element below `root` whose name an element of its kind has.
  static func check(_ root: MJCFElement) throws(MJCFError) {
    var seen: Set = ["body world"]
    try check(root, &seen)
  }

  private static func check(
    _ element: MJCFElement, _ seen: inout Set<String>
  ) throws(MJCFError) {
    for child in element.children where child.tag != "default" {
      if kinds.contains(child.tag), let name = child.attributes["name"], !name.isEmpty,
        !seen.insert("\(child.tag) \(name)").inserted
      {
        throw child.error(.invalidValue, "the name is used twice", "give each its own")
      }
      try check(child, &seen)
    }
  }
}
