import Experiments

/// Bias, variance and cost of estimators: `study --json`, and `study.json` in a folder.
public struct StudyReport: Document {
  /// Version 1 had the inverse of `variance_ratio`.
  public static let currentVersion = 2

  /// The version of the format.
  public var schemaVersion = Self.currentVersion
  /// The name of the configuration.
  public let name: String
  /// The seed.
  public let seed: Int
  /// The threads that sampled.
  public let threads: Int
  /// The machine, on which times depend.
  public let machine: MachineFacts
  /// The estimator of the reference run, where the gradient cannot be enumerated.
  public let reference: String
  /// One for each value of a sweep.
  public let studies: [StudyOutcome]

  /// Creates a report.
  public init(
    _ configuration: Configuration, reference: String, threads: Int, studies: [StudyOutcome]
  ) {
    (name, seed) = (configuration.name, configuration.seed)
    (self.reference, self.threads, self.studies) = (reference, threads, studies)
    machine = MachineFacts()
  }

  /// A line for each estimator of each study.
  public var csv: String {
    func columns(_ names: [String]) -> [String] {
      names.flatMap { [$0, "\($0)_low", "\($0)_high"] }
    }
    func numbers(_ intervals: [StudyOutcome.Interval?]) -> [Double?] {
      intervals.flatMap { [$0?.value, $0?.low, $0?.high] }
    }
    let heading =
      ["sweep", "value", "estimator"] + columns(StudyOutcome.Row.columns)
      + ["seconds_per_estimate", "chains_needed"] + columns(StudyOutcome.Ascent.columns)
    let lines = studies.flatMap { study in
      study.rows.map { row in
        let ascent = row.ascent?.intervals ?? StudyOutcome.Ascent.columns.map { _ in nil }
        let numbers =
          numbers(row.intervals) + [row.secondsPerEstimate, row.chainsNeeded] + numbers(ascent)
        let cells =
          [study.sweep ?? "", study.value ?? "", row.estimator]
          + numbers.map { $0.map { "\($0)" } ?? "" }
        return cells.joined(separator: ",")
      }
    }
    return ([heading.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }
}
