/// Each estimator against MAML with otherwise equal values, paired by seed if seeds agree, or by task with
/// one seed.
struct ComparisonSection: ReportSection {
  let identifier = "against-maml"
  let title = "Against MAML"

  /// A comparison: its name and its differences.
  private struct Measure {
    let name: String
    /// The adaptation steps of a test; nil for training.
    let steps: Int?
    let difference: (estimate: Estimate, how: String)
  }

  func content(_ context: ReportContext) async throws -> HTML? {
    var parts: [HTML] = []
    for (name, groups) in context.runs.experiments {
      if let part = try await Self.experiment(name, groups, context) { parts.append(part) }
    }
    guard !parts.isEmpty else { return nil }
    return """
      \(parts)<p class="caption">Positive differences favour the named estimator. Runs are paired by \
      seed if two or more seeds agree, because they meet the same tasks. Single runs of the same seed \
      are paired by task. Otherwise the means are treated as independent. An interval that contains 0 \
      shows no difference. In the chart, intervals are clipped at the frame.</p>

      """
  }

  private static func experiment(
    _ name: String, _ groups: [RunGroup], _ context: ReportContext
  ) async throws -> HTML? {
    var compared: [(group: RunGroup, measures: [Measure])] = []
    for group in groups {
      guard let reference = group.counterpart(among: groups) else { continue }
      let measures = try await measures(group, reference, context)
      if !measures.isEmpty { compared.append((group, measures)) }
    }
    guard !compared.isEmpty else { return nil }
    let table = Table(
      caption: "\(name): return minus MAML’s",
      heading: ["estimator", "what", "difference", "95 % interval", "how"],
      rows: compared.flatMap { group, measures in
        measures.map { measure in
          let (estimate, how) = measure.difference
          return [
            "\(group.index + 1) \(group.label)", measure.name, Format.number(estimate.mean),
            Format.interval(estimate) ?? "needs two seeds", how,
          ]
        }
      }, wordColumns: [1, 4])
    let series = compared.map { curve($0.group, $0.measures) }.filter { !$0.points.isEmpty }
    guard !series.isEmpty else { return "<h3>\(name)</h3>\n\(table.html)" }
    return """
      <h3>\(name)</h3>
      \(ChartSeries.legend(series.map { ($0.name, $0.index) }))<div class="figures">
      \(chart(name, series).html)</div>
      \(table.html)
      """
  }

  private static func chart(_ name: String, _ series: [ChartSeries]) -> ChartLines {
    let summary = series.map { line in
      "\(line.name): \(line.points.map { Format.number($0.y) }.joined(separator: ", "))"
    }
    let steps = series.flatMap { $0.points.map(\.x) }
    return ChartLines(
      title: "Return on fresh tasks minus MAML’s", subject: name,
      summary: summary.joined(separator: "; ") + ".",
      x: ChartAxis("adaptation steps", showing: steps + [-0.15], isWhole: true),
      y: ChartLines.axis("difference", for: series, levels: [0], margin: 1), series: series,
      levels: [ChartLines.Level(name: nil, value: 0)], marksPoints: true, isAlone: true)
  }

  /// The differences on fresh tasks by adaptation step.
  private static func curve(_ group: RunGroup, _ measures: [Measure]) -> ChartSeries {
    let shift = 0.04 * Double(group.index)
    let points = measures.compactMap { measure in
      measure.steps.map { ChartSeries.Point(x: Double($0) + shift, measure.difference.estimate) }
    }
    return ChartSeries(name: group.label, index: group.index, points: points)
  }

  private static func measures(
    _ group: RunGroup, _ reference: RunGroup, _ context: ReportContext
  ) async throws -> [Measure] {
    var result: [Measure] = []
    let training = [group, reference].map { $0.finalValues("return_after") }
    if training.allSatisfy({ !$0.isEmpty }) {
      let difference = PairedReturns(bySeed: training[0])
        .difference(to: PairedReturns(bySeed: training[1]))
      result.append(
        Measure(name: "training, last tenth", steps: nil, difference: difference))
    }
    guard !group.tests.isEmpty, !reference.tests.isEmpty else { return result }
    let known = Set(reference.testedSteps)
    for step in group.testedSteps where known.contains(step) {
      let first = try await group.returns(after: step, context)
      let second = try await reference.returns(after: step, context)
      result.append(
        Measure(
          name: "fresh tasks, \(Format.count(step, "step"))", steps: step,
          difference: first.difference(to: second)))
    }
    return result
  }
}
