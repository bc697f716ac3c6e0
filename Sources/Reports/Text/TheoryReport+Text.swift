extension TheoryReport.Case {
  /// The tables that the command prints.
  public var text: String {
    var lines: [String] = []
    let c = constants
    func cell(_ value: Double) -> String { Console.significant(value) }
    lines.append(
      """
      \(name)
      R \(cell(c.rewardBound)), G \(cell(c.score)), L \(cell(c.hessian)), \
      ρ \(cell(c.hessianLipschitz)), γ \(c.discount), \(c.horizon) steps, |D| \(c.innerEpisodes), \
      ζ \(c.innerSteps), α \(c.innerStepSize), Γ₁ \(cell(c.discountSum)), \
      Γ₂ \(cell(c.weightedDiscountSum))
      """)
    for failure in printedFailures { lines.append("not as printed, \(failure)") }
    lines.append("")
    let versions = bounds.map(\.version)
    lines.append(
      Console.table(
        ["quantity", "measured"] + versions + ["of tightened"],
        measurements.map { item in
          [item.quantity, cell(item.measured)]
            + versions.map { version in
              let mark =
                item.measured > (item.bounds[version] ?? .infinity) * (1 + 1e-9) ? " <" : ""
              return cell(item.bounds[version] ?? .nan) + mark
            } + [Console.number(item.ratios["tightened"] ?? .nan, 4)]
        }))
    if let printedEquation17 {
      lines.append("\nsmoothness as printed in equation 17: \(cell(printedEquation17))")
    }
    lines.append("\nSchedules; variance over B·D_o as printed, over B as corrected:\n")
    lines.append(
      Console.table(
        ["regime", "version", "step size", "tasks", "iterations", "trajectories"],
        schedules.map {
          [
            $0.regime, $0.version, cell($0.stepSize), cell($0.tasks), cell($0.iterations),
            cell($0.trajectories),
          ]
        }))
    lines.append("")
    return lines.joined(separator: "\n")
  }
}
