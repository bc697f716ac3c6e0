import Foundation
import MetaTape

/// The output of the experiment.
struct ConvergenceOutcome: Encodable {
  struct Floor: Encodable {
    let estimator: String
    let gradientNorm: Double
    let objective: Double
    let residual: Double
    let iterations: Int
    let converged: Bool
  }

  struct Run: Encodable {
    let regime: String
    let estimator: String
    let tasks: Int
    let outerEpisodes: Int
    let stepSize: Double
    let epochs: Int
    let trajectories: Double
    /// The root of the mean of `‖∇V‖²` over the last half of the steps.
    let remainder: Double
  }

  struct Pair: Encodable {
    let tasks: Int
    let outerEpisodes: Int
    let variance: Double
    let printedClaim: Double
    let remainder: Double
  }

  struct Size: Encodable {
    let size: Int
    /// With that many outer trajectories and one task.
    let varianceOverOuterEpisodes: Double
    /// With that many tasks and one outer trajectory.
    let varianceOverTasks: Double
    let printedClaim: Double
  }

  let schemaVersion = 1
  let problem: String
  let passed: Bool
  let seed: UInt64
  let seeds: Int
  let seconds: Double
  let initialGradientNorm: Double
  let floors: [Floor]
  let runs: [Run]
  /// The variance of SG-MRL's estimate that no outer batch reduces, and the rest of it.
  let varianceBetween: Double
  let varianceWithin: Double
  let sizes: [Size]
  let pairs: [Pair]

  init(_ name: String, _ experiment: ConvergenceExperiment) {
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

  func printTables() {
    print(
      """
      \(problem): norm of the exact gradient at the start \
      \(Console.significant(initialGradientNorm)), \(seeds) seeds from \(seed)

      Where each estimator's exact mean leads:

      """)
    Console.printTable(
      ["estimator", "norm of ∇V (floor)", "V", "norm of the mean"],
      floors.map {
        [
          $0.estimator, Console.scientific($0.gradientNorm), Console.number($0.objective, 6),
          Console.scientific($0.residual) + ($0.converged ? "" : " (not converged)"),
        ]
      })
    print("\nTraining; what remains of the norm of ∇V over the last half of the steps:\n")
    Console.printTable(
      ["regime", "estimator", "B", "D_o", "step size", "steps", "trajectories", "remains"],
      runs.map {
        [
          $0.regime, $0.estimator, "\($0.tasks)", "\($0.outerEpisodes)", "\($0.stepSize)",
          "\($0.epochs)", Console.count($0.trajectories), Console.scientific($0.remainder),
        ]
      })
    print(
      """

      SG-MRL's variance at its stationary point is (between + within/D_o)/B with between \
      \(Console.significant(varianceBetween)), within \(Console.significant(varianceWithin)).

      """)
    Console.printTable(
      ["n", "B = 1, D_o = n", "B = n, D_o = 1", "over B·D_o, as printed"],
      sizes.map {
        [
          "\($0.size)", Console.scientific($0.varianceOverOuterEpisodes),
          Console.scientific($0.varianceOverTasks), Console.scientific($0.printedClaim),
        ]
      })
    print("\nTrained from there at one step size:\n")
    Console.printTable(
      ["B", "D_o", "variance", "over B·D_o, as printed", "remains"],
      pairs.map {
        [
          "\($0.tasks)", "\($0.outerEpisodes)", Console.scientific($0.variance),
          Console.scientific($0.printedClaim), Console.scientific($0.remainder),
        ]
      })
    print("")
  }
}
