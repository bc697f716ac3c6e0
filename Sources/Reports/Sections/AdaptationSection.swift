/// The returns on fresh tasks after 0, 1, … adaptation steps.
struct AdaptationSection: ReportSection {
  let identifier = "adaptation"
  let title = "Returns by adaptation step"

  func content(_ context: ReportContext) -> HTML? {
    let parts = context.runs.experiments.compactMap { Self.experiment($0.name, $0.groups) }
    return parts.isEmpty ? nil : "\(parts)"
  }

  private static func experiment(_ name: String, _ groups: [RunGroup]) -> HTML? {
    let tested = groups.filter { !$0.tests.isEmpty }
    guard !tested.isEmpty else { return nil }
    let series = tested.map { group in
      ChartSeries(
        name: group.label, index: group.index,
        points: group.testedSteps.map {
          // shifted sideways, so that intervals do not overlap
          let shift = 0.04 * (Double(group.index) - Double(tested.count - 1) / 2)
          return ChartSeries.Point(x: Double($0) + shift, estimate(group, after: $0))
        })
    }
    let numbers = Array(0..<(tested.map { $0.testedSteps.count }.max() ?? 1))
    let levels = tested.referenceLevels
    let summary = series.map { line in
      "\(line.name): \(line.points.map { Format.number($0.y) }.joined(separator: ", "))"
    }
    let chart = ChartLines(
      title: "Return on fresh tasks", subject: name, summary: summary.joined(separator: "; ") + ".",
      x: ChartAxis(
        "adaptation steps",
        showing: numbers.map(Double.init) + [-0.15, Double(numbers.count) - 0.85],
        isWhole: true),
      y: ChartLines.axis("return", for: series, levels: levels.map(\.value), margin: 1),
      series: series, levels: levels, marksPoints: true, isAlone: true)
    let rows = tested.map { group in
      ["\(group.index + 1) \(group.label)", Format.ranges(group.tests.keys.sorted())]
        + numbers.map { step in
          group.testedSteps.contains(step) ? Format.estimate(estimate(group, after: step)) : ""
        }
    }
    let table = Table(
      caption: "\(name): return on fresh tasks",
      heading: ["estimator", "seeds"] + numbers.map { Format.count($0, "step") },
      rows: rows)
    return """
      <h3>\(name)</h3>
      \(ChartSeries.legend(series.map { ($0.name, $0.index) }))<div class="figures">
      \(chart.html)</div>
      \(table.html)<p class="caption">Undiscounted returns, mean over the tasks of each run’s \
      test. \(intervals(tested))</p>

      """
  }

  /// An estimate over seeds or, with one seed, over tasks.
  private static func estimate(_ group: RunGroup, after step: Int) -> Estimate {
    let rows = group.tests.values.compactMap { $0.rows.first { $0.steps == step } }
    if rows.count == 1 {
      return Estimate(
        mean: rows[0].undiscountedReturn, standardError: rows[0].undiscountedStandardError,
        count: group.tests.values.first?.tasks ?? 1)
    }
    return Estimate(rows.map(\.undiscountedReturn))
  }

  /// A sentence about what the intervals are over.
  private static func intervals(_ groups: [RunGroup]) -> String {
    let hasSingle = groups.contains { $0.tests.count == 1 }
    return "Intervals are over seeds and clipped at the frame of the chart"
      + (hasSingle ? "; those of a single seed are over its tasks." : ".")
  }
}
