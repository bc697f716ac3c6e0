/// The moving bodies of a file in depth-first order, with their joints and geoms in space.
///
/// All vectors of a body are relative to its origin, in the directions of the world in the authored
/// pose: a body that is turned in its parent has them turned.
struct MJCFTree {
  /// A body before it is put into the plane.
  struct Node {
    var element: MJCFElement
    var parent: Int?
    /// The origin relative to that of the parent, and in the world.
    var position: SIMD3<Double>
    var place: SIMD3<Double>
    /// The body's own frame in the authored pose.
    var orientation: MJCFOrientation
    /// Where MuJoCo puts the centre of mass of a body without mass: at the body's `pos`, although it
    /// takes that in the body's own frame.
    var emptyCenter: SIMD3<Double>
    /// None if the body is welded to its parent.
    var joints: [MJCFJoint]
    var geoms: [MJCFGeom]
    /// The inertia where it does not follow from the geoms.
    var inertial: MJCFInertial?
  }

  /// The largest number of bodies that move, and of geoms that do not.
  static let nodeLimit = 1000

  private(set) var nodes: [Node] = []
  let frame: MJCFFrame

  /// Reads the trees whose roots the world has.
  init(_ roots: [MJCFWorld.Tree], reader: MJCFReader) throws(MJCFError) {
    var nodes: [Node] = []
    for root in roots {
      try Self.add(
        root.element, parent: nil, pose: root.pose, childClass: root.childClass, reader: reader,
        to: &nodes)
    }
    self.nodes = nodes
    frame = try MJCFFrame(joints: nodes.flatMap(\.joints))
  }

  private static func add(
    _ body: MJCFElement, parent: Int?, pose: MJCFPose, childClass: String?,
    reader: MJCFReader, to nodes: inout [Node]
  ) throws(MJCFError) {
    try reader.check(body: body)
    guard nodes.count < nodeLimit else {
      throw body.error(
        .tooLarge, "more than \(nodeLimit) bodies that move", "is this a model to simulate?")
    }
    let parts = try MJCFPart.all(
      of: body, childClass: body.attributes["childclass"] ?? childClass, options: reader.options)
    let turn = MJCFPose(orientation: pose.orientation)
    var joints: [MJCFJoint] = []
    for part in parts where part.element.tag == "joint" {
      joints.append(try reader.joint(part).placed(in: turn))
    }
    var geoms: [MJCFGeom] = []
    for part in parts where part.element.tag == "geom" {
      geoms.append(try reader.geom(part, of: body).placed(in: turn))
    }
    let index = nodes.count
    let place = parent.map { nodes[$0].place } ?? .zero
    nodes.append(
      Node(
        element: body, parent: parent, position: pose.position, place: place + pose.position,
        orientation: pose.orientation,
        emptyCenter: turn.turned(try MJCFAttributes(body).vector3("pos")), joints: joints,
        geoms: geoms,
        inertial: try reader.inertial(of: body, parts, geoms)?.placed(in: turn)))
    for part in parts where part.element.tag == "body" {
      try add(
        part.element, parent: index, pose: turn.placed(try reader.pose(part)),
        childClass: part.childClass, reader: reader, to: &nodes)
    }
  }
}
