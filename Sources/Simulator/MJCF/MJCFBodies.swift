/// The bodies of a model in the plane, each with its frame moved to its last hinge.
struct MJCFBodies {
  private(set) var slides: [Joint] = []
  private(set) var bodies: [Body] = []
  private let frame: MJCFFrame
  private let options: MJCFOptions
  /// For each node of the tree, its body and its frame's origin at that body's joint.
  private var places: [(body: Int, anchor: SIMD2<Double>)] = []

  /// The bodies of `tree`: from a root with two slides and a hinge, or from a fixed one with the geoms
  /// that do not move.
  init(_ tree: MJCFTree, fixed: [MJCFGeom], isFixed: Bool, options: MJCFOptions) throws(MJCFError) {
    frame = tree.frame
    self.options = options
    if isFixed {
      bodies.append(.world())
      for geom in fixed { bodies[0].geoms.append(try solid(geom, anchor: .zero, height: 0)) }
    }
    for node in tree.nodes {
      if node.joints.isEmpty, let parent = node.parent {
        try weld(node, to: places[parent])
      } else {
        try add(node)
      }
    }
  }

  /// The place of the next joint among the coordinates.
  private var coordinate: Int { slides.count + bodies.count - (slides.isEmpty ? 1 : 0) }

  /// Adds a body without joints to the one that carries it.
  private mutating func weld(
    _ node: MJCFTree.Node, to place: (body: Int, anchor: SIMD2<Double>)
  ) throws(MJCFError) {
    let anchor = place.anchor - frame.projected(node.position)
    var part = WeldedBody(
      name: name(of: node), origin: emptyCenter(node, anchor: anchor),
      geoms: try solids(node, anchor: anchor))
    part.inertial = try inertial(node, part.geoms, anchor: anchor)
    bodies[place.body].welded.append(part)
    places.append((place.body, anchor))
  }

  private mutating func add(_ node: MJCFTree.Node) throws(MJCFError) {
    var joints = node.joints[...]
    let position = frame.projected(node.position)
    var (parent, anchor) = (Int?.none, SIMD2<Double>.zero)
    var offset = position
    if let place = node.parent {
      parent = places[place].body
      offset -= places[place].anchor
    } else if bodies.isEmpty {
      slides = [joints[0].named(0, along: frame.axes.0), joints[1].named(1, along: frame.axes.1)]
      joints = joints.dropFirst(2)
    } else {
      parent = 0
    }
    let name = name(of: node)
    for (place, joint) in joints.enumerated() {
      let isLast = place == joints.count - 1
      var next = anchor
      if !joint.isSlide {
        next = frame.projected(joint.position)
      }
      bodies.append(
        Body(
          name: isLast ? name : "\(name), joint \(place)", parent: parent,
          offset: offset + next - anchor,
          hinge: joint.named(coordinate, along: joint.isSlide ? joint.axis : frame.axes.2),
          geoms: isLast ? try solids(node, anchor: next) : [],
          slide: joint.isSlide
            ? try frame.flatten(joint.axis, "the slide", of: joint.element) : nil,
          isIntermediate: !isLast, origin: emptyCenter(node, anchor: next)))
      if isLast {
        let last = bodies.count - 1
        bodies[last].inertial = try inertial(node, bodies[last].geoms, anchor: next)
      }
      parent = bodies.count - 1
      offset = .zero
      anchor = next
    }
    places.append((bodies.count - 1, anchor))
  }

  private func name(of node: MJCFTree.Node) -> String {
    node.element.attributes["name"] ?? "body \(places.count)"
  }

  /// The inertia of a body whose frame is moved to `anchor`, where it is not that of `geoms`.
  private func inertial(
    _ node: MJCFTree.Node, _ geoms: [Geom], anchor: SIMD2<Double>
  ) throws(MJCFError) -> Inertial? {
    if let given = node.inertial {
      let axes = given.orientation
      let inertial = Inertial(
        mass: given.mass, center: frame.projected(given.center) - anchor, moments: given.moments,
        frame: Geom.Frame(
          x: frame.components(axes.x), y: frame.components(axes.y), z: frame.components(axes.z)))
      return try options.corrected(inertial, of: given.element)
    }
    try checkDrag(node, geoms)
    guard options.leastMass > 0 || options.leastInertia > 0 else { return nil }
    let own = BodyMasses.mass(of: geoms, origin: emptyCenter(node, anchor: anchor))
    let principal = PrincipalAxes(diagonal: own.diagonal, others: own.others)
    let axes = principal.axes
    let inertial = Inertial(
      mass: own.mass, center: own.center, moments: principal.values,
      frame: Geom.Frame(x: axes[0], y: axes[1], z: axes[2]))
    let corrected = try options.corrected(inertial, of: node.element)
    guard corrected != inertial else { return nil }
    guard options.density == 0 else {
      throw node.element.unsupported("boundmass or boundinertia of a body in a dense medium")
    }
    return corrected
  }

  /// The centre of mass that a body without mass has, in its frame moved to `anchor`.
  private func emptyCenter(_ node: MJCFTree.Node, anchor: SIMD2<Double>) -> SIMD2<Double> {
    frame.projected(node.emptyCenter) - anchor
  }

  /// Throws if the drag of several geoms depends on the axes of a body that is turned.
  private func checkDrag(_ node: MJCFTree.Node, _ geoms: [Geom]) throws(MJCFError) {
    guard options.density > 0, geoms.count > 1 else { return }
    let (x, z) = (frame.components(node.orientation.x), frame.components(node.orientation.z))
    let isTurned = [x.x, x.y, x.z, z.x, z.y, z.z].contains {
      $0.magnitude > 1e-12 && $0.magnitude < 1 - 1e-12
    }
    let own = BodyMasses.mass(of: geoms, origin: .zero)
    let values = PrincipalAxes(diagonal: own.diagonal, others: own.others).values
    let scale = 1e-8 * values.sum()
    guard
      !isTurned
        || ((values.x - values.y).magnitude > scale && (values.x - values.z).magnitude > scale
          && (values.y - values.z).magnitude > scale)
    else {
      throw node.element.unsupported(
        "a turned body with equal moments of inertia in a dense medium")
    }
  }

  /// The geoms of a body whose frame is moved to `anchor`.
  private func solids(
    _ node: MJCFTree.Node, anchor: SIMD2<Double>
  ) throws(MJCFError) -> [Geom] {
    let height = frame.components(node.place).z
    var result: [Geom] = []
    for geom in node.geoms { result.append(try solid(geom, anchor: anchor, height: height)) }
    return result
  }

  /// A geom of a body at the given height along the normal of the plane.
  private func solid(
    _ geom: MJCFGeom, anchor: SIMD2<Double>, height: Double
  ) throws(MJCFError) -> Geom {
    let element = geom.element
    guard var shape = geom.shape else {
      throw element.error(
        .invalidValue, "a plane in a body that moves", "MuJoCo rejects it too")
    }
    var isTilted = false
    if case .capsule(let halfLength, _) = shape {
      let axis = frame.components(geom.orientation.z)
      let part = SIMD2(axis.x, axis.y)
      isTilted = axis.z.magnitude > 1e-12
      let length = isTilted ? 1 : (part * part).sum().squareRoot()
      shape = .capsule(halfLength: halfLength, axis: part / length)
    }
    let center = frame.components(geom.center)
    var result = Geom(
      name: element.attributes["name"] ?? "", shape: shape,
      center: SIMD2(center.x, center.y) - anchor,
      radius: geom.size[0], density: geom.density, contact: geom.contact,
      elevation: height + center.z)
    let axes = Geom.Frame(
      x: frame.components(geom.orientation.x), y: frame.components(geom.orientation.y),
      z: frame.components(geom.orientation.z))
    if needsFrame(geom, axes) || isTilted { result.frame = axes }
    if let mass = geom.mass {
      result.density = 1
      result.density = mass / MassProperties(result).mass
    }
    return result
  }

  /// Whether a geom is turned in a way that its shape and its axis in the plane do not say.
  private func needsFrame(_ geom: MJCFGeom, _ axes: Geom.Frame) -> Bool {
    switch geom.type {
    case "sphere": !frame.isStandard || geom.orientation != MJCFOrientation()
    case "capsule": min(axes.x.z.magnitude, axes.y.z.magnitude) > 1e-15
    default: true
    }
  }
}
