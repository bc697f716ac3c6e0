/// The bounds of lemma 1, theorem 3 and lemma 7 for one problem, in one version of them.
///
/// With `η_G`, `η_H`, `η_ρ` of the version and `κ` the bound of an inner step's Jacobian:
///
/// | version | what it is |
/// |---|---|
/// | printed | as in the paper, false in places: `Docs/Theory.md` has the counterexamples |
/// | corrected | the paper's way of proof with its gaps mended; any `α ≥ 0`, any `γ` in 0 ... 1 |
/// | tightened | scores counted as martingale differences, so `√N` and `N` for `N` and `N²` |
public struct TheoryBounds: Equatable, Sendable {
  /// Which statements.
  public enum Version: String, CaseIterable, Sendable {
    /// As in the paper.
    case printed
    /// With the gaps mended.
    case corrected
    /// Corrected, and closer to what holds.
    case tightened
  }

  /// What an estimate's variance is divided by.
  public enum VarianceDivisor: String, Sendable {
    /// `B`: the trajectories of an outer batch share their inner batches.
    case tasks
    /// `B · D_o`, as printed in lemma 7.
    case tasksTimesOuterEpisodes = "tasks-times-outer-episodes"
  }

  /// Which statements these are.
  public let version: Version
  /// Bounds `|J|`.
  public let objective: Double
  /// `η_G`: bounds `‖g(τ)‖`, `‖∇J‖` and their estimates.
  public let gradient: Double
  /// `η_H` of a trajectory: bounds `‖u(τ)‖` of equation 8.
  public let trajectoryHessian: Double
  /// `η_H` of the mean: bounds `‖∇²J‖`.
  public let hessian: Double
  /// `η_ρ`: the Lipschitz constant of `u(τ)`.
  public let hessianLipschitz: Double
  /// `κ`: bounds the Jacobian of one inner step.
  public let innerJacobian: Double
  /// `G_V`: bounds the norm of every estimate of `∇V_ζ`.
  public let estimateNorm: Double
  /// Bounds `‖∇V_ζ‖`.
  public let metaGradient: Double
  /// Bounds the second moment of a task's estimate, hence its variance.
  public let secondMoment: Double
  /// `L_V`: the Lipschitz constant of `∇V_ζ`.
  public let smoothness: Double
  /// Bounds `max V_ζ - min V_ζ`.
  public let objectiveSpan: Double
  /// What the variance is divided by when there are several tasks.
  public let varianceDivisor: VarianceDivisor
  /// The greatest inner step size that the version allows, `1/η_H` as printed.
  public let largestInnerStepSize: Double

  /// Evaluates a version for a problem.
  ///
  /// As printed, constants are infinite at `γ = 1`.
  public init(_ version: Version, _ constants: ProblemConstants) {
    switch version {
    case .printed: self.init(printed: constants)
    case .corrected: self.init(corrected: constants, isTightened: false)
    case .tightened: self.init(corrected: constants, isTightened: true)
    }
  }

  private init(printed c: ProblemConstants) {
    let (g, l, rho) = (c.policy.score, c.policy.hessian, c.policy.hessianLipschitz)
    let (r, alpha, n) = (c.rewardBound, c.innerStepSize, c.innerSamples)
    let steps = Double(c.horizon + 1)
    let scale = r / ((1 - c.discount) * (1 - c.discount))
    let etaG = g * scale
    let etaH = (steps * g * g + l) * scale
    let etaRho = (2 * steps * g * l + rho) * scale
    let zeta = Double(c.innerSteps)
    let two = Self.powers(2, count: c.innerSteps).last ?? 1
    let norm = two * (etaG + n * g * r)
    version = .printed
    objective = r
    gradient = etaG
    (trajectoryHessian, hessian, hessianLipschitz) = (etaH, etaH, etaRho)
    innerJacobian = 1 + alpha * etaH
    (estimateNorm, metaGradient, secondMoment) = (norm, norm, norm * norm)
    // not 0 times infinity where γ is 1
    let later = zeta > 1 ? (zeta - 1) * alpha * etaRho * g : 0
    // equation 49, term by term
    smoothness =
      zeta * two / 2 * alpha * etaRho * etaG + two * two * etaH
      + two * n
      * (r * (two * l + (zeta + two) * n * g * g + later)
        + 2 * two * etaG * g)
    objectiveSpan = r
    varianceDivisor = .tasksTimesOuterEpisodes
    largestInnerStepSize = 1 / etaH
  }

  /// `Docs/Theory.md` derives both.
  private init(corrected c: ProblemConstants, isTightened: Bool) {
    let (g, l, rho) = (c.policy.score, c.policy.hessian, c.policy.hessianLipschitz)
    let (r, alpha, n, zeta) = (c.rewardBound, c.innerStepSize, c.innerSamples, c.innerSteps)
    let scale = r * c.weightedDiscountSum
    let bound = r * c.discountSum
    let steps = Double(c.horizon + 1)
    let etaG = g * scale
    let etaH = (g * g + l) * scale
    let kappa = 1 + alpha * l * scale
    let powers = Self.powers(kappa, count: zeta)
    let last = powers[zeta]
    // M_t bounds the Lipschitz constant of ∂θ^t/∂θ
    var (sum, lipschitz) = (0.0, [0.0])
    for t in 0..<zeta {
      sum += powers[t]
      lipschitz.append(alpha * rho * scale * powers[t] * sum)
    }
    let k1 = powers[..<zeta].reduce(0, +)
    let k2 = powers[..<zeta].reduce(0) { $0 + $1 * $1 }
    let scores = g * (n * k2).squareRoot()
    (objective, gradient, hessian) = (bound, etaG, etaH)
    trajectoryHessian = (steps * g * g + l) * scale
    hessianLipschitz = (2 * steps * g * l + rho) * scale
    innerJacobian = kappa
    estimateNorm = last * etaG + bound * n * g * k1
    if isTightened {
      let squares = lipschitz[..<zeta].reduce(0) { $0 + $1 * $1 }
      let root = last * etaG + bound * scores
      (metaGradient, secondMoment) = (root, root * root)
      smoothness =
        lipschitz[zeta] * etaG + last * last * etaH + 2 * last * etaG * scores
        + bound * (g * (n * squares).squareRoot() + n * (l + g * g) * k2)
    } else {
      (metaGradient, secondMoment) = (estimateNorm, estimateNorm * estimateNorm)
      smoothness =
        lipschitz[zeta] * etaG + last * last * etaH
        + n
        * (bound * (lipschitz[..<zeta].reduce(0, +) * g + k2 * l)
          + 2 * last * etaG * g * k1 + bound * n * g * g * k1 * k1)
    }
    version = isTightened ? .tightened : .corrected
    objectiveSpan = 2 * bound
    varianceDivisor = .tasks
    largestInnerStepSize = .infinity
  }

  /// `x^0 … x^count`
  private static func powers(_ x: Double, count: Int) -> [Double] {
    var result = [1.0]
    for _ in 0..<count { result.append(result[result.count - 1] * x) }
    return result
  }

  /// The smoothness of `∇V_1` as the paper's equation 17 prints it.
  ///
  /// It does not follow from ``smoothness`` as printed (equation 49), whose terms it claims to
  /// bound: that needs `4 L + 2 N G² ≥ 8 G²/(1 - γ)²`.
  public static func printedEquation17(_ c: ProblemConstants) -> Double {
    let b = TheoryBounds(.printed, c)
    let (g, l, n) = (c.policy.score, c.policy.hessian, c.innerSamples)
    return c.innerStepSize * b.hessianLipschitz * b.gradient + 4 * b.hessian
      + 8 * c.rewardBound * n * (l + n * g * g)
  }
}
