/// Which attributes of the physical elements are read, which have no effect, which are accepted
/// only at one value, and what is equivalent to the refused ones.
enum MJCFSchema {
  private static let jointUsed: Set = [
    "type", "axis", "pos", "range", "limited", "stiffness", "damping", "armature", "solreflimit",
    "solimplimit",
  ]

  private static let geomUsed: Set = [
    "type", "size", "fromto", "pos", "quat", "axisangle", "xyaxes", "zaxis", "euler", "contype",
    "conaffinity", "condim", "friction", "solref", "solimp", "density", "mass", "group",
  ]

  private static let motorUsed: Set = ["gear", "ctrllimited", "ctrlrange"]

  // the softness of friction loss has no effect where there is none
  private static let jointIgnored: Set = ["group", "user", "solreffriction", "solimpfriction"]
  private static let geomIgnored: Set = ["rgba", "material", "user", "fluidcoef", "castshadow"]
  private static let motorIgnored: Set = ["group", "user"]

  private static let jointFixed = [
    "margin": ["0"], "frictionloss": ["0"], "ref": ["0"], "springref": ["0"],
    "springdamper": ["0 0"], "actuatorfrclimited": ["false"], "actuatorgravcomp": ["false"],
  ]

  private static let geomFixed = [
    "margin": ["0"], "gap": ["0"], "solmix": ["1"], "priority": ["0"],
    "shellinertia": ["false"], "fluidshape": ["none"],
  ]

  private static let motorFixed = ["forcelimited": ["false"], "armature": ["0"], "damping": ["0"]]

  /// Throws at the first attribute of a joint, geom or motor that would be misread.
  ///
  /// In a `<default>`, which `isDefault` says, an element has no name, class or joint.
  static func check(_ element: MJCFElement, isDefault: Bool = false) throws(MJCFError) {
    let named: Set = isDefault ? [] : ["name", "class"]
    switch element.tag {
    case "joint":
      try element.requireAttributes(
        used: jointUsed.union(named), ignored: jointIgnored, fixed: jointFixed)
    case "geom":
      try element.requireAttributes(
        used: geomUsed.union(named), ignored: geomIgnored, fixed: geomFixed)
    default:
      try element.requireAttributes(
        used: motorUsed.union(named).union(isDefault ? [] : ["joint"]), ignored: motorIgnored,
        fixed: motorFixed)
    }
    try element.requireChildren(used: [], ignored: [])
  }

  /// What moves as an element with an attribute that is refused does.
  static func equivalent(of attribute: String, in tag: String) -> String? {
    switch (tag, attribute) {
    case ("body", _) where MJCFOrientation.names.contains(attribute):
      "the body without it, if it turns about the normal of the plane: turn the positions and "
        + "directions of all that is inside the body by it instead"
    case ("joint", "ref"):
      "ref=\"0\" with range and springref smaller by ref, and a coordinate that counts from ref"
    case ("compiler", "coordinate"):
      "the same model in local coordinates, in which positions and directions are those in the "
        + "parent body's frame: MuJoCo up to 2.3.3 loads the file and saves it so"
    default: nil
    }
  }

  /// What moves as an element that is refused does.
  static func equivalent(of element: MJCFElement) -> String? {
    switch element.tag {
    case "include": "the file with the text of the included one in this place"
    case "frame": "its content in this place, with positions and directions in the body's frame"
    case "replicate": "its content written out as often as it says"
    default: nil
    }
  }
}
