/// Builds a ``PlanarModel`` from the tree of a model file.
struct MJCFReader {
  let options: MJCFOptions
  private let root: MJCFElement
  private let defaults: MJCFDefaults
  private let materials: Set<String>
  /// For each body named by an `<exclude>`, the bodies that it does not touch.
  private let exclusions: [String: Set<String>]

  /// Sections that change nothing in the motion.
  private static let ignoredSections: Set = [
    "visual", "asset", "statistic", "size", "custom", "sensor", "keyframe",
  ]

  /// Parts of bodies that change nothing in the motion.
  private static let ignoredParts: Set = ["light", "camera", "site"]

  init(_ root: MJCFElement) throws(MJCFError) {
    guard root.tag == "mujoco" else {
      throw root.error(.invalidValue, "the root element is not <mujoco>", "give a model in MJCF")
    }
    try root.requireAttributes(used: ["model": .text])
    try root.requireChildren(
      used: [
        "compiler", "option", "default", "worldbody", "actuator", "contact", "equality", "tendon",
      ], ignored: Self.ignoredSections)
    self.root = root
    options = try MJCFOptions(root)
    defaults = try MJCFDefaults(root)
    materials = Set(
      root.children("asset").flatMap { $0.children("material") }.compactMap {
        $0.attributes["name"]
      })
    exclusions = try Self.exclusions(root, isActive: options.has("contact"))
    try MJCFNames.check(root)
  }

  /// The model.
  func model() throws(MJCFError) -> PlanarModel {
    try checkEqualities()
    var world = MJCFWorld()
    for element in root.children("worldbody") {
      try element.requireAttributes(used: [:])
      try element.requireChildren(used: ["geom", "body", "frame"], ignored: Self.ignoredParts)
      for frame in element.children("frame") { try check(worldFrame: frame) }
      try world.add(element, reader: self)
    }
    guard !world.trees.isEmpty else { throw root.unsupported("a model in which nothing moves") }
    let tree = try MJCFTree(world.trees, reader: self)
    let frame = tree.frame
    let contacts = MJCFContacts(tree, world: world.geoms)
    let isFixed =
      world.trees.count > 1 || !frame.isRoot(tree.nodes[0].joints) || !contacts.isSimple
    let parts = try MJCFBodies(
      tree, fixed: contacts.fixed, isFixed: isFixed, options: options)
    // the joints carry the weight along the normal
    let gravity = frame.components(
      SIMD3(options.gravity[0], options.gravity[1], options.gravity[2]))
    let motors = try MJCFActuators(
      defaults: defaults, options: options,
      tendons: MJCFTendons(root, defaults: defaults, options: options),
      joints: tree.nodes.flatMap(\.joints)
    ).motors(root)
    var model = PlanarModel(
      name: String((root.attributes["model"] ?? "MuJoCo Model").prefix(100)),
      plane: frame.plane, timestep: options.timestep, integrator: options.integrator,
      gravity: SIMD2(gravity.x, gravity.y),
      density: options.density, viscosity: options.viscosity, totalMass: options.totalMass,
      slides: parts.slides, bodies: parts.bodies,
      motors: motors, ground: contacts.ground, walls: contacts.walls)
    if !frame.isStandard {
      model.world = Geom.Frame(
        x: frame.components(SIMD3(1, 0, 0)), y: frame.components(SIMD3(0, 1, 0)),
        z: frame.components(SIMD3(0, 0, 1)))
    }
    if let total = model.totalMass, world.fixedMass > 0 {
      // the total counts what does not move, too
      let masses = model.bodies.dropFirst(model.isFixed ? 1 : 0).map { BodyMasses($0).total.mass }
      let moving = masses.reduce(0, +)
      model.totalMass = total * moving / (moving + world.fixedMass)
    }
    model.iterations = Int(options.iterations)
    model.frictionCone = options.frictionCone
    model.frictionRatio = options.frictionRatio
    model.tolerance = options.tolerance
    model.startsWarm = options.has("warmstart")
    model.dampsImplicitly = options.has("eulerdamp")
    try checkFlags(model, tree)
    return model
  }

  /// Throws if a flag that is switched off changes the motion and is not simulated.
  private func checkFlags(_ model: PlanarModel, _ tree: MJCFTree) throws(MJCFError) {
    let element = root.children("option").first ?? root
    if !options.has("refsafe") {
      let limits = model.joints.compactMap { $0.limit?.softness }
      let frictions = model.joints.filter { $0.frictionLoss > 0 }.map(\.frictionSoftness)
      let surfaces =
        model.bodies.flatMap(\.allGeoms).compactMap(\.contact) + model.walls.map(\.contact)
        + [model.ground?.contact].compactMap(\.self)
      // what is not positive is not a time
      let least = 2 * model.timestep
      guard
        (limits + frictions + surfaces.map(\.softness)).allSatisfy({
          $0.timeConstant <= 0 || $0.timeConstant >= least
        })
      else {
        throw element.unsupported(
          "refsafe=\"disable\" with a time constant below two time steps")
      }
    }
    if !options.has("filterparent") {
      for node in tree.nodes {
        guard let parent = node.parent else { continue }
        guard
          !node.geoms.contains(where: { geom in
            tree.nodes[parent].geoms.contains { $0.touches(geom) }
          })
        else {
          throw element.unsupported(
            "filterparent=\"disable\" with geoms of parent and child that touch")
        }
      }
    }
  }

  /// Throws at the first equality constraint that is active.
  private func checkEqualities() throws(MJCFError) {
    for section in root.children("equality") {
      try section.requireAttributes(used: [:])
      for element in section.children {
        let attributes = try defaults.attributes(of: element, as: "equality", childClass: nil)
        guard attributes.text("active") == "false" || !options.has("equality") else {
          throw element.unsupported("an equality constraint")
        }
      }
    }
  }

  /// The pairs of bodies that do not touch; throws at the first contact that is defined.
  private static func exclusions(
    _ root: MJCFElement, isActive: Bool
  ) throws(MJCFError) -> [String: Set<String>] {
    var result: [String: Set<String>] = [:]
    let names = bodyNames(root).union(["world"])
    for section in root.children("contact") {
      try section.requireAttributes(used: [:])
      try section.requireChildren(used: ["exclude"], ignored: isActive ? [] : ["pair"])
      for element in section.children("exclude") {
        try element.requireAttributes(used: ["body1": .text, "body2": .text, "name": .text])
        var pair: [String] = []
        for key in ["body1", "body2"] {
          guard let name = element.attributes[key], names.contains(name) else {
            throw element.error(
              .invalidValue, "its \(key) is not the name of a body", "MuJoCo rejects it too")
          }
          pair.append(name)
        }
        result[pair[0], default: []].insert(pair[1])
        result[pair[1], default: []].insert(pair[0])
      }
    }
    return result
  }

  private static func bodyNames(_ element: MJCFElement) -> Set<String> {
    element.children.reduce(into: []) { names, child in
      guard ["worldbody", "body", "frame"].contains(child.tag) else { return }
      if child.tag == "body", let name = child.attributes["name"] { names.insert(name) }
      names.formUnion(bodyNames(child))
    }
  }

  /// A geom with its defaults, in the frame of its body.
  func geom(_ part: MJCFPart, of body: MJCFElement) throws(MJCFError) -> MJCFGeom {
    let element = part.element
    try MJCFSchema.check(element)
    let attributes = try defaults.attributes(of: element, childClass: part.childClass)
    if let material = attributes.text("material"), !materials.contains(material) {
      throw element.error(
        .invalidValue, "there is no material \"\(material.prefix(60))\"", "define it in <asset>")
    }
    var geom = try MJCFGeom(attributes, options: options).placed(in: part.frame)
    let owner = body.tag == "worldbody" ? "world" : body.attributes["name"]
    if let owner, let excluded = exclusions[owner] {
      (geom.owner, geom.excluded) = (owner, excluded)
    }
    return geom
  }

  /// A joint with its defaults, in the frame of its body.
  func joint(_ part: MJCFPart) throws(MJCFError) -> MJCFJoint {
    try MJCFSchema.check(part.element)
    return try MJCFJoint(
      defaults.attributes(of: part.element, childClass: part.childClass), options: options
    ).placed(in: part.frame)
  }

  /// The inertia of a body where it does not follow from its geoms.
  func inertial(
    of body: MJCFElement, _ parts: [MJCFPart], _ geoms: [MJCFGeom]
  ) throws(MJCFError) -> MJCFInertial? {
    let given = parts.filter { $0.element.tag == "inertial" }
    guard given.count <= 1 else {
      throw given[1].element.error(.invalidValue, "a second one", "MuJoCo rejects it too")
    }
    var inertial: MJCFInertial?
    if let part = given.first { inertial = try MJCFInertial(part, options: options) }
    switch options.inertiaSource {
    case "true" where geoms.contains { $0.mass ?? $0.density > 0 }: return nil
    case "false" where inertial == nil: return try MJCFInertial(massless: body)
    default: return inertial
    }
  }

  /// The pose of a body in that of its parent.
  func pose(_ part: MJCFPart) throws(MJCFError) -> MJCFPose {
    part.frame.placed(try MJCFPose(part.element, options: options))
  }

  /// Checks what a body contains; `isFixed` if it is a child of the world without joints.
  func check(body: MJCFElement, isFixed: Bool = false) throws(MJCFError) {
    try body.requireAttributes(
      used: Self.bodyAttributes, ignored: ["user": .list], fixed: ["gravcomp": ["0"]])
    guard isFixed || body.attributes["mocap"] != "true" else {
      throw body.error(
        .invalidValue, "a mocap body that is not a child of the world, or has joints",
        "MuJoCo rejects it too")
    }
    try check(partsOf: body)
  }

  /// Checks what a frame of the world contains.
  private func check(worldFrame frame: MJCFElement) throws(MJCFError) {
    try frame.requireChildren(used: ["geom", "body", "frame"], ignored: Self.ignoredParts)
    for inner in frame.children("frame") { try check(worldFrame: inner) }
  }

  /// Checks what a body or one of its frames contains.
  private func check(partsOf element: MJCFElement) throws(MJCFError) {
    try element.requireChildren(
      used: ["joint", "geom", "body", "frame", "inertial"], ignored: Self.ignoredParts)
    for frame in element.children("frame") { try check(partsOf: frame) }
  }

  private static let bodyAttributes: [String: MJCFValue] = [
    "name": .text, "pos": .numbers(3...3), "childclass": .text, "mocap": .logical,
    "quat": .numbers(4...4), "axisangle": .numbers(4...4), "xyaxes": .numbers(6...6),
    "zaxis": .numbers(3...3), "euler": .numbers(3...3),
  ]
}
