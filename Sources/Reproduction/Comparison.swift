import Runs
import Statistics

/// Two lines of a cell, compared seed by seed: decided on before the runs, tested once, when all are there.
///
/// Looking at the pairs while they come in, and adding some, would find differences that are not there: with 4
/// to 40 pairs, looked at after each, in 13.5 of 100 cases in place of 5.
public struct Comparison: Sendable {
  /// The experiment.
  public let cell: PaperTable.Cell
  /// The line in question.
  public let line: PaperTable.Line
  /// What it is compared with.
  public let other: PaperTable.Line
  /// The seeds of the pairs.
  public let seeds: Range<Int>
  /// The loss of return that would not matter; non-inferiority is judged by it.
  public let margin: Double

  /// The two lines.
  public var lines: [PaperTable.Line] { [line, other] }

  /// What was found when all pairs were there.
  public struct Outcome: Sendable {
    /// The returns of the line on the held-out tasks after the steps of training, by seed.
    public let own: [Double]
    /// Those of the other line.
    public let others: [Double]

    /// The mean return of the line.
    public var mean: Estimate { Estimate(own) }
    /// The mean return of the other line.
    public var otherMean: Estimate { Estimate(others) }
    /// The mean difference, paired by seed.
    public var difference: Estimate { Estimate(zip(own, others).map { $0 - $1 }) }
    /// The probability of a difference this large or larger if there were none, by Student's paired test.
    public var probability: Double {
      guard let error = difference.standardError else { return 1 }
      return studentProbability(beyond: difference.mean / error, degrees: Double(own.count - 1))
    }
    /// The variance of the other line's returns over seeds as a multiple of the line's.
    public var varianceRatio: Double {
      func variance(_ estimate: Estimate) -> Double {
        let error = estimate.standardError ?? .nan
        return error * error * Double(estimate.count)
      }
      return variance(otherMean) / variance(mean)
    }
    /// The probability of variances that differ so much if they did not, by Fisher's test on both sides.
    public var varianceProbability: Double {
      let degrees = own.count - 1
      let above = fisherProbability(above: varianceRatio, degrees: (degrees, degrees))
      return 2 * min(above, 1 - above)
    }
  }

  /// What was found; nil as long as a pair is missing.
  ///
  /// A run that diverged counts as the untrained policy, after as many steps.
  ///
  /// - Throws: `StoredRun.ReadError` if a summary cannot be read.
  public func outcome(_ folder: SummaryFolder) throws(StoredRun.ReadError) -> Outcome? {
    guard let own = try returns(line, folder), let others = try returns(other, folder) else {
      return nil
    }
    return Outcome(own: own, others: others)
  }

  /// How many of the pairs there are.
  ///
  /// - Throws: `StoredRun.ReadError` if a summary cannot be read.
  public func pairCount(_ folder: SummaryFolder) throws(StoredRun.ReadError) -> Int {
    let own = try folder.results(cell, line, epochs: cell.epochs).seeds
    let others = try folder.results(cell, other, epochs: cell.epochs).seeds
    return Set(own).intersection(others).intersection(seeds).count
  }

  private func returns(
    _ line: PaperTable.Line, _ folder: SummaryFolder
  ) throws(StoredRun.ReadError) -> [Double]? {
    let results = try folder.results(cell, line, epochs: cell.epochs)
    let untrained = try folder.untrained(cell)
    var values: [Double] = []
    for seed in seeds {
      let rows =
        if let summary = results.summaries.first(where: { $0.seed == seed }) {
          summary.heldOut.rows
        } else if results.diverged.contains(where: { $0.seed == seed }) {
          untrained?.rows
        } else {
          nil as [TestReport.Row]?
        }
      guard let rows else { return nil }
      values.append(rows[cell.innerSteps].undiscountedReturn)
    }
    return values
  }
}
