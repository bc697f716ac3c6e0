/// The plane in which a model of the file moves, and the way from space into it.
struct MJCFFrame {
  var plane: PlanarModel.Plane

  /// First axis, second axis, and the axis of positive rotation.
  var axes: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
    plane == .vertical
      ? (SIMD3(1, 0, 0), SIMD3(0, 0, 1), SIMD3(0, 1, 0))
      : (SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1))
  }

  /// The plane of some joints: across their hinges, or that of their slides if there are no hinges.
  ///
  /// Throws at the first joint that leaves the plane.
  init(joints: [MJCFJoint]) throws(MJCFError) {
    let hinge = joints.first { !$0.isSlide }
    let isHorizontal =
      hinge.map { $0.isParallel(to: SIMD3(0, 0, 1)) }
      ?? joints.contains { $0.axis.y.magnitude > 1e-10 }
    plane = isHorizontal ? .horizontal : .vertical
    for joint in joints {
      let slope = components(joint.axis).z.magnitude
      guard joint.isSlide ? slope <= 1e-12 : joint.isParallel(to: axes.2) else {
        throw joint.element.unsupported(
          "a joint other than hinges about y with slides along x and z, or hinges about z with "
            + "slides along x and y")
      }
    }
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

  /// The components of a spatial vector along the axes of the plane and its normal.
  func components(_ vector: SIMD3<Double>) -> SIMD3<Double> {
    plane == .vertical ? SIMD3(vector.x, vector.z, vector.y) : vector
  }
}
