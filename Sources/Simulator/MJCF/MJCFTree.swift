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
    slides = [joints[0].joint, joints[1].joint]
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
          "\(joints.count) joints", "every body but the root needs exactly one hinge")
      }
      let joint = try reader.joint(element, childClass: inherited)
      guard !joint.isSlide, joint.isAlong(frame.axes.2) else {
        throw element.unsupported(
          "not a hinge about the positive normal of the plane",
          "turn the axis round and change the signs of range and gear")
      }
      try add(child, parent: index, hinge: joint, childClass: inherited, reader: reader)
    }
  }

  /// The bodies in the plane, each with its frame moved to its hinge.
  func bodies(contacts: MJCFContacts) throws(MJCFError) -> [Body] {
    var anchors: [SIMD2<Double>] = []
    var result: [Body] = []
    for (index, node) in nodes.enumerated() {
      let anchor = try frame.flatten(node.hinge.position, "the hinge", of: node.hinge.element)
      let position = try frame.flatten(node.position, "the position", of: node.element)
      let shift = node.parent.map { anchors[$0] } ?? .zero
      anchors.append(anchor)
      var geoms: [Geom] = []
      for geom in node.geoms {
        geoms.append(try flatten(geom, anchor: anchor, contacts: contacts))
      }
      result.append(
        Body(
          name: node.element.attributes["name"] ?? "body \(index)", parent: node.parent,
          offset: position + anchor - shift, hinge: node.hinge.joint, geoms: geoms))
    }
    return result
  }

  private func flatten(
    _ geom: MJCFGeom, anchor: SIMD2<Double>, contacts: MJCFContacts
  ) throws(MJCFError) -> Geom {
    let element = geom.element
    guard geom.size[0] > 0, geom.type == "sphere" || geom.halfLength > 0 else {
      throw element.error(.invalidValue, "a size that is not positive", "correct it")
    }
    let shape: Geom.Shape
    switch geom.type {
    case "sphere": shape = .sphere
    case "capsule":
      let axis = try frame.flatten(geom.axis, "the capsule's axis", of: element)
      let length = (axis * axis).sum().squareRoot()
      shape = .capsule(halfLength: geom.halfLength, axis: axis / length)
    default: throw element.unsupported("a plane in a body", "put it into <worldbody>")
    }
    return Geom(
      name: element.attributes["name"] ?? "", shape: shape,
      center: try frame.flatten(geom.center, "the centre", of: element) - anchor,
      radius: geom.size[0], density: geom.density, contact: try contacts.contact(of: geom))
  }
}
