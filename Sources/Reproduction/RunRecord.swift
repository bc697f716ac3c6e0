import Runs

/// How a run of a table ended.
public enum RunRecord: Codable, Equatable, Sendable {
  /// It was trained and tested.
  case finished(RunSummary)
  /// Its parameters diverged.
  case diverged(DivergedRun)

  /// Reads a record: one of a run that diverged names the epoch.
  public init(from decoder: any Decoder) throws {
    if let run = try? DivergedRun(from: decoder) {
      self = .diverged(run)
    } else {
      self = .finished(try RunSummary(from: decoder))
    }
  }

  /// Writes the summary or the record of the divergence, without a word for which it is.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .finished(let summary): try summary.encode(to: encoder)
    case .diverged(let run): try run.encode(to: encoder)
    }
  }
}
