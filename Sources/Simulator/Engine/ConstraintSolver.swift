/// The stopping rule of the solver for the constraint forces.
///
/// The accelerations minimise, over `a` in R^nv, the strictly convex cost
///
///     C(a) = 1/2 (a - a_s)ᵀ M (a - a_s) + 1/2 Σ_i D_i min(0, J_i a - aref_i)²
///
/// with smooth acceleration `a_s`, constraint rows `J`, reference accelerations `aref` and weights
/// `D = 1/R`. Newton's method with an exact line search finds the minimiser in a few steps. Dry friction
/// and elliptic friction cones have costs of their own; those of cones with several tangents are not
/// quadratic anywhere the contact slides.
///
/// - Source: MuJoCo documentation, "Computation", constraint solver, primal problem.
public enum ConstraintSolver: Sendable, Hashable {
  /// The unique minimiser: iterate until the set of active rows repeats; with elliptic friction cones,
  /// until the expected decrease of the cost, scaled as in ``stopping(tolerance:)``, is below 1e-14.
  case exact

  /// MuJoCo's stopping rule with its warm start: stop as soon as the scaled cost decrease, the
  /// scaled gradient norm or the scaled expected decrease is below `tolerance`.
  ///
  /// In about 0.05 % of random steps this stops one iteration early, with velocities up to 1e-5
  /// away from the minimiser. Reproducing MuJoCo step by step requires the same early stops.
  case stopping(tolerance: Double)

  /// MuJoCo's rule: stop at the tolerance of the model, by default 1e-8.
  public static let mujoco = ConstraintSolver.stopping(tolerance: 1e-8)

  /// The rule with the tolerance of a model in place of the default.
  func adapted(to model: PlanarModel) -> ConstraintSolver {
    self == .mujoco ? .stopping(tolerance: model.tolerance) : self
  }

  /// The tolerance of the line search relative to the solver's, MuJoCo's default.
  static let lineTolerance = 0.01
}
