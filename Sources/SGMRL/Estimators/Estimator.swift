import Requirements

/// A meta-gradient estimator: a rule for the Jacobian of an inner step, a rule for the score term,
/// and a baseline for the score's coefficient.
///
/// All estimators share one recursion over the inner steps, from the last to the first:
///
///     v ← ∇̃J(θ^ζ, D_o)
///     for t = ζ … 1:   v ← v + α H_t v + Σ_τ c_{t,τ} ∇ log π(τ; θ^{t-1})
///
/// The Jacobian rule and the score's complement say which `H_t`, the score rule, its weight and the
/// baseline say which `c_{t,τ}`. The estimate of `∇V_ζ` is `v`, averaged over the tasks (equation 39).
public struct Estimator: Sendable {
  /// The name by which it is configured.
  public let name: String
  /// One sentence on what it computes.
  public let summary: String
  /// The rule for `H_t`; nil leaves it out (first order).
  public let jacobian: (any JacobianRule)?
  /// The rule for the score term.
  public let score: ScoreRule
  /// What is subtracted from the coefficient of the score.
  public var baseline: (any ScoreBaseline)?
  /// The weight `w` of the score term, in 0...1.
  ///
  /// Without a ``complement`` the estimate is `w` times the whole one and `1 - w` times the one without a
  /// score term: MAML, for SG-MRL. So the bias is `1 - w` times MAML's, and the term's own variance `w²`
  /// times what it would be.
  public var scoreWeight = 1.0 {
    didSet {
      require(
        (0...1).contains(scoreWeight), "The score's weight must be in 0...1, not \(scoreWeight).")
    }
  }
  /// What stands, with the weight `1 - w`, for the part of the score term that its weight leaves out;
  /// nil for nothing.
  ///
  /// Low-variance curvature, for one, keeps the diagonal of the term where the whole of it is too noisy.
  /// With one inner step the estimate is then `w` times the one of weight 1 and `1 - w` times the one that
  /// has this rule for its Jacobian, and so is the bias; with more steps the Jacobians of the steps, each a
  /// mixture, are multiplied.
  public var complement: (any JacobianRule)? {
    didSet {
      require(
        complement == nil || takesComplement,
        "\(name) has no sum of scores beside the inner step's derivative for which a rule could stand; leave the complement nil."
      )
    }
  }
  /// Whether a rule can stand for part of the score term: that is a sum of scores, and nothing of it is in
  /// the Jacobian rule already.
  public var takesComplement: Bool { jacobian is InnerStepJacobian && score == .sum }
  /// Whether its author holds it to be unbiased for `∇V_ζ`, with the weights of equation 5 in the
  /// outer gradient and the mean return as coefficient.
  ///
  /// A certificate fails an estimator that says so and is not.
  public var isDeclaredUnbiased: Bool { isHeldUnbiased && (score == .none || scoreWeight == 1) }
  private let isHeldUnbiased: Bool

  /// Creates an estimator.
  public init(
    name: String, summary: String, jacobian: (any JacobianRule)?, score: ScoreRule,
    baseline: (any ScoreBaseline)? = nil, isDeclaredUnbiased: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.jacobian = jacobian
    self.score = score
    self.baseline = baseline
    isHeldUnbiased = isDeclaredUnbiased
  }
}

/// How the score of the inner batches enters.
public enum ScoreRule: String, CaseIterable, Sendable {
  /// Not at all (MAML).
  case none
  /// Summed over the trajectories of each inner batch (SG-MRL, equation 13).
  case sum
  /// Averaged over the trajectories of each inner batch (E-MAML).
  case mean
}

/// What the score of an inner batch is multiplied by, before baselines.
public enum ScoreCoefficient: String, CaseIterable, Sendable {
  /// The mean discounted return of the outer batch, `J̃(θ^ζ, D_o)`, as in equation 13.
  case meanReturn = "mean-return"
  /// The mean of the outer batch's signals, as in the published code.
  ///
  /// With normalised advantages this is zero up to rounding, so SG-MRL becomes MAML to rounding:
  /// it is here only to reproduce what was published.
  case meanSignal = "mean-signal"
}

extension Estimator {
  /// The estimators that come with the package, by name.
  public static let presets: [Estimator] = [
    .sgMRL, .sgMRLEquation9, .firstOrderSGMRL, .maml, .firstOrderMAML, .mamlEquation9, .eMAML,
    .diceMAML, .lvc, .lsf, .loadedDiCE, .tmaml, .lvcPast, .sgMRLOwnBatch, .sgMRLLeaveOneOut,
    .sgMRLRunningBaseline, .sgMRLControlVariate, .sgMRLJackknife,
  ]

  /// The preset of a name.
  public static func preset(_ name: String) -> Estimator? { presets.first { $0.name == name } }

  /// SG-MRL with the exact derivative of the inner step: unbiased for `∇V_ζ`.
  public static let sgMRL = Estimator(
    name: "sg-mrl", summary: "SG-MRL, exact derivative of the inner step; unbiased",
    jacobian: InnerStepJacobian(), score: .sum, isDeclaredUnbiased: true)

  /// SG-MRL as printed in equation 13, with the policy Hessian of equation 9: biased.
  public static let sgMRLEquation9 = Estimator(
    name: "sg-mrl-equation-9", summary: "SG-MRL with equation 9 taken literally; biased, O(α)",
    jacobian: PolicyHessian(), score: .sum)

  /// SG-MRL without the inner step's Hessian.
  public static let firstOrderSGMRL = Estimator(
    name: "first-order-sg-mrl", summary: "SG-MRL without second derivatives", jacobian: nil,
    score: .sum)

  /// MAML, as automatic differentiation of the surrogate gives it.
  public static let maml = Estimator(
    name: "maml", summary: "MAML by differentiating the surrogate; biased, O(α)",
    jacobian: InnerStepJacobian(), score: .none)

  /// MAML without the inner step's Hessian.
  public static let firstOrderMAML = Estimator(
    name: "first-order-maml", summary: "MAML without second derivatives", jacobian: nil,
    score: .none)

  /// MAML with the policy Hessian of equation 9 (the paper's equation 16).
  public static let mamlEquation9 = Estimator(
    name: "maml-equation-9", summary: "MAML with the policy Hessian (equation 16); biased, O(α²)",
    jacobian: PolicyHessian(), score: .none)

  /// E-MAML: the score is averaged over the trajectories.
  ///
  /// - Source: Stadie et al. (2018), "Some considerations on learning to explore via
  ///   meta-reinforcement learning".
  public static let eMAML = Estimator(
    name: "e-maml", summary: "E-MAML: the score averaged over trajectories",
    jacobian: InnerStepJacobian(), score: .mean)

  /// MAML with the Hessian estimate of DiCE.
  public static let diceMAML = Estimator(
    name: "dice-maml", summary: "MAML with the Hessian of DiCE; biased, O(α²)",
    jacobian: DiCE(), score: .none)

  /// MAML with the low-variance curvature estimate.
  public static let lvc = Estimator(
    name: "lvc", summary: "MAML with low-variance curvature (ProMP); biased, O(α)",
    jacobian: LowVarianceCurvature(), score: .none)

  /// MAML with the linearised score function.
  public static let lsf = Estimator(
    name: "lsf", summary: "MAML with the linearised score function; biased, O(α²)",
    jacobian: LinearizedScoreFunction(), score: .none)

  /// SG-MRL with a baseline from the other trajectories of each inner batch: unbiased.
  public static let sgMRLOwnBatch = Estimator(
    name: "sg-mrl-own-batch",
    summary: "SG-MRL, each score meeting the mean return of its batch's others; unbiased",
    jacobian: InnerStepJacobian(), score: .sum, baseline: OwnBatchBaseline(),
    isDeclaredUnbiased: true)

  /// SG-MRL with the mean of other chains of the meta-batch as baseline: unbiased.
  public static let sgMRLLeaveOneOut = Estimator(
    name: "sg-mrl-leave-one-out",
    summary: "SG-MRL, less the mean of the task's other chains, or of the other tasks; unbiased",
    jacobian: InnerStepJacobian(), score: .sum, baseline: LeaveOneOutBaseline(),
    isDeclaredUnbiased: true)

  /// SG-MRL with a running mean of earlier epochs as baseline: unbiased given these.
  public static let sgMRLRunningBaseline = Estimator(
    name: "sg-mrl-running-baseline",
    summary: "SG-MRL, less the running mean of earlier epochs; unbiased given these",
    jacobian: InnerStepJacobian(), score: .sum, baseline: RunningBaseline(),
    isDeclaredUnbiased: true)

  /// SG-MRL with a linear prediction of the coefficient, regressed on earlier epochs: unbiased given
  /// these.
  public static let sgMRLControlVariate = Estimator(
    name: "sg-mrl-control-variate",
    summary: "SG-MRL, less a regression of earlier epochs on the chain; unbiased given these",
    jacobian: InnerStepJacobian(), score: .sum, baseline: ControlVariateBaseline(),
    isDeclaredUnbiased: true)

  /// SG-MRL with the difference that each trajectory made as the coefficient of its score: unbiased.
  public static let sgMRLJackknife = Estimator(
    name: "sg-mrl-jackknife",
    summary: "SG-MRL, each score meeting the return less that without its trajectory; unbiased",
    jacobian: InnerStepJacobian(), score: .sum, baseline: JackknifeBaseline(),
    isDeclaredUnbiased: true)
}
