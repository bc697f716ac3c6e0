import Requirements
@_exported import Rollouts

/// What an adaptation and its meta-gradient consist of.
public struct MetaSettings: Sendable {
  /// The number of inner steps `ζ`.
  public var innerSteps: Int
  /// The inner step size `α`.
  public var innerStepSize: Double
  /// The names of the parameters' blocks that inner steps move; empty for all.
  ///
  /// The others are learned by the outer step alone. With the last layer's blocks this is ANIL.
  public var adaptedBlocks: [String] = []
  /// The number of episodes of an inner batch, `|D_in|`.
  public var innerEpisodes: Int
  /// The number of episodes of the outer batch, `|D_o|`.
  public var outerEpisodes: Int
  /// The discount `γ`.
  public var discount: Double
  /// The weights of the inner steps.
  public var inner: Surrogate
  /// What an inner step climbs, as a function of log-probabilities and weights: `w ℓ`, equation 5.
  public var innerObjective: any SampleObjective = WeightedLogProbability()
  /// The weights of the outer gradient `∇̃J(θ^ζ, D_o)`.
  public var outer: Surrogate
  /// The estimator of the meta-gradient.
  public var estimator: Estimator
  /// What the score is multiplied by.
  public var scoreCoefficient: ScoreCoefficient
  /// The number of rows that a block of a recording aims at in double precision; twice as many in single.
  public var blockRows: Int
  /// The precision of the policy's networks and their derivatives. Returns, weights, sums over blocks,
  /// parameters and the simulation are in double precision either way.
  public var precision: Precision

  /// Creates settings; the defaults are the paper's.
  public init(
    innerSteps: Int = 1, innerStepSize: Double = 0.1, innerEpisodes: Int = 20,
    outerEpisodes: Int = 20, discount: Double = 0.99, inner: Surrogate = Surrogate(),
    outer: Surrogate = Surrogate(), estimator: Estimator = .sgMRL,
    scoreCoefficient: ScoreCoefficient = .meanReturn, blockRows: Int = 400,
    precision: Precision = .double
  ) {
    require(
      innerSteps >= 0 && innerEpisodes > 0 && outerEpisodes > 0 && blockRows > 0,
      "Steps must be at least 0, episodes and rows at least 1.")
    require((0...1).contains(discount), "The discount must be in 0...1, not \(discount).")
    self.innerSteps = innerSteps
    self.innerStepSize = innerStepSize
    self.innerEpisodes = innerEpisodes
    self.outerEpisodes = outerEpisodes
    self.discount = discount
    self.inner = inner
    self.outer = outer
    self.estimator = estimator
    self.scoreCoefficient = scoreCoefficient
    self.blockRows = blockRows
    self.precision = precision
  }

  /// The number of rows that a block aims at in the settings' precision.
  public var rowsOfBlocks: Int { EpisodeBlock.rows(blockRows, in: precision) }

  /// The episodes of the batch that is drawn after a number of inner steps: an inner batch, and after the
  /// last step the outer one.
  public func episodes(afterSteps step: Int) -> Int {
    step == innerSteps ? outerEpisodes : innerEpisodes
  }

  /// The same settings in a precision.
  public func `in`(_ precision: Precision) -> MetaSettings {
    var settings = self
    settings.precision = precision
    return settings
  }
}
