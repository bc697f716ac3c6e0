import CLibrary
import Terminal

extension GradientBiasReport {
  /// The tables that the command prints.
  public var text: String {
    [
      """
      \(processes) processes, \(repeats) estimates each, seed \(seed); means over processes ± half of the 95 % interval.
      ∇V is the gradient of the expected return after steps on sampled batches, ∇V̂ that after steps along the mean
      inner gradient. (k) is a mean over k processes only, where noise leaves the number of the others undefined; ? is
      defined for none.

      Corrected for noise; bias² and variance are divided by ‖∇V‖², the second bias² by ‖∇V̂‖²:

      """,
      corrected, "",
      "The gradients of the two objectives:\n",
      objectives, "",
      """
      As the published evaluation computes them, from at most 20 estimates against ∇V̂, without correction: the sum of the
      standard deviations of all coordinates, the mean squared difference of the estimates' mean (bias² with a part of
      the variance), the mean correlation of single estimates:

      """,
      published, "",
    ].joined(separator: "\n")
  }

  private var corrected: String {
    let headings = [
      "estimator", "bias² to ∇V", "bias² to ∇V̂", "variance", "cosine ∇V", "cosine ∇V̂",
    ]
    return table(headings) { setting, row in
      let (expected, meanStep) = (row.expected, row.meanStep)
      return [
        row.estimator,
        cell(expected.squaredBias, of: setting.resolvedProcesses),
        cell(meanStep.squaredBias),
        cell(expected.variance, of: setting.resolvedProcesses),
        cell(expected.cosine, of: expected.cosineProcesses),
        cell(meanStep.cosine, of: meanStep.cosineProcesses),
      ]
    }
  }

  private var objectives: String {
    Console.table(
      Self.headings + ["‖∇V‖²", "error² of ∇V", "‖∇V̂‖²", "‖∇V̂ - ∇V‖² / ‖∇V‖²"],
      settings.map {
        $0.cells + [
          cell($0.squaredNorm), cell($0.squaredError), cell($0.meanStepSquaredNorm),
          cell($0.objectiveDistance, of: $0.resolvedProcesses),
        ]
      })
  }

  private var published: String {
    table(["estimator", "\"variance\"", "\"bias\"", "\"correlation\""]) { _, row in
      [
        row.estimator, cell(row.published.sumOfDeviations),
        cell(row.published.meanSquaredDifference), cell(row.published.correlation),
      ]
    }
  }

  private static let headings = ["|D|", "α", "ζ"]

  private func table(_ headings: [String], _ cells: (Setting, Row) -> [String]) -> String {
    Console.table(
      Self.headings + headings,
      settings.flatMap { setting in setting.rows.map { setting.cells + cells(setting, $0) } })
  }

  private func cell(_ interval: StudyOutcome.Interval?, of count: Int? = nil) -> String {
    guard let interval else { return "?" }
    let rest = count.map { $0 < processes ? " (\($0))" : "" } ?? ""
    guard let high = interval.high else { return Self.short(interval.value) + rest }
    return "\(Self.short(interval.value)) ± \(Self.short(high - interval.value))" + rest
  }

  private static func short(_ value: Double) -> String { formatted("%.3g", value) }
}

extension GradientBiasReport.Setting {
  fileprivate var cells: [String] { ["\(trajectories)", "\(stepSize)", "\(innerSteps)"] }
}
