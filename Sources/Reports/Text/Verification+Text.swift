import Terminal

extension DerivativeReport {
  /// The errors as a table, and whether they pass.
  public var text: String {
    let table = Console.table(
      ["case", "log-probability", "tangent", "gradient", "Hessian-vector"],
      cases.map {
        [$0.name]
          + [$0.logProbabilities, $0.logProbabilityTangents, $0.gradient, $0.hessianVectorProduct]
          .map(Console.scientific)
      })
    return table
      + "\n\nIn \(precision.rawValue) precision. Largest error \(Console.scientific(largestError)): \(passed ? "within" : "EXCEEDS") the tolerance \(tolerance)."
  }
}

extension SimulatorReport {
  /// The errors of the stages as a table, and whether they pass.
  public var text: String {
    let table = Console.table(
      ["stage", "measure", "largest error", "bar", "comparisons", "worst at"],
      report.stages.map {
        [
          $0.name, $0.measure.rawValue, Console.scientific($0.error), Console.scientific($0.bar),
          "\($0.count)", $0.worst,
        ]
      })
    return table
      + "\n\n\(report.stateCount) states and \(report.environmentStepCount) environment steps: \(passed ? "all within their bars" : "SOME EXCEED THEIR BAR")."
  }
}

extension PrecisionReport {
  /// The differences as a table, and whether they pass.
  public var text: String {
    let table = Console.table(
      ["epoch", "gradient", "sampling error", "difference", "part of the sampling error"],
      checkpoints.map {
        ["\($0.epoch)"]
          + [$0.gradientNorm, $0.samplingError, $0.difference, $0.relativeDifference]
          .map(Console.scientific)
      })
    return table
      + "\n\nLargest part \(Console.scientific(largest)): \(passed ? "within" : "EXCEEDS") the tolerance \(tolerance)."
  }
}
