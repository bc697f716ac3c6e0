import LinearAlgebra

extension CertificateReport {
  /// Whether it passed, and how much was enumerated.
  public var conclusion: String {
    let chains = cases.reduce(0) { $0 + $1.chains }
    return
      "\(passed ? "PASSED" : "FAILED"): \(cases.count) problems, \(Console.count(chains)) chains in \(Console.number(seconds, 2)) s on \(threads) threads, tolerance \(tolerance)."
  }
}

extension CertificateReport.Case {
  /// The tables that the command prints.
  public var text: String {
    var lines: [String] = []
    func cell(_ value: Double?) -> String { value.map(Console.scientific) ?? "-" }
    let largest = largestMagnitude(gradient)
    let components = gradient.map {
      (1e-3..<1e6).contains(largest) ? Console.number($0, 6) : Console.scientific($0)
    }
    lines.append(
      """
      \(name)
      objective V \(objective), other objective (mean inner step) \(meanStepObjective)
      gradient \(components.joined(separator: " ")), two ways agree to \
      \(Console.scientific(gradientDisagreement))
      \(Console.count(trajectories)) trajectories, \(Console.count(batches)) batches for \
      \(Console.count(orderedBatches)) in order, \(Console.count(chains)) chains for \
      \(Console.count(orderedChains)), \(Console.number(seconds, 2)) s

      """)
    lines.append(
      Console.table(
        ["estimator", "declared", "verdict", "relative bias", "rounding", "against other", "file"],
        verdicts.map {
          [
            $0.name, $0.declaredUnbiased ? "unbiased" : "-", $0.passed ? $0.verdict.text : "FAILED",
            $0.relativeBias.map(Console.scientific)
              ?? "\(Console.scientific($0.biasOverMeanNorm)) *",
            $0.relativeBias == nil ? "-" : cell($0.roundingFloor / gradientNorm),
            cell($0.meanStepRelativeBias), cell($0.fileRelativeError),
          ]
        }))
    for note in notes { lines.append("\n" + note) }
    if !fileErrors.isEmpty {
      lines.append(
        "\nlargest difference to the file: \(Console.scientific(largestFileRelativeError)) of the value's size"
      )
    }
    lines.append("")
    return lines.joined(separator: "\n")
  }

  /// What the verdicts leave open, and what to do about it.
  private var notes: [String] {
    var result: [String] = []
    if verdicts.contains(where: { $0.relativeBias == nil }) {
      result.append(
        "* the gradient is zero up to rounding: the bias over the mean norm of the estimates. Certify at parameters where it is not zero."
      )
    }
    let open = verdicts.filter { $0.verdict == .notResolved && $0.relativeBias != nil }
    if let coarsest = open.map({ $0.roundingFloor / gradientNorm }).max() {
      result.append(
        "not resolved: no bias shows, but rounding hides one up to \(Console.scientific(coarsest)) of the gradient. Subtract an offset of the rewards, move the parameters to where the gradient is larger, or give --tolerance \(Console.scientific(2 * coarsest))."
      )
    }
    return result
  }
}
