import Environments

/// What an adaptation and its meta-gradient consist of.
public struct MetaSettings: Sendable {
  /// The number of inner steps `ζ`.
  public var innerSteps: Int
  /// The inner step size `α`.
  public var innerStepSize: Double
  /// The number of episodes of an inner batch, `|D_in|`.
  public var innerEpisodes: Int
  /// The number of episodes of the outer batch, `|D_o|`.
  public var outerEpisodes: Int
  /// The discount `γ`.
  public var discount: Double
  /// The weights of the inner steps.
  public var inner: Surrogate
  /// The weights of the outer gradient `∇̃J(θ^ζ, D_o)`.
  public var outer: Surrogate
  /// The estimator of the meta-gradient.
  public var estimator: Estimator
  /// What the score is multiplied by.
  public var scoreCoefficient: ScoreCoefficient
  /// The weight `w` of the score term, in 0...1.
  ///
  /// The mean of an estimate is `w` times that of the whole estimator and `1 - w` times that of the
  /// estimator without its score term: MAML's, for SG-MRL. So the bias is `1 - w` times MAML's, and the
  /// variance that the score term adds is `w²` times what it would be.
  public var scoreWeight: Double
  /// The number of rows that a block of a recording aims at.
  public var blockRows: Int

  /// Creates settings; the defaults are the paper's.
  public init(
    innerSteps: Int = 1, innerStepSize: Double = 0.1, innerEpisodes: Int = 20,
    outerEpisodes: Int = 20, discount: Double = 0.99, inner: Surrogate = Surrogate(),
    outer: Surrogate = Surrogate(), estimator: Estimator = .sgMRL,
    scoreCoefficient: ScoreCoefficient = .meanReturn, scoreWeight: Double = 1,
    blockRows: Int = 400
  ) {
    precondition(
      innerSteps >= 0 && innerEpisodes > 0 && outerEpisodes > 0 && blockRows > 0,
      "Steps must be at least 0, episodes and rows at least 1.")
    precondition((0...1).contains(discount), "The discount must be in 0...1, not \(discount).")
    precondition(
      (0...1).contains(scoreWeight), "The score's weight must be in 0...1, not \(scoreWeight).")
    self.innerSteps = innerSteps
    self.innerStepSize = innerStepSize
    self.innerEpisodes = innerEpisodes
    self.outerEpisodes = outerEpisodes
    self.discount = discount
    self.inner = inner
    self.outer = outer
    self.estimator = estimator
    self.scoreCoefficient = scoreCoefficient
    self.scoreWeight = scoreWeight
    self.blockRows = blockRows
  }
}
