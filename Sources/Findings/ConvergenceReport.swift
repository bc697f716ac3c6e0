import Certification

/// Where training leads on tasks that can be enumerated: `theory --convergence --json`, and
/// `convergence.json` in a folder.
public struct ConvergenceReport: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// The name of the problem.
  public let problem: String
  /// Whether every estimator that is declared unbiased leads to a stationary point.
  public let passed: Bool
  /// The first seed.
  public let seed: UInt64
  /// The number of seeds of each curve.
  public let seeds: Int
  /// The wall-clock time.
  public let seconds: Double
  /// The norm of the exact gradient at the start.
  public let initialGradientNorm: Double
  /// Where each estimator's exact mean leads.
  public let floors: [Floor]
  /// What training left.
  public let runs: [Run]
  /// The variance of SG-MRL's estimate that no outer batch reduces.
  public let varianceBetween: Double
  /// The rest of the variance, for one outer trajectory.
  public let varianceWithin: Double
  /// The variance by sizes of batches.
  public let sizes: [Size]
  /// Training from the stationary point with batches of several sizes.
  public let pairs: [Pair]

  /// The end of a mean field.
  public struct Floor: Codable, Sendable {
    /// The name of the estimator.
    public let estimator: String
    /// The norm of the exact gradient there.
    public let gradientNorm: Double
    /// The objective there.
    public let objective: Double
    /// The norm of the estimator's mean there.
    public let residual: Double
    /// The number of steps.
    public let iterations: Int
    /// Whether the mean vanished.
    public let converged: Bool
  }

  /// A curve of training.
  public struct Run: Codable, Sendable {
    /// Large batches, or small steps.
    public let regime: String
    /// The name of the estimator.
    public let estimator: String
    /// The tasks of a meta-batch.
    public let tasks: Int
    /// The trajectories of an outer batch.
    public let outerEpisodes: Int
    /// The outer step size.
    public let stepSize: Double
    /// The number of steps.
    public let epochs: Int
    /// The trajectories of all steps.
    public let trajectories: Double
    /// The root of the mean of `‖∇V‖²` over the last half of the steps.
    public let remainder: Double
  }

  /// Training with batches of one size.
  public struct Pair: Codable, Sendable {
    /// The tasks of a meta-batch.
    public let tasks: Int
    /// The trajectories of an outer batch.
    public let outerEpisodes: Int
    /// The variance of the estimate.
    public let variance: Double
    /// What the paper says it is.
    public let printedClaim: Double
    /// The root of the mean of `‖∇V‖²` over the last half of the steps.
    public let remainder: Double
  }

  /// The variance at a size of batches.
  public struct Size: Codable, Sendable {
    /// The size.
    public let size: Int
    /// With that many outer trajectories and one task.
    public let varianceOverOuterEpisodes: Double
    /// With that many tasks and one outer trajectory.
    public let varianceOverTasks: Double
    /// What the paper says of both.
    public let printedClaim: Double
  }

  /// Summarises an experiment on a problem.
  public init(_ name: String, _ experiment: ConvergenceExperiment) {
    (problem, passed) = (name, experiment.passes)
    (seed, seeds) = (experiment.plan.seed, experiment.plan.seeds)
    seconds = experiment.seconds
    initialGradientNorm = experiment.initialGradientNorm
    floors = experiment.ends.map {
      Floor(
        estimator: $0.estimator.name, gradientNorm: $0.gradientNorm, objective: $0.objective,
        residual: $0.residual, iterations: $0.iterations, converged: $0.hasConverged)
    }
    runs = [("large-batch", experiment.largeBatch), ("small-step", experiment.smallStep)]
      .flatMap { regime, curves in
        curves.map { curve in
          Run(
            regime: regime, estimator: curve.estimator.name, tasks: curve.plan.tasks,
            outerEpisodes: curve.plan.outerEpisodes, stepSize: curve.plan.stepSize,
            epochs: curve.plan.epochs, trajectories: curve.points.last?.trajectories ?? 0,
            remainder: curve.remainder.squareRoot())
        }
      }
    let moments = experiment.moments
    (varianceBetween, varianceWithin) = (moments.between, moments.within)
    let single = moments.variance(tasks: 1, outerEpisodes: 1)
    sizes = experiment.plan.sizes.map { size in
      Size(
        size: size, varianceOverOuterEpisodes: moments.variance(tasks: 1, outerEpisodes: size),
        varianceOverTasks: moments.variance(tasks: size, outerEpisodes: 1),
        printedClaim: single / Double(size))
    }
    pairs = experiment.pairs.map { curve in
      let (tasks, outer) = (curve.plan.tasks, curve.plan.outerEpisodes)
      return Pair(
        tasks: tasks, outerEpisodes: outer,
        variance: moments.variance(tasks: tasks, outerEpisodes: outer),
        printedClaim: single / Double(tasks * outer), remainder: curve.remainder.squareRoot())
    }
  }
}
