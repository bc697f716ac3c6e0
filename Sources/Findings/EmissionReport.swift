import Certification

/// The files with the enumerated batches of problems: `certify --emit … --json`.
public struct EmissionReport: Document {
  /// The version of the format of this document.
  public var schemaVersion = 1
  /// The version of the files.
  public let formatVersion: Int
  /// One for each problem.
  public let files: [File]

  /// Lists files.
  public init(_ files: [File]) {
    (formatVersion, self.files) = (EnumeratedBatches.formatVersion, files)
  }

  /// The file of one problem.
  public struct File: Codable, Sendable {
    /// The name of the problem.
    public let problem: String
    /// Where the file is.
    public let path: String
    /// The pairs of a chain and an outer batch.
    public let pairs: Int
    /// The rows of the table of trajectories.
    public let trajectories: Int
    /// Its size.
    public let bytes: Int

    /// Describes a file.
    public init(_ batches: EnumeratedBatches, path: String, bytes: Int) {
      (problem, self.path, self.bytes) = (batches.table.name, path, bytes)
      (pairs, trajectories) = (batches.chains.count, batches.table.lengths.count)
    }
  }
}
