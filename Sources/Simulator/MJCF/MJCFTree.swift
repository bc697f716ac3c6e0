/// The bodies of a file in depth-first order, with their joints and geoms in space.
struct MJCFTree {
  /// A body before it is put into the plane.
  struct Node {
    var element: MJCFElement
    var parent: Int?
    var position: SIMD3<Double>
    var hinge: MJCFJoint
    var geoms: [MJCFGeom]
  }

  private(set) var nodes: [Node] = []
  private(set) var slides: [Joint] = []
  let frame: MJCFFrame

  /// Reads the tree below `root`.
  init(_ root: MJCFElement, reader: MJCFReader) throws(MJCFError) {
    // the root's joints say which plane the model moves in
    try reader.check(body: root)
    let childClass = root.attributes["childclass"]
    var joints: [MJCFJoint] = []
    for element in root.children("joint") {
      joints.append(try reader.joint(element, childClass: childClass))
    }
    frame = try MJCFFrame(rootJoints: joints, body: root)
    slides = [
      joints[0].named(0, along: frame.axes.0), joints[1].named(1, along: frame.axes.1),
    ]
    try add(root, parent: nil, hinge: joints[2], childClass: childClass, reader: reader)
  }

  private mutating func add(
    _ body: MJCFElement, parent: Int?, hinge: MJCFJoint, childClass: String?,
    reader: MJCFReader
  ) throws(MJCFError) {
    var geoms: [MJCFGeom] = []
    for element in body.children("geom") {
      geoms.append(try reader.geom(element, childClass: childClass))
    }
    let index = nodes.count
    nodes.append(
      Node(
        element: body, parent: parent, position: try MJCFAttributes(body).vector3("pos"),
        hinge: hinge, geoms: geoms))
    for child in body.children("body") {
      try reader.check(body: child)
      let inherited = child.attributes["childclass"] ?? childClass
      let joints = child.children("joint")
      guard let element = joints.first, joints.count == 1 else {
        throw child.unsupported(
          "a body below the root with \(joints.count) joints instead of one hinge")
      }
      let joint = try reader.joint(element, childClass: inherited)
      guard !joint.isSlide, joint.isParallel(to: frame.axes.2) else {
        throw element.unsupported("a joint that is not a hinge about the normal of the plane")
      }
      try add(child, parent: index, hinge: joint, childClass: inherited, reader: reader)
    }
  }

  /// The bodies in the plane, each with its frame moved to its hinge.
  func bodies() throws(MJCFError) -> [Body] {
    var anchors: [SIMD2<Double>] = []
    var result: [Body] = []
    for (index, node) in nodes.enumerated() {
      let anchor = try frame.flatten(node.hinge.position, "the hinge", of: node.hinge.element)
      let position = try frame.flatten(node.position, "the position", of: node.element)
      let shift = node.parent.map { anchors[$0] } ?? .zero
      anchors.append(anchor)
      var geoms: [Geom] = []
      for geom in node.geoms {
        geoms.append(try flatten(geom, anchor: anchor))
      }
      result.append(
        Body(
          name: node.element.attributes["name"] ?? "body \(index)", parent: node.parent,
          offset: position + anchor - shift, hinge: node.hinge.named(index + 2, along: frame.axes.2), geoms: geoms))
    }
    return result
  }

  private func flatten(_ geom: MJCFGeom, anchor: SIMD2<Double>) throws(MJCFError) -> Geom {
    let element = geom.element
    guard geom.size[0] > 0, geom.type == "sphere" || geom.halfLength > 0 else {
      throw element.error(
        .invalidValue, "a size that is not positive", "MuJoCo rejects it too")
    }
    let shape: Geom.Shape
    switch geom.type {
    case "sphere": shape = .sphere
    case "capsule":
      let axis = try frame.flatten(geom.orientation.z, "the capsule's axis", of: element)
      let length = (axis * axis).sum().squareRoot()
      shape = .capsule(halfLength: geom.halfLength, axis: axis / length)
    default:
      throw element.error(
        .invalidValue, "a plane in a body that moves", "MuJoCo rejects it too")
    }
    var result = Geom(
      name: element.attributes["name"] ?? "", shape: shape,
      center: try frame.flatten(geom.center, "the centre", of: element) - anchor,
      radius: geom.size[0], density: geom.density, contact: geom.contact)
    if let mass = geom.mass {
      result.density = 1
      result.density = mass / MassProperties(result).mass
    }
    result.frame = turnedFrame(geom)
    return result
  }

  /// The frame of a geom, nil where it is not turned: that of a capsule out of the plane.
  private func turnedFrame(_ geom: MJCFGeom) -> Geom.Frame? {
    let axes = Geom.Frame(
      x: frame.components(geom.orientation.x), y: frame.components(geom.orientation.y),
      z: frame.components(geom.orientation.z))
    let isTurned =
      geom.type == "sphere"
      ? geom.orientation != MJCFOrientation() : min(axes.x.z.magnitude, axes.y.z.magnitude) > 1e-15
    return isTurned ? axes : nil
  }
}
