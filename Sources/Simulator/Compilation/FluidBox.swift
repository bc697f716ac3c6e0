/// The drag of a body in a medium: that of the box with the same inertia.
///
/// With sides `a` (along ``axis``), `n` (across it, in the plane) and `o` (along the normal), mean
/// side `D`, density `rho` and viscosity `beta` of the medium, and the velocity `v` of the centre
/// of mass in the box's axes:
///
/// - `F_a = -3 pi D beta v_a - rho/2 n o |v_a| v_a`, and `F_n` with `a o` in place of `n o`;
/// - `T = -pi D³ beta w - rho/64 o (a⁴ + n⁴) |w| w`.
///
/// - Source: MuJoCo documentation, "Computation", passive forces, inertia-based fluid model.
public struct FluidBox: Sendable, Equatable {
  /// The principal axis of inertia that carries side `a`, a unit vector of the body's frame.
  public var axis: SIMD2<Double>

  /// The sides `(a, n, o)`, in m.
  public var sides: SIMD3<Double>

  /// Viscous force per velocity, in N s/m.
  public var linearDrag: Double

  /// Force per squared velocity along the axis, in N s²/m².
  public var axialDrag: Double

  /// Force per squared velocity across the axis, in N s²/m².
  public var transverseDrag: Double

  /// Viscous torque per angular velocity, in N m s.
  public var angularDrag: Double

  /// Torque per squared angular velocity, in N m s².
  public var squaredAngularDrag: Double

  /// The box of a body with `inertia` in a medium of the given density and viscosity.
  public init(inertia: MassProperties, density: Double, viscosity: Double) {
    // principal axes of the 2x2 in-plane tensor; the first one carries the smaller moment
    let tensor = inertia.planeInertia
    let mean = (tensor.x + tensor.y) / 2
    let half = (tensor.x - tensor.y) / 2
    let spread = (half * half + tensor.z * tensor.z).squareRoot()
    axis = FluidBox.minorAxis(half: half, mixed: tensor.z, spread: spread)

    // a box of mass m and sides a, n, o has moments m (n² + o²)/12, ...
    let along = mean - spread
    let across = mean + spread
    let normal = inertia.normalInertia
    let scale = 6 / inertia.mass
    let a = (scale * max(0, across + normal - along)).squareRoot()
    let n = (scale * max(0, along + normal - across)).squareRoot()
    let o = (scale * max(0, along + across - normal)).squareRoot()
    sides = SIMD3(a, n, o)

    let diameter = (a + n + o) / 3
    linearDrag = 3 * Double.pi * diameter * viscosity
    angularDrag = Double.pi * diameter * diameter * diameter * viscosity
    axialDrag = density * n * o / 2
    transverseDrag = density * a * o / 2
    squaredAngularDrag = density * o * (a * a * a * a + n * n * n * n) / 64
  }

  /// The unit eigenvector of `[[half, mixed], [mixed, -half]]` for the eigenvalue `-spread`.
  private static func minorAxis(half: Double, mixed: Double, spread: Double) -> SIMD2<Double> {
    // of the two rows of (A + spread 1) take the longer: the eigenvector is across it
    let vector =
      half > 0 ? SIMD2(-mixed, half + spread) : SIMD2(spread - half, -mixed)
    let length = (vector * vector).sum().squareRoot()
    return length > 0 ? vector / length : SIMD2(1, 0)
  }
}
