import ArgumentParser
import Foundation
import MetaTape

/// The options of the experiment behind corollary 1.
struct ConvergenceOptions: ParsableArguments {
  @Flag(help: "Train on tasks that can be enumerated and follow the exact gradient.")
  var convergence = false

  @Option(help: "The folder of the tables and plots.")
  var output = "runs/convergence"

  @Flag(help: "Replace files that are already in the folder.")
  var replace = false

  @Option(help: "The number of seeds of each curve.")
  var seeds = 2

  @Option(help: "Multiplies batches and steps; the remaining noise falls with it.")
  var effort = 1.0

  func validate() throws {
    if !(1...1000).contains(seeds) { throw ValidationError("--seeds must be from 1 to 1000.") }
    if !(effort >= 1e-3 && effort <= 1e4) {
      throw ValidationError("--effort must be from 0.001 to 10000.")
    }
  }

  func run(
    _ problem: CertificateProblem, seed: Int, limit: Int, threads: Int, json: Bool
  ) async throws {
    let directory = try folder()
    var plan = ConvergenceExperiment.Plan(effort: effort)
    (plan.seeds, plan.seed) = (seeds, UInt64(seed))
    let display = ProgressCount(total: plan.pointCount, isSilent: json)
    let experiment = try await ConvergenceExperiment(
      problem, plan: plan, limit: limit, threads: threads, advance: display.advance)
    let outcome = ConvergenceOutcome(problem.name, experiment)
    try directory.writeJSON(outcome, to: "convergence.json")
    for (name, text) in ConvergenceFiles(experiment).texts {
      try directory.write(
        Data(text.utf8), to: directory.url.appendingPathComponent(name))
    }
    if json {
      Console.printJSON(try JSON.encode(outcome))
    } else {
      outcome.printTables()
      print(
        "\(Console.number(outcome.seconds, 1)) s on \(threads) threads. Tables and plots are in \(directory.url.path)."
      )
    }
  }

  private func folder() throws -> RunDirectory {
    let url = URL(fileURLWithPath: output)
    let old = (["convergence.json"] + ConvergenceFiles.names).filter {
      FileManager.default.fileExists(atPath: url.appendingPathComponent($0).path)
    }
    guard old.isEmpty || replace else {
      throw Failure(
        code: 65,
        message:
          "\(output) already holds \(old.joined(separator: ", ")). Choose another --output, or give --replace to lose them."
      )
    }
    do { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) } catch
    {
      throw Failure(code: 65, message: "\(output) cannot be made: \(error.localizedDescription)")
    }
    return RunDirectory(existing: url)
  }
}

/// A display of progress for work that reports each step.
private final class ProgressCount {
  private var progress: Progress
  private var done = 0

  init(total: Int, isSilent: Bool) { progress = Progress(total: total, isSilent: isSilent) }

  func advance() {
    done += 1
    progress.show(done, "exact gradients along the curves")
  }
}

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

  let schemaVersion = 1
  let problem: String
  let seed: UInt64
  let seeds: Int
  let seconds: Double
  let initialGradientNorm: Double
  let floors: [Floor]
  let runs: [Run]
  /// The variance of SG-MRL's estimate that no outer batch reduces, and the rest of it.
  let varianceBetween: Double
  let varianceWithin: Double
  let pairs: [Pair]

  init(_ name: String, _ experiment: ConvergenceExperiment) {
    problem = name
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
      Trained from there at one step size:

      """)
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

/// The tables and plots of the experiment.
struct ConvergenceFiles {
  static let names = [
    "curves.csv", "variance.csv", "large-batch.svg", "small-step.svg", "variance.svg",
  ]

  private let experiment: ConvergenceExperiment

  init(_ experiment: ConvergenceExperiment) { self.experiment = experiment }

  /// The contents by name.
  var texts: [(name: String, text: String)] {
    let contents = [
      curves, variances,
      plot("Many tasks, constant step", experiment.largeBatch).svg,
      plot("Few tasks, small step", experiment.smallStep).svg, variancePlot.svg,
    ]
    return Array(zip(Self.names, contents))
  }

  private var curves: String {
    var lines = [
      "regime,estimator,seed,tasks,outer_episodes,step_size,epoch,trajectories,gradient_norm,objective"
    ]
    for (regime, curves) in [
      ("large-batch", experiment.largeBatch), ("small-step", experiment.smallStep),
      ("pairs", experiment.pairs),
    ] {
      for curve in curves {
        let plan = curve.plan
        for point in curve.points {
          for (i, seed) in curve.seeds.enumerated() {
            lines.append(
              "\(regime),\(curve.estimator.name),\(seed),\(plan.tasks),\(plan.outerEpisodes),\(plan.stepSize),\(point.epoch),\(point.trajectories),\(point.gradientNorms[i]),\(point.objectives[i])"
            )
          }
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var variances: String {
    let moments = experiment.moments
    let single = moments.variance(tasks: 1, outerEpisodes: 1)
    var lines = ["size,variance_over_outer_episodes,variance_over_tasks,printed"]
    for size in experiment.plan.sizes {
      let outer = moments.variance(tasks: 1, outerEpisodes: size)
      let tasks = moments.variance(tasks: size, outerEpisodes: 1)
      lines.append("\(size),\(outer),\(tasks),\(single / Double(size))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Curves with the range over the seeds, and the floors of the biased ones.
  private func plot(_ title: String, _ curves: [TrainingCurve]) -> LinePlot {
    var series = curves.enumerated().map { index, curve in
      LinePlot.Series(
        curve.estimator.name,
        points: curve.points.filter { $0.epoch > 0 }.map { point in
          let norms = point.gradientNorms
          let range = (norms.min() ?? 0)...(norms.max() ?? 0)
          return LinePlot.Point(point.trajectories, point.rootMeanSquare, interval: range)
        }, color: index)
    }
    let first = curves.flatMap(\.points).filter { $0.epoch > 0 }.map(\.trajectories).min() ?? 1
    let last = curves.flatMap(\.points).map(\.trajectories).max() ?? 1
    for (index, end) in experiment.ends.enumerated() where !end.estimator.isDeclaredUnbiased {
      series.append(
        LinePlot.Series(
          "floor of \(end.estimator.name)",
          points: [
            LinePlot.Point(first, end.gradientNorm), LinePlot.Point(last, end.gradientNorm),
          ],
          style: .reference, color: index))
    }
    return LinePlot(
      title: title, x: LinePlot.Axis("trajectories sampled", scale: .logarithmic),
      y: LinePlot.Axis("norm of the exact ∇V", scale: .logarithmic), series: series)
  }

  private var variancePlot: LinePlot {
    let moments = experiment.moments
    let single = moments.variance(tasks: 1, outerEpisodes: 1)
    func points(_ value: (Int) -> Double) -> [LinePlot.Point] {
      experiment.plan.sizes.map { LinePlot.Point(Double($0), value($0)) }
    }
    return LinePlot(
      title: "Variance of SG-MRL's estimate, by enumeration",
      x: LinePlot.Axis("B or D_o, the other being 1", scale: .logarithmic),
      y: LinePlot.Axis("variance", scale: .logarithmic),
      series: [
        LinePlot.Series(
          "outer trajectories D_o",
          points: points { moments.variance(tasks: 1, outerEpisodes: $0) }),
        LinePlot.Series(
          "tasks B", points: points { moments.variance(tasks: $0, outerEpisodes: 1) }),
        LinePlot.Series(
          "1/(B·D_o), as printed", points: points { single / Double($0) }, style: .reference,
          color: 6),
      ])
  }
}
