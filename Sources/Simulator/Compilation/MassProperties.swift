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

  /// The products of inertia `(I13, I23)` with the normal of the plane, in kg m². The joints take up
  /// their effect.
  public var normalProducts = SIMD2<Double>.zero

  /// The centre of mass along the normal of the plane, in m.
  public var elevation = 0.0

  /// The properties of the same shape with its density multiplied by `factor`.
  func scaled(by factor: Double) -> MassProperties { scaled(mass: factor, inertia: factor) }

  /// The properties with mass and moments of inertia multiplied.
  func scaled(mass massFactor: Double, inertia inertiaFactor: Double) -> MassProperties {
    var result = self
    result.mass *= massFactor
    result.normalInertia *= inertiaFactor
    result.planeInertia *= inertiaFactor
    result.normalProducts *= inertiaFactor
    return result
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
    let solid = Self.principal(geom)
    let axes = geom.axes
    self.init(mass: solid.mass, axes: axes, moments: solid.moments)
    if case .capsule(_, let axis) = geom.shape, axes.z.z.magnitude <= 1e-12 {
      let (axial, transverse) = (solid.moments.z, solid.moments.x)
      normalInertia = transverse
      normalProducts = .zero
      // along the axis the axial moment, across it the transverse one
      planeInertia = SIMD3(
        axial * axis.x * axis.x + transverse * axis.y * axis.y,
        axial * axis.y * axis.y + transverse * axis.x * axis.x,
        (axial - transverse) * axis.x * axis.y)
    } else if geom.shape == .sphere {
      normalInertia = solid.moments.x
      normalProducts = .zero
      planeInertia = SIMD3(normalInertia, normalInertia, 0)
    }
    center = geom.center
    elevation = geom.elevation
  }

  /// The properties that are given.
  public init(_ inertial: Inertial) {
    self.init(mass: inertial.mass, axes: inertial.frame, moments: inertial.moments)
    center = inertial.center
  }

  /// The properties of a body at the origin with the given principal axes and moments.
  private init(mass: Double, axes: Geom.Frame, moments m: SIMD3<Double>) {
    let (x, y, z) = (axes.x, axes.y, axes.z)
    func moment(_ first: Int, _ second: Int) -> Double {
      m.x * x[first] * x[second] + m.y * y[first] * y[second] + m.z * z[first] * z[second]
    }
    self.mass = mass
    center = .zero
    normalInertia = moment(2, 2)
    planeInertia = SIMD3(moment(0, 0), moment(1, 1), moment(0, 1))
    normalProducts = SIMD2(moment(0, 2), moment(1, 2))
  }

  /// Mass and moments of inertia of a geom about the axes of its own frame.
  static func principal(_ geom: Geom) -> (mass: Double, moments: SIMD3<Double>) {
    let radius = geom.radius
    let square = radius * radius
    switch geom.shape {
    case .sphere:
      let mass = geom.density * 4 / 3 * Double.pi * radius * radius * radius
      return (mass, SIMD3(repeating: 2 / 5 * mass * radius * radius))
    case .capsule(let halfLength, _):
      let height = 2 * halfLength
      let mass = geom.density * Double.pi * (square * height + 4 * square * radius / 3)
      let caps = mass * 4 * radius / (4 * radius + 3 * height)
      let cylinder = mass - caps
      let transverse =
        cylinder * (3 * square + height * height) / 12 + 2 / 5 * caps * square
        + caps * height * (3 * radius + 2 * height) / 8
      let axial = cylinder * square / 2 + 2 / 5 * caps * square
      return (mass, SIMD3(transverse, transverse, axial))
    case .cylinder(let halfLength):
      let height = 2 * halfLength
      let mass = geom.density * Double.pi * square * height
      let transverse = mass * (3 * square + height * height) / 12
      return (mass, SIMD3(transverse, transverse, mass * square / 2))
    case .box(let halfSizes):
      let mass = geom.density * 8 * halfSizes.x * halfSizes.y * halfSizes.z
      return (mass, mass / 3 * Self.others(halfSizes * halfSizes))
    case .ellipsoid(let axes):
      let mass = geom.density * 4 / 3 * Double.pi * axes.x * axes.y * axes.z
      return (mass, mass / 5 * Self.others(axes * axes))
    }
  }

  /// For each axis, the sum over the other two.
  private static func others(_ squares: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(squares.y + squares.z, squares.x + squares.z, squares.x + squares.y)
  }

  /// The properties of a body that consists of `geoms`; zero if there are none.
  public init(combining geoms: [Geom]) { self.init(geoms.map { MassProperties($0) }) }

  /// The properties of some parts together; zero if there are none.
  public init(_ parts: [MassProperties]) {
    mass = parts.reduce(0) { $0 + $1.mass }
    center =
      parts.isEmpty ? .zero : parts.reduce(SIMD2<Double>.zero) { $0 + $1.mass * $1.center } / mass
    elevation = parts.isEmpty ? 0 : parts.reduce(0) { $0 + $1.mass * $1.elevation } / mass
    normalInertia = 0
    planeInertia = .zero
    for part in parts {
      // the parallel-axis rule: I + m (|d|² 1 - d dᵀ)
      let d = part.center - center
      let height = part.elevation - elevation
      normalInertia += part.normalInertia + part.mass * (d * d).sum()
      planeInertia +=
        part.planeInertia + part.mass * SIMD3(d.y * d.y, d.x * d.x, -d.x * d.y)
      planeInertia += part.mass * height * height * SIMD3(1, 1, 0)
      normalProducts += part.normalProducts - part.mass * height * d
    }
  }
}
