/// The default classes of a model file.
struct MJCFDefaults {
  /// For each class, for each tag, the attributes from the outermost class inwards.
  private var classes: [String: [String: [[String: String]]]] = [:]

  /// The class that applies everywhere.
  static let main = "main"

  private static let used: Set = ["joint", "geom", "motor", "default"]
  private static let ignored: Set = [
    "site", "camera", "light", "material", "mesh", "texture", "pair", "equality", "tendon",
  ]

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
    try element.requireChildren(used: Self.used, ignored: Self.ignored)
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
    for child in element.children where ["joint", "geom", "motor"].contains(child.tag) {
      try MJCFSchema.check(child, isDefault: true)
      attributes[child.tag, default: []].append(child.attributes)
    }
    classes[name] = attributes
    for child in element.children("default") {
      try add(child, inheriting: attributes, isOutermost: false)
    }
  }

  /// The attributes of `element` with those of its class, or else of `childClass`.
  func attributes(
    of element: MJCFElement, childClass: String?
  ) throws(MJCFError) -> MJCFAttributes {
    let name = element.attributes["class"] ?? childClass ?? Self.main
    guard let layers = classes[name] else {
      throw element.error(
        .invalidValue, "there is no default class \"\(name.prefix(60))\"", "define it")
    }
    return MJCFAttributes(element, defaults: layers[element.tag] ?? [])
  }
}
