/// What `<compiler>` and `<option>` say.
struct MJCFOptions {
  /// Radians per unit of angle in the file.
  var angleUnit = Double.pi / 180
  /// Whether a range alone makes a joint or a motor limited.
  var automaticLimits = true
  /// The axes of three Euler angles; upper case for fixed axes.
  var eulerSequence = "xyz"
  var totalMass: Double?
  var timestep = 0.002
  var integrator = PlanarModel.Integrator.euler
  var gravity = [0, 0, -9.81]
  var density = 0.0
  var viscosity = 0.0

  /// Compiler settings that change nothing in the supported subset.
  private static let compilerIgnored: [String: MJCFValue] = [
    "meshdir": .text, "texturedir": .text, "assetdir": .text, "strippath": .logical,
    "usethread": .logical, "discardvisual": .logical, "fitaabb": .logical, "fusestatic": .logical,
    "alignfree": .logical, "saveinertial": .logical, "savecanonical": .logical,
    "savecompiled": .logical,
  ]

  private static let compilerFixed = [
    "coordinate": ["local"], "inertiafromgeom": ["true", "auto"], "boundmass": ["0"],
    "boundinertia": ["0"], "balanceinertia": ["false"], "inertiagrouprange": ["0 5"],
  ]

  /// Settings of what the supported subset does not have: meshes, magnetometers, sleep, and what
  /// acts only with a flag that is refused.
  private static let optionIgnored: [String: MJCFValue] = [
    "magnetic": .numbers(3...3), "jacobian": .words(["dense", "sparse", "auto"]),
    "noslip_tolerance": .number, "ccd_iterations": .integer, "ccd_tolerance": .number,
    "sdf_iterations": .integer, "sdf_initpoints": .integer, "sleep_tolerance": .number,
    "o_margin": .number, "o_solref": .numbers(1...2), "o_solimp": .numbers(1...5),
    "o_friction": .numbers(1...5),
  ]

  /// Solver settings, accepted only at MuJoCo's defaults.
  private static let optionFixed = [
    "wind": ["0 0 0"], "cone": ["pyramidal"], "solver": ["Newton"], "iterations": ["100"],
    "tolerance": ["1e-8"], "impratio": ["1"], "ls_iterations": ["50"], "ls_tolerance": ["0.01"],
    "noslip_iterations": ["0"],
  ]

  /// Flags that change nothing in the motion.
  private static let flagIgnored: [String: MJCFValue] = [
    "energy", "fwdinv", "sensor", "midphase", "nativeccd", "multiccd",
  ].reduce(into: [:]) { $0[$1] = .words(["enable", "disable"]) }

  /// Flags at their defaults.
  private static let flagFixed =
    [
      "constraint", "equality", "frictionloss", "limit", "contact", "spring", "damper", "gravity",
      "clampctrl", "warmstart", "filterparent", "actuation", "refsafe", "eulerdamp", "autoreset",
      "island",
    ].reduce(into: ["override": ["disable"], "invdiscrete": ["disable"], "sleep": ["disable"]]) {
      $0[$1] = ["enable"]
    }

  /// Reads the elements of a file.
  init(_ root: MJCFElement) throws(MJCFError) {
    for element in root.children("compiler") { try read(compiler: element) }
    for element in root.children("option") { try read(option: element) }
  }

  private mutating func read(compiler element: MJCFElement) throws(MJCFError) {
    try element.requireAttributes(
      used: [
        "angle": .text, "settotalmass": .number, "autolimits": .logical, "eulerseq": .text,
      ], ignored: Self.compilerIgnored, fixed: Self.compilerFixed)
    try element.requireChildren(used: [], ignored: ["lengthrange"])
    let attributes = MJCFAttributes(element)
    if attributes.has("angle") {
      let unit = try attributes.word("angle", default: "degree", of: ["degree", "radian"])
      angleUnit = unit == "radian" ? 1 : Double.pi / 180
    }
    if attributes.has("autolimits") {
      automaticLimits =
        try attributes.word("autolimits", default: "true", of: ["true", "false"]) == "true"
    }
    if let sequence = attributes.text("eulerseq") {
      guard sequence.count == 3, sequence.allSatisfy({ "xyzXYZ".contains($0) }) else {
        throw element.error(
          .invalidValue, "eulerseq=\"\(sequence.prefix(60))\" is not a sequence of three axes",
          "write three of x, y, z, X, Y and Z")
      }
      eulerSequence = sequence
    }
    // MuJoCo takes a negative total as "leave the masses alone"
    let total = try attributes.number("settotalmass", default: totalMass ?? -1)
    totalMass = total > 0 ? total : nil
  }

  private mutating func read(option element: MJCFElement) throws(MJCFError) {
    try element.requireAttributes(
      used: [
        "timestep": .number, "integrator": .text, "gravity": .numbers(3...3), "density": .number,
        "viscosity": .number,
      ],
      ignored: Self.optionIgnored, fixed: Self.optionFixed)
    try element.requireChildren(used: ["flag"], ignored: [])
    let flags = element.children("flag")
    guard flags.count <= 1 else {
      throw flags[1].error(.invalidValue, "a second <flag>", "MuJoCo rejects it too")
    }
    for flag in flags {
      try flag.requireAttributes(
        used: [:], ignored: Self.flagIgnored, fixed: Self.flagFixed)
    }
    let attributes = MJCFAttributes(element)
    timestep = try attributes.magnitude("timestep", default: timestep)
    gravity = try attributes.vector("gravity", startingAt: gravity)
    density = try attributes.magnitude("density", default: density)
    viscosity = try attributes.magnitude("viscosity", default: viscosity)
    if attributes.has("integrator") {
      let name = try attributes.word("integrator", default: "Euler", of: ["Euler", "RK4"])
      integrator = name == "RK4" ? .rungeKutta4 : .euler
    }
  }
}
