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
  private static let compilerIgnored: Set = [
    "meshdir", "texturedir", "assetdir", "strippath", "usethread", "discardvisual", "fitaabb",
    "fusestatic", "alignfree", "passthrough", "saveinertial", "savecanonical", "savecompiled",
  ]

  private static let compilerFixed = [
    "coordinate": ["local"], "inertiafromgeom": ["true", "auto"], "boundmass": ["0"],
    "boundinertia": ["0"], "balanceinertia": ["false"], "inertiagrouprange": ["0 5"],
  ]

  /// Settings of what the supported subset does not have: meshes, magnetometers, sleep, and what
  /// acts only with a flag that is refused.
  private static let optionIgnored: Set = [
    "magnetic", "jacobian", "noslip_tolerance", "ccd_iterations", "ccd_tolerance",
    "sdf_iterations", "sdf_initpoints", "sleep_tolerance", "o_margin", "o_solref", "o_solimp",
    "o_friction",
  ]

  /// Solver settings, accepted only at MuJoCo's defaults.
  private static let optionFixed = [
    "wind": ["0 0 0"], "cone": ["pyramidal"], "solver": ["Newton"], "iterations": ["100"],
    "tolerance": ["1e-8"], "impratio": ["1"], "ls_iterations": ["50"], "ls_tolerance": ["0.01"],
    "noslip_iterations": ["0"],
  ]

  /// Flags that change nothing in the motion.
  private static let flagIgnored: Set = [
    "energy", "fwdinv", "sensor", "midphase", "nativeccd", "multiccd",
  ]

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
      used: ["angle", "settotalmass", "autolimits", "eulerseq"], ignored: Self.compilerIgnored,
      fixed: Self.compilerFixed)
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
          "MuJoCo rejects it too")
      }
      eulerSequence = sequence
    }
    // MuJoCo takes a negative total as "leave the masses alone"
    let total = try attributes.number("settotalmass", default: totalMass ?? -1)
    totalMass = total > 0 ? total : nil
  }

  private mutating func read(option element: MJCFElement) throws(MJCFError) {
    try element.requireAttributes(
      used: ["timestep", "integrator", "gravity", "density", "viscosity"],
      ignored: Self.optionIgnored, fixed: Self.optionFixed)
    try element.requireChildren(used: ["flag"], ignored: [])
    for flag in element.children("flag") {
      try flag.requireAttributes(
        used: [], ignored: Self.flagIgnored, fixed: Self.flagFixed)
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
