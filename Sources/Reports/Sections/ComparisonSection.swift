/// Every estimator against MAML where nothing else differs, paired by seed where seeds agree.
struct ComparisonSection: ReportSection {
  let identifier = "against-maml"
  let title = "Against MAML"

  /// The estimator that the others are compared with.
  private static let reference = Estimator.maml.name

  func content(_ context: ReportContext) -> HTML? {
    let parts = context.runs.experiments.compactMap { Self.experiment($0.name, $0.groups) }
    guard !parts.isEmpty else { return nil }
    return """
      \(parts)<p class="caption">Positive differences favour the estimator that is named. Where \
      two or more seeds agree, runs are paired by seed: they meet the same tasks. Elsewhere the \
      means are taken as independent. An interval that holds 0 shows no difference; in the chart, intervals are cut off at \
      the frame.</p>

      """
  }

  private static func experiment(_ name: String, _ groups: [RunGroup]) -> HTML? {
    let pairs = pairs(groups)
    let rows = pairs.flatMap { Self.rows($0.group, $0.reference) }
    guard !rows.isEmpty else { return nil }
    let table = Table(
      caption: "\(name): return minus MAML’s",
      heading: ["estimator", "what", "difference", "95 % interval", "how"], rows: rows,
      wordColumns: [1, 4])
    let series = pairs.map { curve($0.group, $0.reference, shift: 0.04 * Double($0.group.index)) }
      .filter { !$0.points.isEmpty }
    guard !series.isEmpty else { return "<h3>\(name)</h3>\n\(table.html)" }
    let summary = series.map { line in
      "\(line.name): \(line.points.map { Format.number($0.y) }.joined(separator: ", "))"
    }
    let steps = series.flatMap { $0.points.map(\.x) }
    let chart = ChartLines(
      title: "Return on fresh tasks minus MAML’s", subject: name,
      summary: summary.joined(separator: "; ") + ".",
      x: ChartAxis("adaptation steps", showing: steps + [-0.15], isWhole: true),
      y: ChartLines.axis("difference", for: series, levels: [0], margin: 1), series: series,
      levels: [ChartLines.Level(name: nil, value: 0)], marksPoints: true)
    return """
      <h3>\(name)</h3>
      \(ChartSeries.legend(series.map { ($0.name, $0.index) }))<div class="figures">
      \(chart.html)</div>
      \(table.html)
      """
  }

  /// The differences on fresh tasks by adaptation step.
  private static func curve(
    _ group: RunGroup, _ reference: RunGroup, shift: Double
  ) -> ChartSeries {
    let points = steps(group).compactMap { step -> ChartSeries.Point? in
      let (first, second) = (returns(group, after: step), returns(reference, after: step))
      guard !first.isEmpty, !second.isEmpty else { return nil }
      return ChartSeries.Point(x: Double(step) + shift, difference(first, second).estimate)
    }
    return ChartSeries(name: group.label, index: group.index, points: points)
  }

  private static func steps(_ group: RunGroup) -> [Int] {
    (group.tests.values.first?.rows ?? []).map(\.steps)
  }

  /// The groups that differ from one with MAML in the estimator only.
  private static func pairs(_ groups: [RunGroup]) -> [(group: RunGroup, reference: RunGroup)] {
    func others(_ group: RunGroup) -> [String] {
      Configuration.comparedFields.map { $0.text(group.configuration) }
    }
    return groups.filter { $0.configuration.estimator != reference }.compactMap { group in
      groups.first { $0.configuration.estimator == reference && others($0) == others(group) }
        .map { (group, $0) }
    }
  }

  private static func rows(_ group: RunGroup, _ reference: RunGroup) -> [[String]] {
    var measures: [(what: String, first: [Int: Double], second: [Int: Double])] = [
      (
        "training, last tenth", group.finalValues("return_after"),
        reference.finalValues("return_after")
      )
    ]
    for step in steps(group) {
      measures.append(
        (
          "fresh tasks, \(Format.count(step, "step"))", returns(group, after: step),
          returns(reference, after: step)
        ))
    }
    return measures.compactMap { what, first, second in
      guard !first.isEmpty, !second.isEmpty else { return nil }
      let (estimate, how) = difference(first, second)
      let bounds =
        estimate.interval95.map {
          "\(Format.number($0.lowerBound)) … \(Format.number($0.upperBound))"
        } ?? "needs two seeds"
      return ["\(group.index + 1) \(group.label)", what, Format.number(estimate.mean), bounds, how]
    }
  }

  /// The undiscounted return on fresh tasks of each seed.
  private static func returns(_ group: RunGroup, after step: Int) -> [Int: Double] {
    group.tests.compactMapValues { test in
      test.rows.first { $0.steps == step }?.undiscountedReturn
    }
  }

  /// The difference of two sets of values by seed, and how it was taken.
  static func difference(
    _ first: [Int: Double], _ second: [Int: Double]
  ) -> (estimate: Estimate, how: String) {
    let pairs = first.keys.sorted().compactMap { seed in
      first[seed].flatMap { value in second[seed].map { value - $0 } }
    }
    // one common seed of several says less than all of them
    if pairs.count > 1 || (pairs.count == 1 && min(first.count, second.count) == 1) {
      return (Estimate(pairs), "\(Format.count(pairs.count, "pair"))")
    }
    let means = [first, second].map { Estimate(Array($0.values)) }
    return (
      Estimate(of: means[0], minus: means[1]), "\(first.count) against \(second.count) seeds"
    )
  }
}
