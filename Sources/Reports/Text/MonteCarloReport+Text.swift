extension MonteCarloReport.Row {
  /// The tables that the command prints.
  public var text: String {
    var lines: [String] = []
    let text = passed ? verdict.text : "FAILED: \(verdict.text)"
    let declared = declaredUnbiased ? "declared unbiased" : "not declared unbiased"
    lines.append("\(name) (\(declared)): \(text), \(Console.number(seconds, 1)) s\n")
    lines.append(
      Console.table(
        ["direction", "estimate", "difference", "bias", "standard error", "z", "detectable"],
        directions.enumerated().map { index, item in
          [
            index == 0 ? "estimate" : "random \(index)", Console.scientific(item.estimate),
            Console.scientific(item.difference), Console.scientific(item.bias),
            item.biasStandardError.map(Console.scientific) ?? "-", Console.number(item.z, 2),
            Console.scientific(item.detectableBias),
          ]
        }))
    lines.append("")
    return lines.joined(separator: "\n")
  }
}
