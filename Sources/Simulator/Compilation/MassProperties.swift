/// Mass, centre of mass and inertia of a planar body, from its solids.
///
/// - Source: MuJoCo documentation, "Modeling", `inertiafromgeom`; the formulas are the usual
///   ones of homogeneous solids and the parallel-axis rule.
public struct MassProperties: Sendable, Equatable {
  /// Mass, in kg.
  public var mass: Double

  /// Centre of mass in the body's frame, in m.
  public var center: SIMD2<Double>

  /// Moment of inertia about the centre of mass and the normal of the plane, in kg m².
  public var normalInertia: Double

  /// In-plane part of the inertia tensor about the centre of mass: `(I11, I22, I12)`, in kg m².
  public var planeInertia: SIMD3<Double>

  /// The properties of the same shape with its density multiplied by `factor`.
  func scaled(by factor: Double) -> MassProperties { scaled(mass: factor, inertia: factor) }

  /// The properties with mass and moments of inertia multiplied.
  func scaled(mass massFactor: Double, inertia inertiaFactor: Double) -> MassProperties {
    MassProperties(
      mass: mass * massFactor, center: center, normalInertia: normalInertia * inertiaFactor,
      planeInertia: planeInertia * inertiaFactor)
  }
}

extension MassProperties {
  /// The properties of one geom.
  ///
  /// A capsule of radius `r` and cylinder length `h` has mass `rho pi (r² h + 4 r³/3)`. The caps
  /// have the fraction `4r/(4r + 3h)` of it, the mass `s`; the cylinder has the rest, the mass `c`.
  /// The transverse moment is `I = c (3r² + h²)/12 + 2/5 s r² + s h (3r + 2h)/8`, the axial one
  /// `I = c r²/2 + 2/5 s r²`.
  public init(_ geom: Geom) {
    let radius = geom.radius
    switch geom.shape {
    case .sphere:
      mass = geom.density * 4 / 3 * Double.pi * radius * radius * radius
      normalInertia = 2 / 5 * mass * radius * radius
      planeInertia = SIMD3(normalInertia, normalInertia, 0)
    case .capsule(let halfLength, let axis):
      let height = 2 * halfLength
      let square = radius * radius
      mass = geom.density * Double.pi * (square * height + 4 * square * radius / 3)
      let caps = mass * 4 * radius / (4 * radius + 3 * height)
      let cylinder = mass - caps
      let transverse =
        cylinder * (3 * square + height * height) / 12 + 2 / 5 * caps * square
        + caps * height * (3 * radius + 2 * height) / 8
      let axial = cylinder * square / 2 + 2 / 5 * caps * square
      normalInertia = transverse
      // along the axis the axial moment, across it the transverse one
      planeInertia = SIMD3(
        axial * axis.x * axis.x + transverse * axis.y * axis.y,
        axial * axis.y * axis.y + transverse * axis.x * axis.x,
        (axial - transverse) * axis.x * axis.y)
    }
    center = geom.center
  }

  /// The properties of a body that consists of `geoms`; zero if there are none.
  public init(combining geoms: [Geom]) {
    let parts = geoms.map { MassProperties($0) }
    mass = parts.reduce(0) { $0 + $1.mass }
    center =
      parts.isEmpty ? .zero : parts.reduce(SIMD2<Double>.zero) { $0 + $1.mass * $1.center } / mass
    normalInertia = 0
    planeInertia = .zero
    for part in parts {
      // the parallel-axis rule: I + m (|d|² 1 - d dᵀ)
      let d = part.center - center
      normalInertia += part.normalInertia + part.mass * (d * d).sum()
      planeInertia +=
        part.planeInertia + part.mass * SIMD3(d.y * d.y, d.x * d.x, -d.x * d.y)
    }
  }
}
