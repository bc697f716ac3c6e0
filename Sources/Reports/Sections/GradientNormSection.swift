import Theory

/// The norm of the meta-gradient estimate during training, with the theory's bounds.
///
/// If the theory's assumptions do not hold for a group, the section gives the reasons. It never
/// replaces a missing bound by an estimate.
struct GradientNormSection: ReportSection {
  let identifier = "gradients"
  let title = "Gradient norms and the theory’s bounds"

  private static let heading = "Norm of the meta-gradient"

  func content(_ context: ReportContext) throws -> HTML? {
    let parts = try context.runs.experiments.compactMap { try Self.experiment($0.name, $0.groups) }
    return parts.isEmpty ? nil : "\(parts)"
  }

  private static func experiment(_ name: String, _ groups: [RunGroup]) throws -> HTML? {
    let shown = groups.filter { $0.epochs > 0 }
    guard !shown.isEmpty else { return nil }
    let series = EpochChart.series(groups, "gradient_norm")
    let coverage = try shown.map { (group: $0, bounds: try GradientBounds.of($0.configuration)) }
    let covered = coverage.compactMap { group, bounds in bounds.value.map { (group, $0) } }
    let levels = levels(covered)
    let axis = ChartLines.axis(
      "norm", for: series, isLogarithmic: true, levels: levels.map(\.value))
    return """
      <h3>\(name)</h3>
      \(ChartSeries.legend(series.map { ($0.name, $0.index) }))<div class="figures">
      \(EpochChart.chart(heading, of: name, series, axis, levels: levels, isAlone: true).html)</div>
      <p class="caption">Euclidean norm of the estimate that the outer step uses, including its \
      noise. \(EpochChart.caption(groups))</p>
      \(comparison(name, covered))\(gaps(name, coverage))\
      \(EpochChart.table("\(name): norm by epoch", groups, "gradient_norm"))
      """
  }

  /// The bounds of each group as lines of the chart; a single pair if all groups have the same.
  private static func levels(_ covered: [(group: RunGroup, bounds: GradientBounds)])
    -> [ChartLines.Level]
  {
    let bounds = covered.map(\.bounds)
    guard let first = bounds.first else { return [] }
    if bounds.allSatisfy({ $0 == first }) {
      return [
        ChartLines.Level(name: "G_V bounds every norm", value: first.corrected.estimateNorm),
        ChartLines.Level(name: "bound of the root mean square", value: first.rootMeanSquare),
      ]
    }
    return covered.map { group, bounds in
      ChartLines.Level(name: "G_V of \(group.index + 1)", value: bounds.corrected.estimateNorm)
    }
  }

  /// The measured values and their bounds.
  private static func comparison(
    _ name: String, _ covered: [(group: RunGroup, bounds: GradientBounds)]
  ) -> HTML {
    guard !covered.isEmpty else { return "" }
    let rows = covered.map { group, bounds in
      let norms = group.shown.flatMap { ($0.metrics["gradient_norm"] ?? []).prefix(group.epochs) }
      let (largest, typical) = (norms.max() ?? 0, rootMeanSquare(norms))
      return [
        "\(group.index + 1) \(group.label)",
        Format.number(largest), Format.number(bounds.corrected.estimateNorm),
        share(largest, of: bounds.corrected.estimateNorm),
        Format.number(typical), Format.number(bounds.rootMeanSquare),
        share(typical, of: bounds.rootMeanSquare),
        bounds.printed.value.map { Format.number($0.estimateNorm) } ?? "not covered",
      ]
    }
    let table = Table(
      caption: "\(name): norms and the theory’s bounds",
      heading: [
        "estimator", "largest norm", "G_V", "share", "root mean square", "its bound", "share",
        "G_V as printed",
      ], rows: rows)
    return """
      \(table.html)<p class="caption">Over all epochs and seeds. G_V bounds the norm of every \
      estimate, for any draw. The bound of the root mean square holds in expectation, and also \
      for the norm of the exact gradient. Both are worst cases over all parameters.\
      \(printedFailures(covered))</p>
      \(constants(name, covered))
      """
  }

  private static func rootMeanSquare(_ values: [Double]) -> Double {
    (values.reduce(0) { $0 + $1 * $1 } / Double(max(1, values.count))).squareRoot()
  }

  /// A measured value over its bound, marked if it exceeds the bound.
  private static func share(_ measured: Double, of bound: Double) -> String {
    let share = bound > 0 ? measured / bound : measured > 0 ? .infinity : 0
    return Format.number(share) + (share > 1 + 1e-9 ? ", exceeded" : "")
  }

  /// Why the bounds printed in the paper do not cover the groups.
  private static func printedFailures(
    _ covered: [(group: RunGroup, bounds: GradientBounds)]
  ) -> String {
    let failures = merged(covered.map { ($0.group, $0.bounds.printed.reasons) })
    return failures.map { reason, groups in
      let subject = groups.count == covered.count ? "these groups" : words(groups)
      return " As printed, the theorem does not cover \(subject): \(reason)."
    }.joined()
  }

  /// The constants in the bounds.
  private static func constants(
    _ name: String, _ covered: [(group: RunGroup, bounds: GradientBounds)]
  ) -> HTML {
    let rows: [(String, (GradientBounds) -> String)] = [
      ("R, bounds rewards", { Format.number($0.constants.rewardBound) }),
      ("G, bounds ‖∇ log π‖", { Format.number($0.constants.policy.score) }),
      ("L, bounds ‖∇² log π‖", { Format.number($0.constants.policy.hessian) }),
      ("ρ, its Lipschitz constant", { Format.number($0.constants.policy.hessianLipschitz) }),
      ("γ, discount", { Format.number($0.constants.discount) }),
      ("H, last step", { "\($0.constants.horizon)" }),
      ("|D|, inner episodes", { "\($0.constants.innerEpisodes)" }),
      ("ζ, inner steps", { "\($0.constants.innerSteps)" }),
      ("α, inner step size", { Format.number($0.constants.innerStepSize) }),
      ("η_G, bounds ‖∇J‖", { Format.number($0.corrected.gradient) }),
      ("κ, bounds the inner Jacobian", { Format.number($0.corrected.innerJacobian) }),
      ("L_V, Lipschitz constant of ∇V", { Format.number($0.tightened.smoothness) }),
    ]
    return Table(
      caption: "\(name): the theory’s constants",
      heading: ["constant"] + covered.map { "\($0.group.index + 1) \($0.group.label)" },
      rows: rows.map { title, value in [title] + covered.map { value($0.bounds) } }
    ).folded
  }

  /// Which groups the theory does not cover, and why.
  private static func gaps(
    _ name: String, _ coverage: [(group: RunGroup, bounds: Coverage<GradientBounds>)]
  ) -> HTML {
    let uncovered = coverage.filter { !$0.bounds.reasons.isEmpty }
    guard !uncovered.isEmpty else { return "" }
    let reasons = merged(uncovered.map { ($0.group, $0.bounds.reasons) })
    let items = reasons.map { reason, groups -> HTML in
      // some reasons name their estimator
      let isClear =
        groups.count == uncovered.count || groups.allSatisfy { reason.contains($0.label) }
      let only = isClear ? "" : " (\(words(groups)))"
      return "<li>\(reason)\(only)</li>\n"
    }
    let isAll = uncovered.count == coverage.count && coverage.count > 1
    return """
      <div class="note" role="note"><p>Not covered by the theory’s bounds: \
      \(isAll ? "all groups" : words(uncovered.map(\.group))) of \(name), because</p>
      <ul>
      \(items)</ul></div>

      """
  }

  /// The groups of each reason, in the order in which reasons appear.
  private static func merged(
    _ groups: [(group: RunGroup, reasons: [String])]
  ) -> [(reason: String, groups: [RunGroup])] {
    var result: [(reason: String, groups: [RunGroup])] = []
    for (group, reasons) in groups {
      for reason in reasons {
        if let known = result.firstIndex(where: { $0.reason == reason }) {
          result[known].groups.append(group)
        } else {
          result.append((reason, [group]))
        }
      }
    }
    return result
  }

  private static func words(_ groups: [RunGroup]) -> String {
    groups.map(\.label).joined(separator: ", ")
  }
}
