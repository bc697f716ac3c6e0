import Requirements

/// How to run SG-MRL so that an `ε`-first-order stationary point is found (theorems 1 and 4).
///
/// Ascent with `β ≤ 1/L_V` and estimates of variance at most `σ²/n` finds `E‖∇V‖² ≤ 2 σ² L_V β/n +
/// δ²` within `2 ΔV / (β (δ² + σ² L_V β/n))` iterations, `n` being
/// ``TheoryBounds/varianceDivisor``. The sum is kept at `ε²`, so that `E‖∇V‖ ≤ ε`.
public struct ConvergenceSchedule: Equatable, Sendable {
  /// The two settings of corollary 1.
  public enum Regime: Equatable, Sendable {
    /// (i) `β = 1/L_V`, with as many tasks as the accuracy needs.
    case largeBatch
    /// (ii) a given number of tasks, with `β` as small as the accuracy needs.
    case smallStep(tasks: Int)
  }

  /// The accuracy `ε`.
  public let accuracy: Double
  /// The outer step size `β`.
  public let stepSize: Double
  /// The tasks of a meta-batch, `B`.
  public let tasks: Double
  /// The trajectories of an outer batch, `D_o`.
  public let outerEpisodes: Int
  /// The number of outer steps.
  public let iterations: Double
  /// What the noise leaves of `E‖∇V‖²`, `2 σ² L_V β/n`.
  public let noise: Double
  /// The trajectories of an outer step, inner batches included.
  public let trajectoriesPerIteration: Double

  /// The trajectories in all.
  public var trajectories: Double { iterations * trajectoriesPerIteration }

  /// Plans a run; nil if a bound is not finite, as those printed are at `γ = 1`.
  ///
  /// - Parameters:
  ///   - accuracy: `ε`
  ///   - bounds: a version of the bounds.
  ///   - constants: the problem, for the sizes of the inner batches.
  ///   - regime: which of the two settings.
  ///   - outerEpisodes: `D_o`
  /// - Precondition: accuracy and sizes are positive.
  public init?(
    accuracy: Double, _ bounds: TheoryBounds, _ constants: ProblemConstants, _ regime: Regime,
    outerEpisodes: Int
  ) {
    require(accuracy > 0 && outerEpisodes > 0, "An accuracy or batch of 0 has no schedule.")
    let (square, l) = (accuracy * accuracy, bounds.smoothness)
    guard bounds.secondMoment.isFinite, l.isFinite, l > 0 else { return nil }
    let shared =
      bounds.varianceDivisor == .tasksTimesOuterEpisodes ? Double(outerEpisodes) : 1
    switch regime {
    case .largeBatch:
      stepSize = 1 / l
      tasks = max(1, (8 * bounds.secondMoment / (square * shared)).rounded(.up))
    case .smallStep(let count):
      require(count > 0, "A meta-batch needs at least one task.")
      tasks = Double(count)
      let limit = square * tasks * shared / (8 * bounds.secondMoment * l)
      stepSize = min(1 / l, bounds.secondMoment > 0 ? limit : .infinity)
    }
    let half = bounds.secondMoment * l * stepSize / (tasks * shared)
    noise = 2 * half
    let steps = 2 * bounds.objectiveSpan / (stepSize * (square - noise + half))
    iterations = max(1, steps.rounded(.up))
    (self.accuracy, self.outerEpisodes) = (accuracy, outerEpisodes)
    trajectoriesPerIteration =
      tasks * Double(constants.innerSteps * constants.innerEpisodes + outerEpisodes)
  }
}
