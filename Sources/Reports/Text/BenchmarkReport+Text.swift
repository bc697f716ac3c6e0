import Terminal

extension BenchmarkReport {
  /// The times as a table.
  ///
  /// - Parameter work: what `perSecond` counts.
  /// - Returns: The table, with the machine below it.
  public func text(perSecond work: String? = nil) -> String {
    let table = Console.table(
      ["quantity", "median ms", "quartiles ms"] + (work.map { ["\($0)/s"] } ?? []),
      timings.map {
        [
          $0.name, Console.number($0.median * 1e3),
          "\(Console.number($0.quartiles[0] * 1e3)) … \(Console.number($0.quartiles[1] * 1e3))",
        ] + ($0.perSecond.map { [Console.number($0, 0)] } ?? [])
      })
    return table + "\n\n\(rounds) rounds on \(machine.summary)."
  }
}
