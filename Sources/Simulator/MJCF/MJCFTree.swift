/// The moving bodies of a file in depth-first order, with their joints and geoms in space.
struct MJCFTree {
  /// A body before it is put into the plane.
  struct Node {
    var element: MJCFElement
    var parent: Int?
    var position: SIMD3<Double>
    var joints: [MJCFJoint]
    var geoms: [MJCFGeom]
  }

  private(set) var nodes: [Node] = []
  let frame: MJCFFrame

  /// Reads the tree below `root`, a body with joints at `position` in the world.
  init(
    _ root: MJCFElement, at position: SIMD3<Double>, childClass: String?, reader: MJCFReader
  ) throws(MJCFError) {
    var nodes: [Node] = []
    try Self.add(
      root, parent: nil, position: position, childClass: childClass, reader: reader, to: &nodes)
    self.nodes = nodes
    frame = try MJCFFrame(joints: nodes.flatMap(\.joints))
  }

  private static func add(
    _ body: MJCFElement, parent: Int?, position: SIMD3<Double>, childClass: String?,
    reader: MJCFReader, to nodes: inout [Node]
  ) throws(MJCFError) {
    try reader.check(body: body)
    let childClass = body.attributes["childclass"] ?? childClass
    var joints: [MJCFJoint] = []
    for element in body.children("joint") {
      joints.append(try reader.joint(element, childClass: childClass))
    }
    guard !joints.isEmpty else {
      throw body.unsupported("a body with 0 joints in a body that moves")
    }
    var geoms: [MJCFGeom] = []
    for element in body.children("geom") {
      geoms.append(try reader.geom(element, childClass: childClass))
    }
    let index = nodes.count
    nodes.append(
      Node(element: body, parent: parent, position: position, joints: joints, geoms: geoms))
    for child in body.children("body") {
      try add(
        child, parent: index, position: try MJCFAttributes(child).vector3("pos"),
        childClass: childClass, reader: reader, to: &nodes)
    }
  }
}
