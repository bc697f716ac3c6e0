extension RunCollection {
  /// The return after adaptation during training, one plot per experiment that has epochs.
  ///
  /// Each group has a line, with 95 % intervals over seeds as a band. Dashed lines show the score
  /// of standing still, of the best policy and of random actions, where they are known.
  public var learningPlots: [(name: String, plot: LinePlot)] {
    experiments.compactMap { name, groups in
      let series = EpochChart.series(groups, "return_after").map { line in
        LinePlot.Series(
          line.name,
          points: line.points.map { LinePlot.Point($0.x, $0.y, interval: $0.interval) })
      }
      let ends = series.flatMap { $0.points.map(\.x) }
      guard let first = ends.min(), let last = ends.max() else { return nil }
      let levels = groups.referenceLevels.map { level in
        LinePlot.Series(
          level.name ?? "",
          points: [LinePlot.Point(first, level.value), LinePlot.Point(last, level.value)],
          style: .reference)
      }
      return (
        name,
        LinePlot(
          title: "\(name): return after adaptation along training", x: LinePlot.Axis("meta-epoch"),
          y: LinePlot.Axis("return"), series: series + levels)
      )
    }
  }
}
