/// Builds a ``PlanarModel`` from the tree of a model file.
struct MJCFReader {
  private let root: MJCFElement
  private let options: MJCFOptions
  private let defaults: MJCFDefaults

  /// Sections that change nothing in the motion.
  private static let ignoredSections: Set = ["visual", "asset", "statistic", "size", "custom"]

  /// Parts of bodies that change nothing in the motion.
  private static let ignoredParts: Set = ["light", "camera", "site"]

  init(_ root: MJCFElement) throws(MJCFError) {
    guard root.tag == "mujoco" else {
      throw root.error(.invalidValue, "the root element is not <mujoco>", "is this MJCF?")
    }
    try root.requireAttributes(used: ["model"])
    try root.requireChildren(
      used: ["compiler", "option", "default", "worldbody", "actuator"],
      ignored: Self.ignoredSections)
    self.root = root
    options = try MJCFOptions(root)
    defaults = try MJCFDefaults(root)
  }

  /// The model.
  func model() throws(MJCFError) -> PlanarModel {
    var planes: [MJCFGeom] = []
    var trees: [MJCFElement] = []
    for world in root.children("worldbody") {
      try world.requireAttributes(used: [])
      try world.requireChildren(used: ["geom", "body"], ignored: Self.ignoredParts)
      for element in world.children("geom") {
        let geom = try geom(element, childClass: nil)
        guard geom.type == "plane" else {
          throw element.unsupported("a fixed \(geom.type)", "only a ground plane may be fixed")
        }
        planes.append(geom)
      }
      trees += world.children("body")
    }
    guard let tree = trees.first, trees.count == 1 else {
      throw (trees.dropFirst().first ?? root).unsupported(
        "\(trees.count) trees of bodies", "give exactly one body below <worldbody>")
    }

    let parts = try MJCFTree(tree, reader: self)
    let frame = parts.frame
    let contacts = try MJCFContacts(parts, planes: planes)
    let gravity = SIMD3(options.gravity[0], options.gravity[1], options.gravity[2])
    return PlanarModel(
      name: String((root.attributes["model"] ?? "MuJoCo Model").prefix(100)),
      plane: frame.plane, timestep: options.timestep, integrator: options.integrator,
      gravity: try frame.plane == .vertical
        ? frame.flatten(gravity, "gravity", of: root) : SIMD2(gravity.x, gravity.y),
      density: options.density, viscosity: options.viscosity, totalMass: options.totalMass,
      slides: parts.slides, bodies: try parts.bodies(contacts: contacts),
      motors: try motors(), ground: contacts.ground)
  }

  /// A geom with its defaults.
  func geom(_ element: MJCFElement, childClass: String?) throws(MJCFError) -> MJCFGeom {
    try MJCFSchema.check(element)
    return try MJCFGeom(
      defaults.attributes(of: element, childClass: childClass), angleUnit: options.angleUnit)
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
      used: ["name", "pos", "childclass"], ignored: ["user"],
      fixed: ["gravcomp": ["0"], "mocap": ["false"]])
    try body.requireChildren(used: ["joint", "geom", "body"], ignored: Self.ignoredParts)
  }

  private func motors() throws(MJCFError) -> [Motor] {
    var result: [Motor] = []
    for section in root.children("actuator") {
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
      throw element.unsupported("a motor without a joint", "name the joint that it drives")
    }
    let gear = try attributes.vector("gear", startingAt: [1, 0, 0, 0, 0, 0])
    guard gear.dropFirst().allSatisfy({ $0 == 0 }) else {
      throw element.unsupported("a gear of several numbers", "give one")
    }
    let hasRange = attributes.has("ctrlrange")
    let limited = try attributes.limited(
      "ctrllimited", hasRange: hasRange, automatic: options.automaticLimits)
    let range = try attributes.vector("ctrlrange", startingAt: [0, 0], minimum: 2)
    guard !limited || (hasRange && range[0] < range[1]) else {
      throw element.error(
        .invalidValue, "ctrlrange \(range[0]) to \(range[1]) is empty", "give its two ends")
    }
    return Motor(
      name: element.attributes["name"] ?? "", joint: joint, gear: gear[0],
      controlRange: limited ? range[0]...range[1] : nil)
  }
}
