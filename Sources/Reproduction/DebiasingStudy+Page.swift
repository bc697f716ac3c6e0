import Reports
import Runs
import Statistics

extension DebiasingStudy {
  /// The page in Markdown, with links to plots.
  ///
  /// - Throws: `StoredRun.ReadError` if a record cannot be read.
  func page(
    _ plots: [(file: String, plot: LinePlot)]
  ) throws(StoredRun.ReadError) -> String {
    var text = """
      # Where the missing term matters

      `metatape reproduce debiasing` makes what is missing and writes this page. MAML's gradient lacks the term that \
      says how the parameters change which trajectories an inner step sees. These tables show how large that bias is, \
      whether the return really rises along the gradient as much as the estimator promises, and what it costs in \
      returns after training.

      - **Bias:** the norm of an estimator's mean error as a multiple of the gradient's norm, with a 95 % interval. Above \
      1, the mean may point downhill.
      - **Slope:** of the return along an estimator's mean gradient: what the estimator promises, and what is measured by \
      steps to both sides on fresh tasks (discounted returns).
      - **Return:** on held-out tasks after an inner step, mean over seeds of training. "±" is half the width of the 95 % \
      interval.


      """
    for family in families() {
      var rows = ""
      var trains = false
      var estimator = ""
      for problem in family.problems {
        guard let record = try record(problem), record.study.rows.count == 2 else { continue }
        trains = trains || !record.maml.isEmpty
        estimator = problem.estimator
        let (maml, debiased) = (record.study.rows[0], record.study.rows[1])
        let cells = [
          Self.text(problem.value), Self.text(maml.relativeBias), Self.slopes(maml),
          Self.text(debiased.relativeBias), Self.slopes(debiased),
          record.untrained.isEmpty ? "" : Numbers.text(Estimate(record.untrained)),
          record.maml.isEmpty ? "" : Numbers.text(Estimate(record.maml)),
          record.debiased.isEmpty ? "" : Numbers.text(Estimate(record.debiased)),
        ]
        rows += "| " + cells.prefix(trains ? 8 : 5).joined(separator: " | ") + " |\n"
      }
      if rows.isEmpty { continue }
      text += "## \(family.name.prefix(1).uppercased() + family.name.dropFirst())\n\n"
      text += Self.note(family.problems[0]) + "\n\n"
      let returns = trains ? " untrained | trained: MAML | trained: `\(estimator)` |" : ""
      text +=
        "| \(family.name.split(separator: ",").last.map(String.init) ?? "") | MAML: bias | slope promised, measured | `\(estimator)`: bias | slope promised, measured |\(returns)\n"
      text += "|---|---|---|---|---|\(trains ? "---|---|---|" : "")\n" + rows + "\n"
    }
    for (file, plot) in plots { text += "![\(plot.title)](\(file))\n\n" }
    return text
  }

  /// MAML's bias in each family, as pictures beside the page.
  ///
  /// - Throws: `StoredRun.ReadError` if a record cannot be read.
  func plots() throws(StoredRun.ReadError) -> [(file: String, plot: LinePlot)] {
    var result: [(file: String, plot: LinePlot)] = []
    for family in families() where family.problems[0].preset == "tabular.random" {
      var maml: [LinePlot.Point] = []
      var debiased: [LinePlot.Point] = []
      for problem in family.problems {
        guard let record = try record(problem), !record.maml.isEmpty else { continue }
        let base = Estimate(record.untrained).mean
        for (returns, isMAML) in [(record.maml, true), (record.debiased, false)] {
          let gain = Estimate(returns.map { $0 - base })
          let point = LinePlot.Point(problem.value, gain.mean, interval: gain.interval95)
          if isMAML { maml.append(point) } else { debiased.append(point) }
        }
      }
      if maml.count < 2 { continue }
      let label = family.name.split(separator: ", ").last.map(String.init) ?? family.name
      let name = family.name.split(whereSeparator: { !$0.isLetter }).joined(separator: "-")
      result.append(
        (
          "curves/debiasing-\(name).svg",
          LinePlot(
            title: "\(family.name): gain over the untrained policy",
            x: LinePlot.Axis(label, scale: .logarithmic), y: LinePlot.Axis("gain in return"),
            series: [
              LinePlot.Series("MAML", points: maml),
              LinePlot.Series(family.problems[0].estimator, points: debiased),
            ])
        ))
    }
    return result
  }

  private func families() -> [(name: String, problems: [DebiasingProblem])] {
    var result: [(name: String, problems: [DebiasingProblem])] = []
    for problem in DebiasingProblem.all {
      if result.last?.name == problem.family {
        result[result.count - 1].problems.append(problem)
      } else {
        result.append((problem.family, [problem]))
      }
    }
    return result
  }

  private static func note(_ problem: DebiasingProblem) -> String {
    let at =
      problem.epochsBefore == 0
      ? "the untrained policy" : "the policy after \(problem.epochsBefore) epochs of MAML"
    let training =
      problem.seeds == 0
      ? "" : " Returns: \(problem.epochs) epochs of training, \(problem.seeds) seeds."
    return
      "Preset `\(problem.preset)`. Bias and slopes are those at \(at), over \(problem.metaBatches.0) meta-batches; the truth is the mean of \(problem.metaBatches.1) others of the jackknife, which has no bias.\(training)"
  }

  private static func slopes(_ row: StudyOutcome.Row) -> String {
    guard let ascent = row.ascent else { return "" }
    return "\(text(ascent.promisedSlope)), \(text(ascent.discountedSlope))"
  }

  private static func text(_ interval: StudyOutcome.Interval?) -> String {
    guard let interval else { return "not known" }
    guard let low = interval.low, let high = interval.high else { return text(interval.value) }
    return "\(text(interval.value)) [\(text(low)), \(text(high))]"
  }

  private static func text(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e6
      ? Numbers.text(value, digits: 0)
      : Numbers.text(value, digits: value.magnitude < 10 ? 2 : value.magnitude < 100 ? 1 : 0)
  }
}
