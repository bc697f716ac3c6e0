/// The tendons of a file: linear combinations of joint coordinates that motors drive.
///
/// Tendons that exert forces of their own are refused. A spatial tendon without any is not needed.
struct MJCFTendons {
  /// For each fixed tendon, its joints.
  private(set) var fixed: [String: [Motor.Coupling]] = [:]
  /// The names of the spatial tendons.
  private(set) var spatial: Set<String> = []

  private static let ignored: [String: MJCFValue] = [
    "name": .text, "class": .text, "group": .integer, "user": .list, "width": .number,
    "material": .text, "rgba": .numbers(4...4), "margin": .number, "range": .numbers(2...2),
    "springlength": .numbers(1...2), "solreflimit": .numbers(1...2),
    "solimplimit": .numbers(1...5), "solreffriction": .numbers(1...2),
    "solimpfriction": .numbers(1...5), "limited": .words(["true", "false", "auto"]),
  ]

  private static let fixedAttributes = [
    "stiffness": ["0", "0 0", "0 0 0"], "damping": ["0", "0 0", "0 0 0"], "frictionloss": ["0"],
    "armature": ["0"], "actuatorfrclimited": ["false"],
  ]

  /// Reads the `<tendon>` elements of a file.
  init(
    _ root: MJCFElement, defaults: MJCFDefaults, options: MJCFOptions
  ) throws(MJCFError) {
    for section in root.children("tendon") {
      try section.requireAttributes(used: [:])
      try section.requireChildren(used: ["fixed", "spatial"], ignored: [])
      for element in section.children {
        let attributes = try defaults.attributes(of: element, as: "tendon", childClass: nil)
        try attributes.merged.requireAttributes(
          used: [:], ignored: Self.ignored, fixed: Self.fixedAttributes)
        let range = try attributes.range(
          "range", switch: "limited", isAutomatic: options.automaticLimits)
        guard range == nil || !options.has("limit") else {
          throw element.unsupported("a tendon with a limited length")
        }
        let name = element.attributes["name"] ?? ""
        guard element.tag == "fixed" else {
          spatial.insert(name)
          continue
        }
        try element.requireChildren(used: ["joint"], ignored: [])
        fixed[name] = try Self.joints(element)
      }
    }
  }

  private static func joints(_ tendon: MJCFElement) throws(MJCFError) -> [Motor.Coupling] {
    var result: [Motor.Coupling] = []
    for element in tendon.children {
      try element.requireAttributes(used: ["joint": .text, "coef": .number])
      guard let joint = element.attributes["joint"], element.attributes["coef"] != nil else {
        throw element.error(
          .invalidValue, "a part of a tendon without joint or coef", "MuJoCo rejects it too")
      }
      guard !result.contains(where: { $0.joint == joint }) else {
        throw element.unsupported("the joint \"\(joint.prefix(60))\" twice in a tendon")
      }
      result.append(
        Motor.Coupling(
          joint: joint, coefficient: try MJCFAttributes(element).number("coef", default: 0)))
    }
    guard !result.isEmpty else {
      throw tendon.error(.invalidValue, "a tendon without joints", "MuJoCo rejects it too")
    }
    return result
  }
}
