/// The drag of a body in a medium: that of the box with the same inertia.
///
/// The box lies in the frame of the principal axes. With sides `a`, `n` and `o`, mean side `D`,
/// density `rho` and viscosity `beta` of the medium, and the velocity `v` of the centre of mass and
/// the rate `w` in the axes of the box:
///
/// - `F_a = -3 pi D beta v_a - rho/2 n o |v_a| v_a`, and so on for the other axes;
/// - `T_a = -pi D³ beta w_a - rho/64 a (n⁴ + o⁴) |w_a| w_a`, and so on.
///
/// The joints take up force and torque out of the plane. The part in the plane is a drag with other
/// coefficients. Let the axis of side `a`, ``axis``, lie in the plane, and the other two be turned about it
/// by `theta`. A velocity `v_t` across the axis has the components `v_n = v_t cos(theta)` and
/// `v_o = -v_t sin(theta)`. The force against it is
/// `-rho/2 (a o |cos(theta)|³ + a n |sin(theta)|³) |v_t| v_t`; the torque has the same cubes.
///
/// - Source: MuJoCo documentation, "Computation", passive forces, inertia-based fluid model.
public struct FluidBox: Sendable, Equatable {
  /// The axis of side `a`, a unit vector in the body's frame; unused if ``oblique`` is not empty.
  public var axis: SIMD2<Double>

  /// The sides `(a, n, o)`, in m; the last one is along the normal if the box is not turned.
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

  /// For a box with any axes, the in-plane part `p` of each axis, in the body's frame;
  /// empty for other boxes. The force is the sum of `-obliqueDrags |p v| (p v) p`. It replaces the
  /// drag along and across ``axis``.
  public var oblique: [SIMD2<Double>] = []

  /// Force per squared velocity along each axis of an oblique box, in N s²/m².
  public var obliqueDrags: [Double] = []

  /// The box of a body without mass.
  static let none = FluidBox()

  private init() {
    (axis, sides) = (SIMD2(1, 0), .zero)
    (linearDrag, axialDrag, transverseDrag) = (0, 0, 0)
    (angularDrag, squaredAngularDrag) = (0, 0)
  }

  /// The box of a body of mass `mass`, in kg, in a medium of the given density and viscosity.
  init(_ frame: PrincipalFrame, mass: Double, density: Double, viscosity: Double) {
    let scale = 6 / mass
    // a box of mass m and sides a, n, o has moments m (n² + o²)/12, ...
    func side(_ first: Double, _ second: Double, _ own: Double) -> Double {
      (scale * max(0, first + second - own)).squareRoot()
    }
    func cube(_ x: Double) -> Double { x.magnitude * x.magnitude * x.magnitude }
    func fourth(_ x: Double) -> Double { x * x * x * x }

    switch frame {
    case .level(let axis, let turn, let moments):
      let a = side(moments.y, moments.z, moments.x)
      let n = side(moments.x, moments.z, moments.y)
      let o = side(moments.x, moments.y, moments.z)
      let (c, s) = (cube(turn.x), cube(turn.y))
      self.axis = axis
      sides = SIMD3(a, n, o)
      axialDrag = density * n * o / 2
      transverseDrag = density * a * o / 2 * c + density * a * n / 2 * s
      squaredAngularDrag =
        density * o * (fourth(a) + fourth(n)) / 64 * c
        + density * n * (fourth(a) + fourth(o)) / 64 * s
    case .oblique(let frame, let moments):
      let a = side(moments.y, moments.z, moments.x)
      let n = side(moments.x, moments.z, moments.y)
      let o = side(moments.x, moments.y, moments.z)
      axis = SIMD2(1, 0)
      sides = SIMD3(a, n, o)
      axialDrag = 0
      transverseDrag = 0
      squaredAngularDrag =
        density / 64
        * (a * (fourth(n) + fourth(o)) * cube(frame.x.z)
          + n * (fourth(a) + fourth(o)) * cube(frame.y.z)
          + o * (fourth(a) + fourth(n)) * cube(frame.z.z))
      oblique = [frame.x, frame.y, frame.z].map { SIMD2($0.x, $0.y) }
      obliqueDrags = [density * n * o / 2, density * a * o / 2, density * a * n / 2]
    }
    let diameter = (sides.x + sides.y + sides.z) / 3
    linearDrag = 3 * Double.pi * diameter * viscosity
    angularDrag = Double.pi * diameter * diameter * diameter * viscosity
  }
}
