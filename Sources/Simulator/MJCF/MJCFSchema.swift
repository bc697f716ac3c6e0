/// Which attributes of the physical elements are read, which have no effect, which are accepted
/// only at one value, and what is equivalent to the refused ones.
enum MJCFSchema {
  private static let named: [String: MJCFValue] = ["name": .text, "class": .text]

  private static let automatic = MJCFValue.words(["true", "false", "auto"])

  private static let jointUsed: [String: MJCFValue] = [
    "type": .words(["hinge", "slide", "ball", "free"]), "axis": .numbers(3...3),
    "pos": .numbers(3...3), "range": .numbers(2...2),
    "limited": automatic, "stiffness": .numbers(1...3), "damping": .numbers(1...3),
    "armature": .number,
    "solreflimit": .numbers(1...2), "solimplimit": .numbers(1...5), "margin": .number,
    "ref": .number, "springref": .number, "frictionloss": .number,
    "solreffriction": .numbers(1...2), "solimpfriction": .numbers(1...5),
    "actuatorfrclimited": automatic,
    "actuatorfrcrange": .numbers(2...2),
  ]

  private static let geomUsed: [String: MJCFValue] = [
    "type": .words([
      "plane", "hfield", "sphere", "capsule", "ellipsoid", "cylinder", "box", "mesh", "sdf",
    ]), "size": .numbers(1...3), "fromto": .numbers(6...6), "pos": .numbers(3...3),
    "quat": .numbers(4...4), "axisangle": .numbers(4...4), "xyaxes": .numbers(6...6),
    "zaxis": .numbers(3...3), "euler": .numbers(3...3), "contype": .integer,
    "conaffinity": .integer, "condim": .integer, "friction": .numbers(1...3),
    "solref": .numbers(1...2), "solimp": .numbers(1...5), "density": .number, "mass": .number,
    "margin": .number, "group": .integer, "solmix": .number, "priority": .integer,
  ]

  private static let actuatorUsed: [String: MJCFValue] = [
    "gear": .numbers(1...6), "ctrllimited": automatic, "ctrlrange": .numbers(2...2),
    "forcelimited": automatic, "forcerange": .numbers(2...2),
  ]

  private static let targets: [String: MJCFValue] = [
    "joint": .text, "jointinparent": .text, "tendon": .text,
  ]

  /// For each kind of actuator, the attributes of its law of force.
  private static let laws: [String: [String: MJCFValue]] = [
    "motor": [:], "velocity": ["kv": .number],
    "position": [
      "kp": .number, "kv": .number, "dampratio": .number, "inheritrange": .number,
    ],
    "general": [
      "gainprm": .numbers(1...10), "biasprm": .numbers(1...10), "dynprm": .numbers(1...10),
      "biastype": .words([
        "none", "affine", "muscle", "user", "so3", "pid", "dcmotor",
      ]), "inheritrange": .number,
    ],
  ]

  /// What defaults of one kind of actuator do not share with those of another.
  static let lawAttributes = Set(laws.values.flatMap(\.keys)).union([
    "gaintype", "dyntype", "timeconst", "actdim", "actlimited", "actrange", "actearly",
  ])

  private static let jointIgnored: [String: MJCFValue] = ["group": .integer, "user": .list]

  private static let geomIgnored: [String: MJCFValue] = [
    "rgba": .numbers(4...4), "material": .text, "user": .list, "fluidcoef": .numbers(1...5),
    "castshadow": .logical,
    // contacts act from the margin on; those in the gap beyond it are just listed
    "gap": .number,
  ]

  // the range of the length is for muscles
  private static let actuatorIgnored: [String: MJCFValue] = [
    "group": .integer, "user": .list, "lengthrange": .numbers(2...2),
    "actearly": .logical, "interp": .text,
  ]

  private static let jointFixed = [
    "springdamper": ["0 0"], "actuatorgravcomp": ["false"],
  ]

  private static let geomFixed = [
    "shellinertia": ["false"], "fluidshape": ["none"],
  ]

  private static let actuatorFixed = [
    "armature": ["0"], "damping": ["0"], "delay": ["0"], "nsample": ["0"], "timeconst": ["0"],
    "dyntype": ["none"], "gaintype": ["fixed"], "actlimited": ["false", "auto"],
    "actrange": ["0 0"], "actdim": ["-1", "0"],
  ]

  /// Throws at the first attribute of a joint, geom or actuator that would be misread.
  ///
  /// In a `<default>`, which `isDefault` says, an element has no name, class or target.
  static func check(_ element: MJCFElement, isDefault: Bool = false) throws(MJCFError) {
    let named = isDefault ? [:] : Self.named
    func both(_ used: [String: MJCFValue]) -> [String: MJCFValue] {
      used.merging(named) { first, _ in first }
    }
    switch element.tag {
    case "joint":
      try element.requireAttributes(
        used: both(jointUsed), ignored: jointIgnored, fixed: jointFixed)
    case "geom":
      try element.requireAttributes(used: both(geomUsed), ignored: geomIgnored, fixed: geomFixed)
    default:
      var used = both(actuatorUsed).merging(laws[element.tag] ?? [:]) { first, _ in first }
      if !isDefault { used.merge(targets) { first, _ in first } }
      try element.requireAttributes(used: used, ignored: actuatorIgnored, fixed: actuatorFixed)
      guard ["none", "affine"].contains(element.attributes["biastype"] ?? "none") else {
        throw element.unsupported(
          "biastype=\"\(element.attributes["biastype"] ?? "")\" is not simulated")
      }
    }
    try element.requireChildren(used: [], ignored: [])
  }

  /// What moves as an element with an attribute that is refused does.
  static func equivalent(of attribute: String, in tag: String) -> String? {
    switch (tag, attribute) {
    case ("compiler", "coordinate"):
      "the same model in local coordinates, in which positions and directions are those in the "
        + "parent body's frame: MuJoCo up to 2.3.3 loads the file and saves it so"
    default: nil
    }
  }

  /// What moves as an element that is refused does.
  static func equivalent(of element: MJCFElement) -> String? {
    switch element.tag {
    case "replicate": "its content written out as often as it says"
    default: nil
    }
  }
}
