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
  var frictionCone = PlanarModel.FrictionCone.pyramidal
  var frictionRatio = 1.0
  /// The largest number of Newton iterations of a step.
  var iterations: Int32 = 100
  /// The tolerance at which the solver stops.
  var tolerance = 1e-8
  /// Where the inertia of a body comes from: its geoms, its `<inertial>`, or that if it has one.
  var inertiaSource = "auto"
  /// The least mass and moment of inertia of a body.
  var leastMass = 0.0
  var leastInertia = 0.0
  /// Whether moments of inertia that no solid has are replaced by their mean.
  var balancesInertia = false
  /// The groups of geoms that have mass.
  var massiveGroups: ClosedRange<Int32> = 0...5
  private var wind = [0.0, 0, 0]
  private var windElement = MJCFElement(tag: "option", attributes: [:], line: 0)
  /// What `<flag>` switches off.
  var disabled: Set<String> = []

  /// Whether a flag is on, as it is by default.
  func has(_ flag: String) -> Bool { !disabled.contains(flag) }

  /// Compiler settings that change nothing in the supported subset.
  private static let compilerIgnored: [String: MJCFValue] = [
    "meshdir": .text, "texturedir": .text, "assetdir": .text, "strippath": .logical,
    "usethread": .logical, "discardvisual": .logical, "fitaabb": .logical, "fusestatic": .logical,
    "alignfree": .logical, "saveinertial": .logical, "savecanonical": .logical,
    "savecompiled": .logical,
  ]

  private static let compilerFixed = [
    "coordinate": ["local"]
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
    "solver": ["Newton"], "ls_tolerance": ["0.01"],
    "noslip_iterations": ["0"],
    "actuatorgroupdisable": [""],
  ]

  /// Flags that change nothing in the motion.
  private static let flagIgnored: [String: MJCFValue] = [
    "energy", "fwdinv", "sensor", "midphase", "nativeccd", "multiccd", "autoreset",
  ].reduce(into: [:]) { $0[$1] = switchWords }

  /// Flags that switch off what they name.
  private static let flagUsed: [String: MJCFValue] = [
    "constraint", "limit", "contact", "spring", "damper", "gravity", "clampctrl", "warmstart",
    "filterparent", "actuation", "refsafe", "eulerdamp", "frictionloss", "equality",
  ].reduce(into: [:]) { $0[$1] = switchWords }

  private static let switchWords = MJCFValue.words(["enable", "disable"])

  /// Flags at their defaults.
  private static let flagFixed = [
    "override": ["disable"], "invdiscrete": ["disable"], "sleep": ["disable"],
    "island": ["enable"],
  ]

  /// Reads the elements of a file.
  init(_ root: MJCFElement) throws(MJCFError) {
    for element in root.children("compiler") { try read(compiler: element) }
    for element in root.children("option") { try read(option: element) }
    if disabled.contains("constraint") {
      disabled.formUnion(["contact", "limit", "frictionloss", "equality"])
    }
    if disabled.isSuperset(of: ["spring", "damper"]) { (density, viscosity) = (0, 0) }
    if disabled.contains("gravity") { gravity = [0, 0, 0] }
    // wind is the motion of a medium
    if density > 0 || viscosity > 0, wind != [0, 0, 0] {
      throw windElement.unsupported("wind")
    }
  }

  private mutating func read(compiler element: MJCFElement) throws(MJCFError) {
    try element.requireAttributes(
      used: [
        "angle": .text, "settotalmass": .number, "autolimits": .logical, "eulerseq": .text,
        "inertiafromgeom": .words(["true", "false", "auto"]), "boundmass": .number,
        "boundinertia": .number, "balanceinertia": .logical, "inertiagrouprange": .numbers(2...2),
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
    inertiaSource = attributes.text("inertiafromgeom") ?? inertiaSource
    leastMass = try attributes.magnitude("boundmass", default: leastMass)
    leastInertia = try attributes.magnitude("boundinertia", default: leastInertia)
    if let balance = attributes.text("balanceinertia") { balancesInertia = balance == "true" }
    if let groups = attributes.text("inertiagrouprange") {
      let ends = groups.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
      guard ends.count == 2 else {
        throw element.error(
          .invalidValue, "inertiagrouprange=\"\(groups.prefix(60))\" is not two whole numbers",
          "correct it")
      }
      massiveGroups = ends[0] <= ends[1] ? ends[0]...ends[1] : -1...(-1)
    }
    // MuJoCo takes a negative total as "leave the masses alone"
    let total = try attributes.number("settotalmass", default: totalMass ?? -1)
    totalMass = total > 0 ? total : nil
  }

  private mutating func read(option element: MJCFElement) throws(MJCFError) {
    try element.requireAttributes(
      used: [
        "timestep": .number, "integrator": .text, "gravity": .numbers(3...3), "density": .number,
        "viscosity": .number, "cone": .words(["pyramidal", "elliptic"]), "impratio": .number,
        "iterations": .integer,
        "tolerance": .number, "ls_iterations": .integer, "wind": .numbers(3...3),
      ],
      ignored: Self.optionIgnored, fixed: Self.optionFixed)
    try element.requireChildren(used: ["flag"], ignored: [])
    let flags = element.children("flag")
    guard flags.count <= 1 else {
      throw flags[1].error(.invalidValue, "a second <flag>", "MuJoCo rejects it too")
    }
    for flag in flags {
      try flag.requireAttributes(
        used: Self.flagUsed, ignored: Self.flagIgnored, fixed: Self.flagFixed)
      for (name, value) in flag.attributes where Self.flagUsed[name] != nil {
        if value == "disable" { disabled.insert(name) } else { disabled.remove(name) }
      }
    }
    let attributes = MJCFAttributes(element)
    timestep = try attributes.magnitude("timestep", default: timestep)
    gravity = try attributes.vector("gravity", startingAt: gravity)
    density = try attributes.magnitude("density", default: density)
    viscosity = try attributes.magnitude("viscosity", default: viscosity)
    if let cone = attributes.text("cone") {
      frictionCone = PlanarModel.FrictionCone(rawValue: cone) ?? .pyramidal
    }
    frictionRatio = try attributes.number("impratio", default: frictionRatio)
    iterations = try attributes.integer("iterations", default: iterations)
    tolerance = try attributes.magnitude("tolerance", default: tolerance)
    // a line search converges before the default of 50
    let lineIterations = try attributes.integer("ls_iterations", default: 50)
    guard lineIterations >= 50 else {
      throw element.unsupported("ls_iterations=\"\(lineIterations)\", fewer than 50")
    }
    guard iterations > 0 else {
      throw element.unsupported("iterations=\"\(iterations)\", a solver that does not solve")
    }
    wind = try attributes.vector("wind", startingAt: wind, minimum: 3)
    windElement = element
    if attributes.has("integrator") {
      let name = try attributes.word(
        "integrator", default: "Euler", of: ["Euler", "RK4", "implicitfast"])
      integrator = ["RK4": .rungeKutta4, "implicitfast": .implicitFast][name] ?? .euler
    }
  }
}
