/// The principal axes and moments of a body's inertia, chosen as in MuJoCo.
///
/// If moments are equal, the axes are not unique, and the drag of the ``FluidBox`` depends on the
/// choice. A body with one geom takes the frame of this geom, which may be turned out of the plane.
/// A body with several geoms takes the eigenvectors of its inertia tensor. One of them is the
/// normal. If the two moments in the plane are equal, the other two are the axes of the body.
///
/// - Source: MuJoCo documentation, "Modeling", `inertiafromgeom`.
enum PrincipalFrame: Equatable {
  /// One axis lies in the plane, a unit vector, and carries the first moment. The second and third
  /// axis are turned about it: `c t + s n` and `-s t + c n` with the normal `n`, the vector `t` of
  /// the plane across the axis, and `turn = (c, s)`. With `turn = (1, 0)` the third one is `n`.
  case level(axis: SIMD2<Double>, turn: SIMD2<Double>, moments: SIMD3<Double>)

  /// A frame with any axes.
  case oblique(Geom.Frame, moments: SIMD3<Double>)

  /// MuJoCo ignores the inertia of geoms below this mass, in kg.
  private static let leastMass = 1e-14

  /// The frame of a body of mass properties `inertia` that consists of `geoms`.
  init(_ geoms: [Geom], inertia: MassProperties) {
    let solid = geoms.filter { MassProperties($0).mass >= Self.leastMass }
    if solid.count == 1, let frame = solid[0].frame {
      self.init(solid[0], frame, inertia: inertia)
    } else if solid.count == 1, case .capsule(_, let axis) = solid[0].shape {
      let (along, across) = Self.moments(inertia)
      self = .level(
        axis: axis, turn: SIMD2(1, 0), moments: SIMD3(along, across, inertia.normalInertia))
    } else if Self.isTilted(inertia) {
      let principal = PrincipalAxes(diagonal: inertia.diagonal, others: inertia.others)
      self = .oblique(
        Geom.Frame(x: principal.axes[0], y: principal.axes[1], z: principal.axes[2]),
        moments: principal.values)
    } else {
      self.init(tensorOf: inertia)
    }
  }

  /// The frame of a body whose inertia is given, and perhaps scaled to that of `inertia`.
  init(_ inertial: Inertial, inertia: MassProperties) {
    let factor = inertia.normalInertia / MassProperties(inertial).normalInertia
    self = .oblique(inertial.frame, moments: inertial.moments * factor)
  }

  /// Whether the normal of the plane is no principal axis.
  private static func isTilted(_ inertia: MassProperties) -> Bool {
    let products = max(inertia.normalProducts.x.magnitude, inertia.normalProducts.y.magnitude)
    return products > 1e-13 * (inertia.planeInertia.x + inertia.planeInertia.y)
  }

  /// The frame of a body whose only geom has the given frame.
  private init(_ geom: Geom, _ frame: Geom.Frame, inertia: MassProperties) {
    // the axis that is nearest to the plane, and the one after it
    let axes = [frame.x, frame.y, frame.z]
    var flattest = 2
    if !Self.isPlanarCapsule(geom) {
      flattest = axes.indices.min { axes[$0].z.magnitude < axes[$1].z.magnitude } ?? 2
      guard axes[flattest].z.magnitude <= 1e-12 else {
        let own = MassProperties.principal(geom).moments
        let factor = inertia.normalInertia / MassProperties(geom).normalInertia
        self = .oblique(
          frame,
          moments: geom.shape == .sphere
            ? SIMD3(repeating: inertia.normalInertia) : own * factor)
        return
      }
    }
    let axis = SIMD2(axes[flattest].x, axes[flattest].y)
    let next = axes[(flattest + 1) % 3]
    let turn = SIMD2(axis.x * next.y - axis.y * next.x, next.z)
    if geom.shape == .sphere || Self.isPlanarCapsule(geom) {
      let (along, across) = Self.moments(inertia)
      self = .level(
        axis: axis, turn: turn, moments: SIMD3(along, across, inertia.normalInertia))
    } else {
      let own = MassProperties.principal(geom)
      let m = own.moments * (inertia.normalInertia / MassProperties(geom).normalInertia)
      self = .level(
        axis: axis, turn: turn,
        moments: SIMD3(m[flattest], m[(flattest + 1) % 3], m[(flattest + 2) % 3]))
    }
  }

  /// Whether a geom is a capsule whose axis lies in the plane.
  private static func isPlanarCapsule(_ geom: Geom) -> Bool {
    if case .capsule(_, let axis) = geom.shape { return abs((axis * axis).sum() - 1) < 1e-9 }
    return false
  }

  /// The eigenvectors of the tensor; the first one has the smaller moment in the plane.
  private init(tensorOf inertia: MassProperties) {
    let tensor = inertia.planeInertia
    let half = (tensor.x - tensor.y) / 2
    let (along, across) = Self.moments(inertia)
    let spread = Self.spread(inertia)
    var axis = SIMD2<Double>(1, 0)
    if spread > Self.rounding * (along + across) {
      // the eigenvector is perpendicular to the rows of (A - along 1): use the longer of the two
      let vector =
        half > 0 ? SIMD2(-tensor.z, half + spread) : SIMD2(spread - half, -tensor.z)
      axis = vector / (vector * vector).sum().squareRoot()
    }
    self = .level(
      axis: axis, turn: SIMD2(1, 0), moments: SIMD3(along, across, inertia.normalInertia))
  }

  /// Whether rounding decides the directions of the axes of several geoms.
  ///
  /// The two moments in the plane differ, but half their difference is below 1e-8 of their sum, so
  /// rounding changes the eigenvectors in about the eighth digit. Eigenvectors along the axes of
  /// the body are exempt.
  static func isUndetermined(_ geoms: [Geom], inertia: MassProperties) -> Bool {
    let geoms = geoms.filter { MassProperties($0).mass >= leastMass }
    let (along, across) = moments(inertia)
    if geoms.count > 1, isTilted(inertia) {
      return PrincipalAxes.isUndetermined(diagonal: inertia.diagonal, others: inertia.others)
    }
    let spread = spread(inertia)
    return geoms.count > 1 && spread > rounding * (along + across)
      && spread < 1e-8 * (along + across) && inertia.planeInertia.z.magnitude > 1e-9 * spread
  }

  /// Moments count as equal if half their difference is at most this fraction of their sum.
  private static let rounding = 2.5e-15

  /// The smaller and the larger moment in the plane.
  private static func moments(_ inertia: MassProperties) -> (along: Double, across: Double) {
    let mean = (inertia.planeInertia.x + inertia.planeInertia.y) / 2
    return (mean - spread(inertia), mean + spread(inertia))
  }

  /// Half the difference of the moments in the plane.
  private static func spread(_ inertia: MassProperties) -> Double {
    let tensor = inertia.planeInertia
    let half = (tensor.x - tensor.y) / 2
    return (half * half + tensor.z * tensor.z).squareRoot()
  }
}

extension MassProperties {
  /// The diagonal of the inertia tensor.
  var diagonal: SIMD3<Double> { SIMD3(planeInertia.x, planeInertia.y, normalInertia) }

  /// The entries 12, 13 and 23 of the inertia tensor.
  var others: SIMD3<Double> { SIMD3(planeInertia.z, normalProducts.x, normalProducts.y) }
}
