/// The moving bodies of a file in depth-first order, with their joints and geoms in space.
///
/// All vectors of a body are relative to its origin, in the directions of the world in the authored
/// pose: a body that is turned in its parent has them turned.
struct MJCFTree {
  /// A body before it is put into the plane.
  struct Node {
    var element: MJCFElement
    var parent: Int?
    /// The origin relative to that of the parent.
    var position: SIMD3<Double>
    /// The body's own frame in the authored pose.
    var orientation: MJCFOrientation
    var joints: [MJCFJoint]
    var geoms: [MJCFGeom]
  }

  private(set) var nodes: [Node] = []
  let frame: MJCFFrame

  /// Reads the tree below `root`, a body with joints at `pose` in the world.
  init(
    _ root: MJCFElement, at pose: MJCFPose, childClass: String?, reader: MJCFReader
  ) throws(MJCFError) {
    var nodes: [Node] = []
    try Self.add(
      root, parent: nil, pose: pose, childClass: childClass, reader: reader, to: &nodes)
    self.nodes = nodes
    frame = try MJCFFrame(joints: nodes.flatMap(\.joints))
  }

  private static func add(
    _ body: MJCFElement, parent: Int?, pose: MJCFPose, childClass: String?,
    reader: MJCFReader, to nodes: inout [Node]
  ) throws(MJCFError) {
    try reader.check(body: body)
    let parts = try MJCFPart.all(
      of: body, childClass: body.attributes["childclass"] ?? childClass, options: reader.options)
    let turn = MJCFPose(orientation: pose.orientation)
    var joints: [MJCFJoint] = []
    for part in parts where part.element.tag == "joint" {
      joints.append(try reader.joint(part).placed(in: turn))
    }
    guard !joints.isEmpty else {
      throw body.unsupported("a body with 0 joints in a body that moves")
    }
    var geoms: [MJCFGeom] = []
    for part in parts where part.element.tag == "geom" {
      geoms.append(try reader.geom(part).placed(in: turn))
    }
    let index = nodes.count
    nodes.append(
      Node(
        element: body, parent: parent, position: pose.position, orientation: pose.orientation,
        joints: joints, geoms: geoms))
    for part in parts where part.element.tag == "body" {
      try add(
        part.element, parent: index, pose: turn.placed(try reader.pose(part)),
        childClass: part.childClass, reader: reader, to: &nodes)
    }
  }
}
