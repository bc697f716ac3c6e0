/// What is fixed in the world, and where the trees of moving bodies begin.
struct MJCFWorld {
  /// A body with joints whose parents have none.
  struct Tree {
    var element: MJCFElement
    var pose: MJCFPose
    var childClass: String?
  }

  /// The geoms of the world and of bodies without joints, in the frame of the world.
  private(set) var geoms: [MJCFGeom] = []
  private(set) var trees: [Tree] = []
  /// The mass of the bodies that do not move, in kg.
  private(set) var fixedMass = 0.0

  /// Reads the world, or a body without joints at `pose`.
  mutating func add(
    _ parent: MJCFElement, at pose: MJCFPose = MJCFPose(), childClass: String? = nil,
    reader: MJCFReader
  ) throws(MJCFError) {
    let parts = try MJCFPart.all(of: parent, childClass: childClass, options: reader.options)
    var own: [MJCFGeom] = []
    for part in parts where part.element.tag == "geom" {
      own.append(try reader.geom(part, of: parent).placed(in: pose))
    }
    geoms += own
    guard geoms.count <= MJCFTree.nodeLimit else {
      throw parent.error(
        .tooLarge, "more than \(MJCFTree.nodeLimit) geoms that do not move",
        "is this a model to simulate?")
    }
    if parent.tag == "body" {
      let mass =
        try reader.inertial(of: parent, parts, own)?.mass ?? own.reduce(0) { $0 + $1.solidMass }
      fixedMass += max(mass, reader.options.leastMass)
    }
    for part in parts where part.element.tag == "body" {
      let body = part.element
      let place = pose.placed(try reader.pose(part))
      guard !Self.hasJoints(body) else {
        trees.append(Tree(element: body, pose: place, childClass: part.childClass))
        continue
      }
      try reader.check(body: body, isFixed: parent.tag == "worldbody")
      try add(
        body, at: place, childClass: body.attributes["childclass"] ?? part.childClass,
        reader: reader)
    }
  }

  /// Whether a body has joints, itself or in its frames.
  private static func hasJoints(_ body: MJCFElement) -> Bool {
    body.children.contains { $0.tag == "joint" || ($0.tag == "frame" && hasJoints($0)) }
  }
}
