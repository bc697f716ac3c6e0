/// The bodies of a model in the plane, each with its frame moved to its last hinge.
struct MJCFBodies {
  private(set) var slides: [Joint] = []
  private(set) var bodies: [Body] = []
  private let frame: MJCFFrame
  /// For each node of the tree, its body and its frame's origin at that body's joint.
  private var places: [(body: Int, anchor: SIMD2<Double>)] = []

  /// The bodies of `tree`: from a root with two slides and a hinge, or from a fixed one.
  init(_ tree: MJCFTree) throws(MJCFError) {
    frame = tree.frame
    for node in tree.nodes { try add(node) }
  }

  /// The place of the next joint among the coordinates.
  private var coordinate: Int { slides.count + bodies.count - (slides.isEmpty ? 1 : 0) }

  private mutating func add(_ node: MJCFTree.Node) throws(MJCFError) {
    var joints = node.joints[...]
    let position = frame.projected(node.position)
    var (parent, anchor) = (Int?.none, SIMD2<Double>.zero)
    var offset = position
    if let place = node.parent {
      parent = places[place].body
      offset -= places[place].anchor
    } else if frame.isRoot(node.joints) {
      slides = [joints[0].named(0, along: frame.axes.0), joints[1].named(1, along: frame.axes.1)]
      joints = joints.dropFirst(2)
    } else {
      bodies.append(
        Body(name: "world", parent: nil, offset: .zero, hinge: Joint(name: ""), geoms: []))
      parent = 0
    }
    let name = node.element.attributes["name"] ?? "body \(places.count)"
    for (place, joint) in joints.enumerated() {
      let isLast = place == joints.count - 1
      var next = anchor
      if !joint.isSlide {
        next = frame.projected(joint.position)
      }
      var geoms: [Geom] = []
      if isLast {
        for geom in node.geoms { geoms.append(try flatten(geom, anchor: next)) }
      }
      bodies.append(
        Body(
          name: isLast ? name : "\(name), joint \(place)", parent: parent,
          offset: offset + next - anchor,
          hinge: joint.named(coordinate, along: joint.isSlide ? joint.axis : frame.axes.2),
          geoms: geoms,
          slide: joint.isSlide
            ? try frame.flatten(joint.axis, "the slide", of: joint.element) : nil,
          isIntermediate: !isLast))
      parent = bodies.count - 1
      offset = .zero
      anchor = next
    }
    places.append((bodies.count - 1, anchor))
  }

  private func flatten(_ geom: MJCFGeom, anchor: SIMD2<Double>) throws(MJCFError) -> Geom {
    let element = geom.element
    let shape: Geom.Shape
    switch geom.type {
    case "sphere": shape = .sphere
    case "capsule":
      let axis = try frame.flatten(geom.orientation.z, "the capsule's axis", of: element)
      let length = (axis * axis).sum().squareRoot()
      shape = .capsule(halfLength: geom.size[1], axis: axis / length)
    case "plane":
      throw element.error(
        .invalidValue, "a plane in a body that moves", "MuJoCo rejects it too")
    default: throw element.unsupported("a \(geom.type) in a body that moves")
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
      ? !frame.isStandard || geom.orientation != MJCFOrientation()
      : min(axes.x.z.magnitude, axes.y.z.magnitude) > 1e-15
    return isTurned ? axes : nil
  }
}
