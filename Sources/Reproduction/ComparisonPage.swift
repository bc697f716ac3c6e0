import Runs
import Statistics

/// The page with the comparisons of a plan.
public struct ComparisonPage: Sendable {
  private let plan: ComparisonPlan
  private let folder: SummaryFolder

  /// Creates the page of a plan.
  public init(_ plan: ComparisonPlan, _ folder: SummaryFolder) {
    (self.plan, self.folder) = (plan, folder)
  }

  /// The page in Markdown.
  ///
  /// - Throws: `StoredRun.ReadError` if a summary cannot be read.
  public func markdown() throws(StoredRun.ReadError) -> String {
    let primary = plan.primary
    let level = Numbers.text(100 * plan.level, digits: 0)
    var text = """
      # A debiased learner against MAML

      `metatape reproduce comparison` makes the runs that are missing and writes this page. Lines, cells, seeds and \
      tests were decided on before the runs; no test is made before all pairs of a comparison are there. Both \
      lines of a pair have the same preset and the same seed. Returns are those of the final parameters on the \
      same held-out tasks (seed \(RunSummary.heldOutSeed)), after as many inner steps as in training. A run that \
      diverges counts as the untrained policy.

      ## The comparison that decides

      - **Cell:** \(primary.cell.name). **Lines:** \(primary.line.title) (`\(primary.line.name)`) and \
      \(primary.other.title). The line was chosen on other seeds ([log](Log.md)).
      - **Pairs:** \(primary.seeds.count), seeds \(primary.seeds.lowerBound) to \(primary.seeds.upperBound - 1). At a \
      deviation of \(Numbers.text(plan.expectedDeviation, digits: 0)) over seeds, they find a mean difference of \
      \(Numbers.text(plan.expectedDifference, digits: 0)) in four of five cases.
      - **Test:** Student's test of the paired differences, on both sides, at \(level) %.


      """
    if let outcome = try primary.outcome(folder) {
      text += decision(primary, outcome)
    } else {
      text +=
        "\(try primary.pairCount(folder)) of \(primary.seeds.count) pairs are there. The test waits for the others.\n"
    }
    return text + (try secondaryText())
  }

  private func decision(_ comparison: Comparison, _ outcome: Comparison.Outcome) -> String {
    let difference = outcome.difference
    let verdict =
      if outcome.probability >= plan.level {
        "**Undecided:** so many pairs do not tell the two apart."
      } else if difference.mean > 0 {
        "**\(comparison.line.title) is better.**"
      } else {
        "**\(comparison.other.title) is better.**"
      }
    let deviation =
      (difference.standardError ?? 0) * Double(difference.count).squareRoot()
    return """
      \(verdict)

      | | return, mean over \(outcome.own.count) seeds | least | greatest |
      |---|---|---|---|
      | \(comparison.line.title) | \(Numbers.text(outcome.mean)) | \(Self.least(outcome.own)) | \(Self.greatest(outcome.own)) |
      | \(comparison.other.title) | \(Numbers.text(outcome.otherMean)) | \(Self.least(outcome.others)) | \(Self.greatest(outcome.others)) |
      | difference | \(Numbers.text(difference)) | | |

      p = \(Numbers.probability(outcome.probability)). The differences deviate by \(Numbers.text(deviation)) over \
      seeds. The variance of \(comparison.other.title) over seeds is \(Numbers.text(outcome.varianceRatio)) times \
      that of \(comparison.line.title) (Fisher's test, both sides: p = \
      \(Numbers.probability(outcome.varianceProbability))).

      """
  }

  private func secondaryText() throws(StoredRun.ReadError) -> String {
    var text = """

      ## The other cells

      Few seeds: these comparisons describe, and do not decide. The debiased line is `lvc-past` in \
      locomotion and the jackknife in 2D navigation. "p" is that of Student's paired test, "Holm" the same \
      after Holm's correction for all these cells, in which a missing one counts as p = 1. A line is *not inferior* if the lower end of the 95 % \
      interval is above minus the margin, which is about a tenth of what training gains.

      | cell | pairs | debiased | MAML | difference | margin | p | Holm | not inferior |
      |---|---|---|---|---|---|---|---|---|

      """
    var outcomes: [Comparison.Outcome?] = []
    for comparison in plan.secondary { outcomes.append(try comparison.outcome(folder)) }
    let adjusted = holmAdjusted(outcomes.map { $0?.probability ?? 1 })
    for (index, comparison) in plan.secondary.enumerated() {
      let margin = Numbers.text(comparison.margin, digits: 0)
      guard let outcome = outcomes[index] else {
        let count = try comparison.pairCount(folder)
        text +=
          "| \(comparison.cell.name) | \(count) of \(comparison.seeds.count) | | | | \(margin) | | | |\n"
        continue
      }
      let lower = outcome.difference.interval95?.lowerBound ?? -.infinity
      let cells = [
        comparison.cell.name, "\(outcome.own.count)", Numbers.text(outcome.mean),
        Numbers.text(outcome.otherMean), Numbers.text(outcome.difference), margin,
        Numbers.probability(outcome.probability), Numbers.probability(adjusted[index]),
        lower > -comparison.margin ? "yes" : "not shown",
      ]
      text += "| " + cells.joined(separator: " | ") + " |\n"
    }
    return text
  }

  private static func least(_ values: [Double]) -> String { Numbers.text(values.min() ?? .nan) }
  private static func greatest(_ values: [Double]) -> String { Numbers.text(values.max() ?? .nan) }
}
