/// The norm of the meta-gradient estimate along training.
struct GradientNormSection: ReportSection {
  let identifier = "gradients"
  let title = Self.heading

  private static let heading = "Norm of the meta-gradient"

  func content(_ context: ReportContext) -> HTML? {
    let parts = context.runs.experiments.compactMap { name, groups -> HTML? in
      let series = EpochChart.series(groups, "gradient_norm")
      guard !series.isEmpty else { return nil }
      let axis = ChartLines.axis("norm", for: series, isLogarithmic: true)
      return """
        <h3>\(name)</h3>
        \(ChartSeries.legend(series.map { ($0.name, $0.index) }))<div class="figures">
        \(EpochChart.chart(Self.heading, of: name, series, axis).html)</div>
        <p class="caption">Euclidean norm of the estimate that the outer step takes: its noise \
        counts too. \(EpochChart.caption(groups))</p>
        \(EpochChart.table("\(name): norm by epoch", groups, "gradient_norm"))
        """
    }
    return parts.isEmpty ? nil : "\(parts)"
  }
}
