/// The plane in which a model of the file moves, and the way from space into it.
struct MJCFFrame {
  var plane: PlanarModel.Plane

  /// First axis, second axis, and the axis of positive rotation.
  let axes: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)

  /// Whether the axes are those of the world, and components are taken without rounding.
  let isStandard: Bool

  private static let up = SIMD3<Double>(0, 0, 1)

  /// The plane of some joints: across their hinges; without hinges that of their slides.
  ///
  /// If the normal is horizontal, the second axis of the plane is up. Throws at the first joint that
  /// leaves the plane.
  init(joints: [MJCFJoint]) throws(MJCFError) {
    let hinge = joints.first { !$0.isSlide }
    let normal = hinge?.axis ?? Self.normal(ofSlides: joints.map(\.axis))
    let vertical = SIMD3<Double>(0, 1, 0)
    func isAlong(_ axis: SIMD3<Double>) -> Bool {
      let across = MJCFOrientation.cross(normal, axis)
      return (across * across).sum() < 1e-20
    }
    if isAlong(vertical) {
      (plane, isStandard) = (.vertical, true)
      axes = (SIMD3(1, 0, 0), Self.up, vertical)
    } else if isAlong(Self.up) {
      (plane, isStandard) = (.horizontal, true)
      axes = (SIMD3(1, 0, 0), SIMD3(0, 1, 0), Self.up)
    } else if normal.z.magnitude < 1e-12 {
      (plane, isStandard) = (.vertical, false)
      axes = (MJCFOrientation.cross(normal, Self.up), Self.up, normal)
    } else {
      (plane, isStandard) = (.horizontal, false)
      // the first axis is level
      let level = MJCFOrientation.cross(Self.up, normal)
      let first = level / (level * level).sum().squareRoot()
      axes = (first, MJCFOrientation.cross(normal, first), normal)
    }
    for joint in joints {
      let slope = components(joint.axis).z.magnitude
      guard joint.isSlide ? slope <= 1e-12 : joint.isParallel(to: axes.2) else {
        throw joint.element.unsupported(
          "a joint that leaves the plane of motion: hinges other than parallel ones, or a slide "
            + "that is not across them")
      }
    }
  }

  /// The normal of the plane of some slides; if all are parallel, of an upright plane or, for slides
  /// along y, the horizontal one.
  private static func normal(ofSlides axes: [SIMD3<Double>]) -> SIMD3<Double> {
    guard let first = axes.first else { return SIMD3(0, 1, 0) }
    for other in axes.dropFirst() {
      let across = MJCFOrientation.cross(first, other)
      let length = (across * across).sum().squareRoot()
      if length > 1e-10 { return across / length }
    }
    guard first.y.magnitude > 1e-10 else { return SIMD3(0, 1, 0) }
    guard first.z.magnitude > 1e-10 else { return up }
    let across = MJCFOrientation.cross(up, first)
    return across / (across * across).sum().squareRoot()
  }

  /// Whether a body with these joints first moves as a root does: along the first axis of the plane,
  /// along the second, then turning.
  func isRoot(_ joints: [MJCFJoint]) -> Bool {
    joints.count > 2 && joints[0].isSlide && joints[1].isSlide && !joints[2].isSlide
      && joints[0].isParallel(to: axes.0) && joints[1].isParallel(to: axes.1)
  }

  /// A spatial vector of the plane; throws if it leaves it.
  func flatten(
    _ vector: SIMD3<Double>, _ what: String, of element: MJCFElement
  ) throws(MJCFError) -> SIMD2<Double> {
    let parts = components(vector)
    guard parts.z.magnitude <= 1e-12 else {
      throw element.unsupported("\(what) leaves the plane of motion by \(parts.z)")
    }
    return SIMD2(parts.x, parts.y)
  }

  /// The part in the plane of a spatial vector.
  func projected(_ vector: SIMD3<Double>) -> SIMD2<Double> {
    let parts = components(vector)
    return SIMD2(parts.x, parts.y)
  }

  /// The components of a spatial vector along the axes of the plane and its normal.
  func components(_ vector: SIMD3<Double>) -> SIMD3<Double> {
    guard isStandard else {
      return SIMD3(
        (axes.0 * vector).sum(), (axes.1 * vector).sum(), (axes.2 * vector).sum())
    }
    return plane == .vertical ? SIMD3(vector.x, vector.z, vector.y) : vector
  }
}
