/// Builds a ``PlanarModel`` from the tree of a model file.
struct MJCFReader {
  private let root: MJCFElement
  private let options: MJCFOptions
  private let defaults: MJCFDefaults
  private let materials: Set<String>

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
      used: ["compiler", "option", "default", "worldbody", "actuator"],
      ignored: Self.ignoredSections)
    self.root = root
    options = try MJCFOptions(root)
    defaults = try MJCFDefaults(root)
    materials = Set(
      root.children("asset").flatMap { $0.children("material") }.compactMap {
        $0.attributes["name"]
      })
    try MJCFNames.check(root)
  }

  /// The model.
  func model() throws(MJCFError) -> PlanarModel {
    var world = MJCFWorld()
    for element in root.children("worldbody") {
      try element.requireAttributes(used: [:])
      try element.requireChildren(used: ["geom", "body"], ignored: Self.ignoredParts)
      try world.add(element, reader: self)
    }
    guard let moving = world.trees.first, world.trees.count == 1 else {
      throw (world.trees.dropFirst().first?.element ?? root).unsupported(
        "\(world.trees.count) trees of bodies instead of one")
    }
    if options.totalMass != nil, let body = world.fixedBodies.first {
      throw body.unsupported("a fixed body in a model with settotalmass")
    }

    let tree = try MJCFTree(
      moving.element, at: moving.position, childClass: moving.childClass, reader: self)
    let frame = tree.frame
    let ground = try MJCFContacts(tree, world: world.geoms).ground
    let parts = try MJCFBodies(tree)
    // the joints carry the weight along the normal
    let gravity = frame.components(
      SIMD3(options.gravity[0], options.gravity[1], options.gravity[2]))
    return PlanarModel(
      name: String((root.attributes["model"] ?? "MuJoCo Model").prefix(100)),
      plane: frame.plane, timestep: options.timestep, integrator: options.integrator,
      gravity: SIMD2(gravity.x, gravity.y),
      density: options.density, viscosity: options.viscosity, totalMass: options.totalMass,
      slides: parts.slides, bodies: parts.bodies,
      motors: try motors(), ground: ground)
  }

  /// A geom with its defaults.
  func geom(_ element: MJCFElement, childClass: String?) throws(MJCFError) -> MJCFGeom {
    try MJCFSchema.check(element)
    let attributes = try defaults.attributes(of: element, childClass: childClass)
    if let material = attributes.text("material"), !materials.contains(material) {
      throw element.error(
        .invalidValue, "there is no material \"\(material.prefix(60))\"", "define it in <asset>")
    }
    return try MJCFGeom(attributes, options: options)
  }

  /// A joint with its defaults.
  func joint(_ element: MJCFElement, childClass: String?) throws(MJCFError) -> MJCFJoint {
    try MJCFSchema.check(element)
    return try MJCFJoint(
      defaults.attributes(of: element, childClass: childClass), options: options)
  }

  /// Checks what a body contains.
  func check(body: MJCFElement) throws(MJCFError) {
    try body.requireAttributes(
      used: ["name": .text, "pos": .numbers(3...3), "childclass": .text],
      ignored: ["user": .list],
      fixed: [
        "gravcomp": ["0"], "mocap": ["false"], "quat": ["1 0 0 0"], "euler": ["0 0 0"],
        "zaxis": ["0 0 1"], "xyaxes": ["1 0 0 0 1 0"],
      ])
    try body.requireChildren(used: ["joint", "geom", "body"], ignored: Self.ignoredParts)
  }

  private func motors() throws(MJCFError) -> [Motor] {
    var result: [Motor] = []
    for section in root.children("actuator") {
      try section.requireAttributes(used: [:])
      try section.requireChildren(used: ["motor"], ignored: [])
      for element in section.children {
        try MJCFSchema.check(element)
        result.append(try motor(defaults.attributes(of: element, childClass: nil)))
      }
    }
    return result
  }

  private func motor(_ attributes: MJCFAttributes) throws(MJCFError) -> Motor {
    let element = attributes.element
    guard let joint = element.attributes["joint"] else {
      throw element.unsupported("a motor that does not drive a joint")
    }
    let gear = try attributes.vector("gear", startingAt: [1, 0, 0, 0, 0, 0])
    guard gear.dropFirst().allSatisfy({ $0 == 0 }) else {
      throw element.unsupported("a gear of several numbers")
    }
    return Motor(
      name: element.attributes["name"] ?? "", joint: joint, gear: gear[0],
      controlRange: try attributes.range(
        "ctrlrange", switch: "ctrllimited", isAutomatic: options.automaticLimits))
  }
}
