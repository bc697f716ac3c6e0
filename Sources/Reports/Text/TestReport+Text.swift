import Terminal

extension TestReport {
  /// The returns on fresh tasks, as the command prints them.
  public var text: String {
    var lines: [String] = []
    lines.append("\n\(tasks) fresh tasks, \(episodes) episodes each, seed \(seed):\n")
    lines.append(
      Console.table(
        ["adaptation steps", "return", "± s.e.", "discounted", "± s.e.", "gain", "95 % interval"],
        rows.map { row in
          [
            "\(row.steps)", Console.number(row.undiscountedReturn),
            Console.known(row.undiscountedStandardError), Console.number(row.discountedReturn),
            Console.known(row.discountedStandardError),
            row.steps == 0 ? "" : Console.number(row.gain),
            row.steps == 0
              ? ""
              : row.gainInterval95.map { "\(Console.number($0[0])) … \(Console.number($0[1]))" }
                ?? "-",
          ]
        }))
    if invalidEpisodes > 0 {
      lines.append("\n\(invalidEpisodes) episodes were left out: their simulation failed.")
    }
    if let standingStill = standingStill {
      lines.append("\nStanding still would score \(Console.number(standingStill)) on these tasks.")
    }
    if let bestReturn, let uniformReturn {
      lines.append(
        "\nThe best policy for each of these tasks earns \(Console.number(bestReturn)), random actions \(Console.number(uniformReturn))."
      )
    }
    return lines.joined(separator: "\n")
  }
}
