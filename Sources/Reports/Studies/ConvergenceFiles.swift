/// The tables and plots of an experiment on convergence.
public struct ConvergenceFiles {
  /// The names of the files.
  public static let names = [
    "curves.csv", "variance.csv", "large-batch.svg", "small-step.svg", "variance.svg",
  ]

  private let experiment: ConvergenceExperiment
  private let outcome: ConvergenceReport

  /// The files of an experiment and its report.
  public init(_ experiment: ConvergenceExperiment, _ outcome: ConvergenceReport) {
    (self.experiment, self.outcome) = (experiment, outcome)
  }

  /// The contents by name.
  public var texts: [(name: String, text: String)] {
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
    var lines = ["size,variance_over_outer_episodes,variance_over_tasks,printed"]
    for row in outcome.sizes {
      lines.append(
        "\(row.size),\(row.varianceOverOuterEpisodes),\(row.varianceOverTasks),\(row.printedClaim)"
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Curves with the range over the seeds, and the floors of the biased ones.
  private func plot(_ title: String, _ curves: [TrainingCurve]) -> LinePlot {
    var series = curves.enumerated().map { index, curve in
      LinePlot.Series(
        curve.estimator.name,
        points: curve.points.map { point in
          let norms = point.gradientNorms
          let range = (norms.min() ?? 0)...(norms.max() ?? 0)
          return LinePlot.Point(point.trajectories, point.rootMeanSquare, interval: range)
        }, color: index)
    }
    let last = curves.flatMap(\.points).map(\.trajectories).max() ?? 1
    for (index, end) in experiment.ends.enumerated() where !end.estimator.isDeclaredUnbiased {
      series.append(
        LinePlot.Series(
          "floor of \(end.estimator.name)",
          points: [
            LinePlot.Point(0, end.gradientNorm), LinePlot.Point(last, end.gradientNorm),
          ],
          style: .reference, color: index))
    }
    return LinePlot(
      title: title, x: LinePlot.Axis("trajectories sampled"),
      y: LinePlot.Axis("norm of the exact ∇V", scale: .logarithmic), series: series)
  }

  private var variancePlot: LinePlot {
    func points(_ value: (ConvergenceReport.Size) -> Double) -> [LinePlot.Point] {
      outcome.sizes.map { LinePlot.Point(Double($0.size), value($0)) }
    }
    return LinePlot(
      title: "Variance of SG-MRL's estimate, by enumeration",
      x: LinePlot.Axis("B or D_o, the other being 1", scale: .logarithmic),
      y: LinePlot.Axis("variance", scale: .logarithmic),
      series: [
        LinePlot.Series(
          "outer trajectories D_o",
          points: points(\.varianceOverOuterEpisodes)),
        LinePlot.Series(
          "tasks B", points: points(\.varianceOverTasks)),
        LinePlot.Series(
          "1/(B·D_o), as printed", points: points(\.printedClaim), style: .reference,
          color: 6),
      ])
  }
}
