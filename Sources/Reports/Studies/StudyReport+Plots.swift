extension StudyReport {
  /// The plots by the names of their files: each quantity along each sweep of numbers, and without a
  /// sweep the bias of each estimator against its variance.
  public var plots: [(name: String, plot: LinePlot)] {
    let sweeps = Dictionary(grouping: studies, by: \.sweep).sorted {
      ($0.key ?? "") < ($1.key ?? "")
    }
    return sweeps.flatMap { sweep, studies -> [(name: String, plot: LinePlot)] in
      guard let sweep else {
        return studies.prefix(1).map { ("bias-and-variance.svg", biasAndVariance($0)) }
      }
      // values such as names have no place on an axis
      guard studies.allSatisfy({ Double($0.value ?? "") != nil }) else { return [] }
      return Self.quantities.map { quantity in
        ("\(sweep)-\(quantity.file).svg", along(sweep, studies, quantity))
      }
    }
  }

  private struct Quantity {
    let file: String
    let label: String
    let scale: LinePlot.Scale
    let interval: (StudyOutcome.Row) -> StudyOutcome.Interval?
  }

  private static var quantities: [Quantity] {
    [
      Quantity(
        file: "variance", label: "variance of one chain (trace of the covariance)",
        scale: .logarithmic, interval: \.variance),
      Quantity(
        file: "relative-bias", label: "bias / norm of the gradient", scale: .linear,
        interval: \.relativeBias),
      Quantity(
        file: "signal-to-noise", label: "signal-to-noise ratio of a meta-batch", scale: .linear,
        interval: \.signalToNoise),
      Quantity(
        file: "cosine", label: "cosine to the gradient", scale: .linear, interval: \.cosine),
    ]
  }

  private func along(_ sweep: String, _ studies: [StudyOutcome], _ quantity: Quantity) -> LinePlot {
    let names = studies.first?.rows.map(\.estimator) ?? []
    return LinePlot(
      title: "\(name): \(quantity.label)", x: LinePlot.Axis(sweep),
      y: LinePlot.Axis(quantity.label, scale: quantity.scale),
      series: names.map { estimator in
        LinePlot.Series(
          estimator,
          points: studies.compactMap { study in
            guard let row = study.rows.first(where: { $0.estimator == estimator }),
              let interval = quantity.interval(row), let x = Double(study.value ?? "")
            else { return nil }
            return LinePlot.Point(x, interval.value, interval: interval.range)
          })
      })
  }

  private func biasAndVariance(_ study: StudyOutcome) -> LinePlot {
    LinePlot(
      title: "\(name): bias and variance of the estimators",
      x: LinePlot.Axis("variance of one chain (trace of the covariance)", scale: .logarithmic),
      y: LinePlot.Axis("squared norm of the bias"),
      series: study.rows.map { row in
        LinePlot.Series(
          row.estimator,
          points: [
            LinePlot.Point(
              row.variance.value, row.squaredBias.value, interval: row.squaredBias.range)
          ], style: .marks)
      })
  }
}
