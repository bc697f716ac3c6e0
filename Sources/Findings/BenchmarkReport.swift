import Files
import Requirements

/// How long things took: `benchmark … --json`.
public struct BenchmarkReport: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// The unit of all times.
  public var unit = "seconds"
  /// The number of rounds that counted.
  public let rounds: Int
  /// The machine.
  public let machine: MachineFacts
  /// One for each thing that was timed.
  public let timings: [Timing]

  /// The times of one thing.
  public struct Timing: Codable, Sendable {
    /// What was timed.
    public let name: String
    /// The median over the rounds.
    public let median: Double
    /// The first and the third quartile.
    public let quartiles: [Double]
    /// The work in a second, where a round has a known amount.
    public let perSecond: Double?

    init(_ name: String, _ times: [Double], work: Double?) {
      let sorted = times.sorted()
      self.name = name
      median = sorted[sorted.count / 2]
      quartiles = [sorted[sorted.count / 4], sorted[3 * sorted.count / 4]]
      perSecond = work.map { [median] in $0 / median }
    }
  }

  /// Measures.
  ///
  /// - Parameters:
  ///   - work: what is timed.
  ///   - rounds: how often it counts.
  ///   - warmUp: how often it is done before.
  /// - Throws: what a round throws.
  public init(_ work: TimedWork, rounds: Int, warmUp: Int = 0) async throws {
    for _ in 0..<warmUp { _ = try await work.round() }
    var columns = [[Double]](repeating: [], count: work.names.count)
    for _ in 0..<rounds {
      for (index, time) in try await work.round().enumerated() { columns[index].append(time) }
    }
    self.rounds = rounds
    machine = MachineFacts()
    timings = zip(work.names, columns).map { Timing($0, $1, work: work.amount?.count) }
  }
}

/// Work that is done and timed once a round.
public struct TimedWork {
  /// What is timed.
  public let names: [String]
  /// What a round does and how much of it, to be reported per second.
  public let amount: (name: String, count: Double)?
  /// Does it once; one time for each name, in seconds.
  public let round: () async throws -> [Double]

  /// Creates work.
  public init(
    _ names: [String], amount: (name: String, count: Double)? = nil,
    round: @escaping () async throws -> [Double]
  ) {
    (self.names, self.amount, self.round) = (names, amount, round)
  }

  /// Work with a wrong result, whose time would mean nothing.
  public struct ResultError: ReportedError, Equatable {
    /// What is wrong.
    public let description: String
    /// A fault of the program.
    public var exitStatus: ExitStatus { .fault }
  }
}
