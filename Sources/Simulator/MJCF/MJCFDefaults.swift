/// The default classes of a model file.
struct MJCFDefaults {
  /// For each class, for each tag, the attributes from the outermost class inwards.
  private var classes: [String: [String: [[String: String]]]] = [:]

  /// The class that applies everywhere.
  static let main = "main"

  /// The key of an actuator's layer that holds its kind. No attribute has this name.
  static let kindKey = "kind of actuator"

  /// The elements whose defaults are used; they are checked where they are used, except for these.
  private static let checked: Set = ["joint", "geom", "motor"]
  private static let actuators: Set = [
    "motor", "position", "velocity", "general", "intvelocity", "orientation", "pid", "damper",
    "cylinder", "muscle", "adhesion", "plugin", "dcmotor",
  ]
  private static let others: Set = ["tendon", "equality", "pair"]
  private static let ignored: Set = ["site", "camera", "light", "material", "mesh", "texture"]

  /// Reads the `<default>` elements of a file.
  init(_ root: MJCFElement) throws(MJCFError) {
    classes[Self.main] = [:]
    for element in root.children("default") {
      try add(element, inheriting: [:], isOutermost: true)
    }
  }

  private mutating func add(
    _ element: MJCFElement, inheriting: [String: [[String: String]]], isOutermost: Bool
  ) throws(MJCFError) {
    try element.requireAttributes(used: ["class": .text])
    try element.requireChildren(
      used: Self.checked.union(["default"]),
      ignored: Self.ignored.union(Self.actuators).union(Self.others))
    var tags = Set<String>()
    for child in element.children where child.tag != "default" {
      guard tags.insert(child.tag).inserted else {
        throw child.error(.invalidValue, "it stands twice in a default", "MuJoCo rejects it too")
      }
    }
    let name = element.attributes["class"] ?? (isOutermost ? Self.main : "")
    guard !name.isEmpty, isOutermost || classes[name] == nil else {
      throw element.error(
        .invalidValue, "a nested default needs a class name that is not used yet", "name it")
    }
    if isOutermost, name != Self.main {
      throw element.error(
        .invalidValue, "the outermost default class is \"\(name.prefix(60))\"",
        "MuJoCo rejects it too; it is \"main\"")
    }
    var attributes = isOutermost ? classes[name] ?? [:] : inheriting
    for child in element.children where child.tag != "default" {
      if Self.checked.contains(child.tag) { try MJCFSchema.check(child, isDefault: true) }
      var layer = child.attributes
      var key = child.tag
      if Self.actuators.contains(child.tag) {
        key = "actuator"
        layer[Self.kindKey] = child.tag
      }
      attributes[key, default: []].append(layer)
    }
    classes[name] = attributes
    for child in element.children("default") {
      try add(child, inheriting: attributes, isOutermost: false)
    }
  }

  /// The attributes of `element` with those of its class, or else of `childClass`.
  ///
  /// The defaults are those of `kind`, by default the element's tag.
  func attributes(
    of element: MJCFElement, as kind: String? = nil, childClass: String?
  ) throws(MJCFError) -> MJCFAttributes {
    let name = element.attributes["class"] ?? childClass ?? Self.main
    guard let layers = classes[name] else {
      throw element.error(
        .invalidValue, "there is no default class \"\(name.prefix(60))\"", "define it")
    }
    return MJCFAttributes(element, defaults: layers[kind ?? element.tag] ?? [])
  }
}
