/// The returns during training, before and after adaptation.
struct LearningCurveSection: ReportSection {
  let identifier = "learning"
  let title = "Learning curves"

  func content(_ context: ReportContext) -> HTML? {
    let parts = context.runs.experiments.compactMap { Self.experiment($0.name, $0.groups) }
    return parts.isEmpty ? nil : "\(parts)"
  }

  private static func experiment(_ name: String, _ groups: [RunGroup]) -> HTML? {
    let columns = ["return_before", "return_after"]
    let titles = ["Return before adaptation", "Return after adaptation"]
    let curves = columns.map { EpochChart.series(groups, $0) }
    guard let first = curves.first, !first.isEmpty else { return nil }
    let levels = groups.referenceLevels
    // one vertical axis for both, so they can be compared
    let axis = ChartLines.axis(
      "return", for: curves.flatMap(\.self), levels: levels.map(\.value))
    let charts = zip(titles, curves).map { title, series in
      EpochChart.chart(title, of: name, series, axis, levels: levels).html
    }
    return """
      <h3>\(name)</h3>
      \(ChartSeries.legend(first.map { ($0.name, $0.index) }))<div class="figures">
      \(charts)</div>
      <p class="caption">Undiscounted returns of the meta-batch. \(EpochChart.caption(groups))</p>
      \(EpochChart.table("\(name): return after adaptation by epoch", groups, "return_after"))
      """
  }
}
