/// The time of an epoch by phase.
struct PhaseTimeSection: ReportSection {
  let identifier = "time"
  let title = "Time by phase"

  private static let phases = [
    "environments", "policy while sampling", "gradients", "second order and score",
  ]

  func content(_ context: ReportContext) -> HTML? {
    let groups = context.runs.experiments.flatMap { name, groups in
      groups.filter { $0.epochs > 0 }.map { (name: name, group: $0, times: Self.times($0)) }
    }
    guard !groups.isEmpty else { return nil }
    let bars = groups.map { Self.bar("\($0.name), \($0.group.label)", $0.times.phases) }
    let rows = groups.map { entry in
      ["\(entry.name), \(entry.group.label)"] + entry.times.phases.map(Format.number)
        + [Format.number(entry.times.wall)]
    }
    let legend = ChartSeries.legend(Self.phases.enumerated().map { ($0.element, $0.offset) })
    return """
      \(legend)\(bars)\(Table(
        caption: "Seconds of an epoch", heading: ["runs"] + Self.phases + ["wall clock"],
        rows: rows
      ).html)<p class="caption">Means over epochs and seeds. Phases are summed over threads, so \
      with several threads they exceed the wall clock.</p>

      """
  }

  /// The mean seconds of the phases, and of the whole epoch by the clock.
  private static func times(_ group: RunGroup) -> (phases: [Double], wall: Double) {
    func mean(_ column: String) -> Double {
      let values = group.shown.flatMap { $0.metrics[column] ?? [] }
      return values.reduce(0, +) / Double(max(1, values.count))
    }
    let environment = mean("environment_seconds")
    return (
      [
        environment, max(0, mean("sampling_seconds") - environment), mean("gradient_seconds"),
        mean("second_order_seconds"),
      ], mean("seconds")
    )
  }

  private static func bar(_ label: String, _ phases: [Double]) -> HTML {
    let total = phases.reduce(0, +)
    let parts = phases.enumerated().map { index, seconds -> HTML in
      let share = total > 0 ? 100 * seconds / total : 0
      // its number in the legend, if there is room
      let number: HTML = share >= 8 ? "\(index + 1)" : ""
      return """
        <span class="s\(index)" style="width:\(Format.place(share))%" \
        title="\(Self.phases[index]): \(Format.number(seconds)) s, \(Format.place(share)) %">\(number)</span>
        """
    }
    let summary = zip(Self.phases, phases).map { "\($0) \(Format.number($1)) s" }
      .joined(separator: ", ")
    return """
      <p class="bar-label">\(label)</p>
      <div class="bar-parts" role="img" aria-label="\(label): \(summary).">\(parts)</div>

      """
  }
}
