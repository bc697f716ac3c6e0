/// Which attributes of the physical elements are read, which have no effect, and which are
/// accepted only at one value.
enum MJCFSchema {
  private static let jointUsed: Set = [
    "name", "class", "type", "axis", "pos", "range", "limited", "stiffness", "damping",
    "armature", "solreflimit", "solimplimit",
  ]

  private static let geomUsed: Set = [
    "name", "class", "type", "size", "fromto", "pos", "axisangle", "contype", "conaffinity",
    "condim", "friction", "solref", "solimp", "density",
  ]

  private static let motorUsed: Set = [
    "name", "class", "joint", "gear", "ctrllimited", "ctrlrange",
  ]

  private static let noEffect: Set = ["rgba", "material", "group", "user"]

  private static let jointFixed = [
    "margin": ["0"], "frictionloss": ["0"], "ref": ["0"], "springref": ["0"],
    "actuatorfrclimited": ["false"],
  ]

  private static let geomFixed = [
    "margin": ["0"], "gap": ["0"], "solmix": ["1"], "priority": ["0"],
    "shellinertia": ["false"], "fluidshape": ["none"],
  ]

  private static let motorFixed = ["forcelimited": ["false"]]

  /// Throws at the first attribute of a joint, geom or motor that would be misread.
  static func check(_ element: MJCFElement) throws(MJCFError) {
    switch element.tag {
    case "joint":
      try element.requireAttributes(used: jointUsed, ignored: noEffect, fixed: jointFixed)
    case "geom":
      try element.requireAttributes(used: geomUsed, ignored: noEffect, fixed: geomFixed)
    default:
      try element.requireAttributes(used: motorUsed, ignored: noEffect, fixed: motorFixed)
    }
    try element.requireChildren(used: [], ignored: [])
  }
}
