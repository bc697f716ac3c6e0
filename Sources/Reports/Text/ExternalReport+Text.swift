import CLibrary
import Findings
import Terminal

extension ExternalReport {
  /// The verdict for people.
  public var text: String {
    var lines = [
      Console.table(
        [
          "problem", "pairs", "verdict", "bias, V", "bias, V̂", "factor", "direction", "order",
          "variance", "equals",
        ], cases.map(\.row)), "",
    ]
    if !equals.isEmpty { lines.append(equality) }
    for (kind, found) in findings {
      let places = found.count == cases.count ? "" : " (\(found.joined(separator: "; ")))"
      lines.append("\(kind)\(places)")
    }
    if let example = cases.first(where: { $0.worstPair != nil }), let worst = example.worstPair {
      lines.append(
        "The estimate that is farthest from '\(worst.nearest)', on '\(example.problem)':")
      for (index, batch) in worst.trajectories.enumerated() {
        let isOuter = index == worst.trajectories.count - 1
        lines.append("  \(isOuter ? "outer batch" : "inner batch \(index + 1)"): \(batch)")
      }
      lines.append("  estimate \(Self.vector(worst.estimate))")
      lines.append("  expected \(Self.vector(worst.expected))")
    }
    lines.append(conclusion)
    return lines.joined(separator: "\n")
  }

  /// What it equals, in a sentence.
  private var equality: String {
    let level =
      switch cases.compactMap(\.equality).min(by: { $0.strength < $1.strength }) {
      case .pairs: "pair by pair"
      case .secondMoments: "in mean and second moments"
      default: "in the mean"
      }
    let error = cases.compactMap(\.equalityError).max() ?? 0
    let steps = Set(cases.compactMap { $0.stepFactor.map { Console.number($0) } })
    let step =
      steps == ["1.000"] || cases.allSatisfy { $0.stepFactor == 1 }
      ? "" : ", with \(steps.sorted().joined(separator: ", ")) times equation 5's inner step"
    let names = equals.map { "'\($0)'" }.joined(separator: ", ")
    return "Equals \(names) \(level), to \(Console.scientific(error))\(step)."
  }

  /// The findings, each with the problems that show it.
  private var findings: [(text: String, problems: [String])] {
    var kinds: [String] = []
    var found: [String: (text: String, problems: [String])] = [:]
    // said only where nothing else is known; a factor may be chance unless all that are biased have one
    var vague: Set = ["unknown", "no outer gradient", "factor"]
    let biased = cases.filter { !$0.findings.isEmpty }
    if biased.allSatisfy({ $0.findings.contains { $0.kind == "factor" } }) {
      vague.remove("factor")
    }
    let isSpecific = cases.contains { $0.findings.contains { !vague.contains($0.kind) } }
    for item in cases {
      for finding in item.findings where !isSpecific || !vague.contains(finding.kind) {
        if found[finding.kind] == nil { kinds.append(finding.kind) }
        found[finding.kind, default: (finding.text, [])].problems.append(item.problem)
      }
    }
    return kinds.compactMap { found[$0] }
  }

  private var conclusion: String {
    let biased = cases.filter { $0.verdict == .biased }.count
    let what =
      biased == 0
      ? "unbiased on \(cases.count == 1 ? "the problem" : "all \(cases.count) problems")"
      : "biased on \(biased) of \(cases.count) problems"
    let hidesOrder = cases.contains { $0.findings.contains { $0.kind == "batch order" } }
    let claim =
      if claimsUnbiased && biased > 0 {
        ", though it claims to be unbiased"
      } else if hidesOrder {
        ", but depends on the order of a batch, though it says that it does not"
      } else if claimsUnbiased {
        ", as it claims"
      } else {
        biased > 0 ? ", and does not claim otherwise" : ""
      }
    let outcome = passed ? biased > 0 ? "BIASED" : "PASSED" : "FAILED"
    return
      "\(outcome): \(name) is \(what)\(claim). "
      + "Docs/External-estimators.md says what each column means, Docs/Unbiasedness.md which estimators are unbiased and why."
  }

  private static func vector(_ x: [Double]) -> String {
    "[\(x.map { Console.significant($0) }.joined(separator: ", "))]"
  }
}

extension ExternalRecognition.Level {
  /// Greater for what says more.
  fileprivate var strength: Int {
    switch self {
    case .pairs: 2
    case .secondMoments: 1
    case .means: 0
    }
  }
}

extension ExternalReport.Case {
  fileprivate var row: [String] {
    func share(_ x: Double?) -> String { x.map { Console.scientific($0) } ?? "-" }
    return [
      problem, "\(pairs)", verdict.text, share(relativeBias), share(meanStepRelativeBias),
      formatted("%.4f", factor), Console.scientific(directionError),
      order.map { formatted("%.1f", $0) } ?? "-", Console.significant(variance),
      equality(of: equals),
    ]
  }

  /// The names of the estimators that it equals, with what multiplies them.
  private func equality(of names: [String]) -> String {
    guard let first = names.first else { return "-" }
    let factor = equalityFactor ?? 1
    let multiple = factor == 1 ? "" : "\(Console.significant(factor)) × "
    let known =
      names.count > 2 ? "\(first) and \(names.count - 1) more" : names.joined(separator: ", ")
    return multiple + known
  }
}
