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
    "ref": .number, "springref": .number,
  ]

  private static let geomUsed: [String: MJCFValue] = [
    "type": .words([
      "plane", "hfield", "sphere", "capsule", "ellipsoid", "cylinder", "box", "mesh", "sdf",
    ]), "size": .numbers(1...3), "fromto": .numbers(6...6), "pos": .numbers(3...3),
    "quat": .numbers(4...4), "axisangle": .numbers(4...4), "xyaxes": .numbers(6...6),
    "zaxis": .numbers(3...3), "euler": .numbers(3...3), "contype": .integer,
    "conaffinity": .integer, "condim": .integer, "friction": .numbers(1...3),
    "solref": .numbers(1...2), "solimp": .numbers(1...5), "density": .number, "mass": .number,
    "margin": .number, "group": .integer,
  ]

  private static let motorUsed: [String: MJCFValue] = [
    "gear": .numbers(1...6), "ctrllimited": automatic, "ctrlrange": .numbers(2...2),
  ]

  // the softness of friction loss has no effect where there is none
  private static let jointIgnored: [String: MJCFValue] = [
    "group": .integer, "user": .list, "solreffriction": .numbers(1...2),
    "solimpfriction": .numbers(1...5),
  ]

  private static let geomIgnored: [String: MJCFValue] = [
    "rgba": .numbers(4...4), "material": .text, "user": .list, "fluidcoef": .numbers(1...5),
    "castshadow": .logical,
  ]

  private static let motorIgnored: [String: MJCFValue] = ["group": .integer, "user": .list]

  private static let jointFixed = [
    "frictionloss": ["0"], "springdamper": ["0 0"], "actuatorfrclimited": ["false"],
    "actuatorgravcomp": ["false"],
  ]

  private static let geomFixed = [
    "gap": ["0"], "solmix": ["1"], "priority": ["0"],
    "shellinertia": ["false"], "fluidshape": ["none"],
  ]

  private static let motorFixed = ["forcelimited": ["false"], "armature": ["0"], "damping": ["0"]]

  /// Throws at the first attribute of a joint, geom or motor that would be misread.
  ///
  /// In a `<default>`, which `isDefault` says, an element has no name, class or joint.
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
      var used = both(motorUsed)
      if !isDefault { used["joint"] = .text }
      try element.requireAttributes(used: used, ignored: motorIgnored, fixed: motorFixed)
    }
    try element.requireChildren(used: [], ignored: [])
  }

  /// What moves as an element with an attribute that is refused does.
  static func equivalent(of attribute: String, in tag: String) -> String? {
    switch (tag, attribute) {
    case ("body", _) where MJCFOrientation.names.contains(attribute):
      "the body without it, if it turns about the normal of the plane: turn the positions and "
        + "directions of all that is inside the body by it instead"
    case ("compiler", "coordinate"):
      "the same model in local coordinates, in which positions and directions are those in the "
        + "parent body's frame: MuJoCo up to 2.3.3 loads the file and saves it so"
    default: nil
    }
  }

  /// What moves as an element that is refused does.
  static func equivalent(of element: MJCFElement) -> String? {
    switch element.tag {
    case "include": "the file with the content of the included one's root in this place"
    case "frame": "its content in this place, with positions and directions in the body's frame"
    case "replicate": "its content written out as often as it says"
    default: nil
    }
  }
}
