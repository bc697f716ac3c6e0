import Findings
import Terminal

extension ExternalMonteCarloReport {
  /// Whether the program passed, and what the number of alarms says where there are several tests.
  public var conclusion: String {
    guard tests.count == 1 else {
      return
        "\(alarms) of \(tests.count) tests found a bias, at a false-alarm rate of \(falseAlarmRate) each."
    }
    let what = alarms == 0 ? "shows no bias" : "is biased"
    let claim =
      alarms == 0
      ? "" : claimsUnbiased ? ", though it claims to be unbiased" : ", and does not claim otherwise"
    let outcome = passed ? alarms > 0 ? "BIASED" : "PASSED" : "FAILED"
    return "\(outcome): \(name) \(what)\(claim)."
  }
}

extension ExternalMonteCarloReport.Test {
  /// The table of the directions.
  public var text: String {
    let table = Console.table(
      ["direction", "bias", "standard error", "z", "unbiased estimate", "detectable"],
      directions.map { item in
        [
          item.name, Console.scientific(item.bias),
          item.standardError.map(Console.scientific) ?? "-", Console.number(item.z, 2),
          Console.scientific(item.reference), Console.scientific(item.detectableBias),
        ]
      })
    return """
      seed \(seed): \(verdict.text), against '\(reference)' with \
      \(Console.number(stepFactor)) times the inner step, log-probabilities to \
      \(Console.scientific(logProbabilityError)), \(Console.number(seconds, 1)) s

      \(table)

      """
  }
}
