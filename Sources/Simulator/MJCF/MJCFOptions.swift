/// What `<compiler>` and `<option>` say.
struct MJCFOptions {
  /// Radians per unit of angle in the file.
  var angleUnit = Double.pi / 180
  /// Whether a range alone makes a joint or a motor limited.
  var automaticLimits = true
  var totalMass: Double?
  var timestep = 0.002
  var integrator = PlanarModel.Integrator.euler
  var gravity = [0, 0, -9.81]
  var density = 0.0
  var viscosity = 0.0

  /// Compiler settings that change nothing in the supported subset.
  private static let compilerIgnored: Set = [
    "meshdir", "texturedir", "assetdir", "strippath", "usethread", "discardvisual",
  ]

  /// Solver settings, accepted only at MuJoCo's defaults.
  private static let optionFixed = [
    "wind": ["0 0 0"], "magnetic": ["0 -0.5 0"], "cone": ["pyramidal"], "jacobian": ["auto"],
    "solver": ["Newton"], "iterations": ["100"], "tolerance": ["1e-8"], "impratio": ["1"],
    "ls_iterations": ["50"], "ls_tolerance": ["0.01"], "noslip_iterations": ["0"],
  ]

  /// Reads the elements of a file.
  init(_ root: MJCFElement) throws(MJCFError) {
    for element in root.children("compiler") { try read(compiler: element) }
    for element in root.children("option") { try read(option: element) }
  }

  private mutating func read(compiler element: MJCFElement) throws(MJCFError) {
    try element.requireAttributes(
      used: ["angle", "settotalmass", "autolimits"], ignored: Self.compilerIgnored,
      fixed: ["coordinate": ["local"], "inertiafromgeom": ["true", "auto"]])
    try element.requireChildren(used: [], ignored: [])
    let attributes = MJCFAttributes(element)
    if attributes.has("angle") {
      let unit = try attributes.word("angle", default: "degree", of: ["degree", "radian"])
      angleUnit = unit == "radian" ? 1 : Double.pi / 180
    }
    if attributes.has("autolimits") {
      automaticLimits =
        try attributes.word("autolimits", default: "true", of: ["true", "false"]) == "true"
    }
    // MuJoCo takes a negative total as "leave the masses alone"
    let total = try attributes.number("settotalmass", default: totalMass ?? -1)
    totalMass = total > 0 ? total : nil
  }

  private mutating func read(option element: MJCFElement) throws(MJCFError) {
    try element.requireAttributes(
      used: ["timestep", "integrator", "gravity", "density", "viscosity"],
      fixed: Self.optionFixed)
    try element.requireChildren(used: [], ignored: [])
    let attributes = MJCFAttributes(element)
    timestep = try attributes.number("timestep", default: timestep)
    gravity = try attributes.vector("gravity", startingAt: gravity)
    density = try attributes.number("density", default: density)
    viscosity = try attributes.number("viscosity", default: viscosity)
    if attributes.has("integrator") {
      let name = try attributes.word("integrator", default: "Euler", of: ["Euler", "RK4"])
      integrator = name == "RK4" ? .rungeKutta4 : .euler
    }
  }
}
