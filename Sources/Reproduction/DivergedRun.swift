import Runs

/// What is kept of a run whose parameters diverged: that is a result, too.
public struct DivergedRun: Codable, Equatable, Sendable {
  /// The version of this record.
  public var schemaVersion = 1
  /// The cell of the table.
  public let cell: String
  /// The line of the table.
  public let line: String
  /// The seed of training.
  public let seed: Int
  /// The epoch whose outer step made the parameters diverge.
  public let epoch: Int
  /// What was found.
  public let reason: String
  /// Tells configurations apart.
  public let fingerprint: String
  /// Where it was trained.
  public let machine: MachineFacts

  /// Creates the record of a run on this machine.
  ///
  /// - Parameters:
  ///   - configuration: of the run.
  ///   - cell: the cell of the table.
  ///   - line: the line of the table.
  ///   - epoch: the epoch whose outer step made the parameters diverge.
  ///   - reason: what was found.
  public init(
    _ configuration: Configuration, cell: PaperTable.Cell, line: PaperTable.Line, epoch: Int,
    reason: String
  ) {
    (self.cell, self.line, seed) = (cell.name, line.name, configuration.seed)
    (self.epoch, self.reason) = (epoch, reason)
    (fingerprint, machine) = (configuration.fingerprint, MachineFacts())
  }

  /// Whether a run of a configuration comes to this end.
  public func isOf(_ configuration: Configuration) -> Bool {
    fingerprint == configuration.fingerprint && seed == configuration.seed
      && epoch < configuration.training.epochs
  }
}
