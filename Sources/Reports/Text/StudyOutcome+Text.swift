import CLibrary
import Terminal

extension StudyOutcome {
  /// The tables that the command prints.
  public var text: String {
    var lines: [String] = []
    func cell(_ interval: Interval) -> String {
      "\(short(interval.value)) [\(interval.low.map(short) ?? "-"), \(interval.high.map(short) ?? "-")]"
    }
    if let sweep, let value { lines.append("\(sweep) = \(value)") }
    lines.append(
      "‖∇V‖ = \(isExact ? short(gradientNorm.value) + ", enumerated" : cell(gradientNorm) + ", sampled"); 95 % intervals; \(Console.number(seconds, 1)) s\n"
    )
    lines.append(
      Console.table(
        [
          "estimator", "variance", "ratio to first", "relative bias", "signal-to-noise", "cosine",
          "ms", "chains for \(short(100 * accuracy)) %",
        ],
        rows.map {
          [
            $0.estimator, cell($0.variance), cell($0.varianceRatio),
            ($0.relativeBias.map(cell) ?? "?") + ($0.showsBias ? " *" : "  "),
            $0.signalToNoise.map(cell) ?? "?", $0.cosine.map(cell) ?? "?",
            short(1000 * $0.secondsPerEstimate),
            $0.chainsNeeded.map { Console.number($0, 0) }
              ?? ($0.relativeBias == nil ? "?" : "never"),
          ]
        }))
    lines.append("")
    for footnote in footnotes { lines.append(footnote + "\n") }
    let ascents = rows.compactMap { row in row.ascent.map { (row.estimator, $0) } }
    if ascents.isEmpty { return lines.joined(separator: "\n") }
    let direction = ascentAlong.map { "the direction of \($0)" } ?? "each estimator's mean gradient"
    lines.append("Slopes of the return along \(direction):\n")
    lines.append(
      Console.table(
        ["estimator", "promised", "measured, discounted", "measured, undiscounted"],
        ascents.map { name, ascent in
          [
            name, cell(ascent.promisedSlope), cell(ascent.discountedSlope),
            cell(ascent.undiscountedSlope),
          ]
        }))
    lines.append("")
    return lines.joined(separator: "\n")
  }

  /// What the marks in the table mean, for those that are there.
  private var footnotes: [String] {
    var footnotes: [String] = []
    if rows.contains(where: \.showsBias) {
      footnotes.append("* the bias is larger than its noise")
    }
    if rows.contains(where: { $0.relativeBias == nil }) {
      footnotes.append(
        "? the gradient is indistinguishable from zero: take more --reference-meta-batches")
    }
    return footnotes
  }

  /// Three digits.
  private func short(_ value: Double) -> String { formatted("%.3g", value) }
}
