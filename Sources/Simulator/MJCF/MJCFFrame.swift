/// The plane in which a model of the file moves, and the way from space into it.
struct MJCFFrame {
  var plane: PlanarModel.Plane

  /// First axis, second axis, and the axis of positive rotation.
  var axes: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
    plane == .vertical
      ? (SIMD3(1, 0, 0), SIMD3(0, 0, 1), SIMD3(0, 1, 0))
      : (SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1))
  }

  /// The plane that the root's joints span: slides x, z and hinge y, or slides x, y and hinge z.
  init(rootJoints joints: [MJCFJoint], body: MJCFElement) throws(MJCFError) {
    for plane in PlanarModel.Plane.allCases {
      self.plane = plane
      let (first, second, normal) = axes
      if joints.count == 3, joints[0].isSlide, joints[1].isSlide, !joints[2].isSlide,
        joints[0].isParallel(to: first), joints[1].isParallel(to: second),
        joints[2].isParallel(to: normal)
      {
        return
      }
    }
    throw body.unsupported(
      "a root without a slide along x, a slide along z and a hinge about y, or slides along x "
        + "and y and a hinge about z, in this order")
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

  /// The components of a spatial vector along the axes of the plane and its normal.
  func components(_ vector: SIMD3<Double>) -> SIMD3<Double> {
    plane == .vertical ? SIMD3(vector.x, vector.z, vector.y) : vector
  }
}
