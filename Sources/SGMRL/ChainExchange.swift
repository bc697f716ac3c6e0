import MessagePassing
import Requirements

extension Communicator {
  /// Gives what came of some chains to all processes.
  ///
  /// - Parameters:
  ///   - outcomes: the chains of this process with their indices.
  ///   - count: the number of chains of all processes.
  /// - Returns: The results of all chains in the order of their indices, the same everywhere.
  /// - Throws: The error of the lowest index, everywhere the same, or `CommunicationError`.
  func exchange<Value: Message, Failure: DescribedError>(
    _ outcomes: [(Int, Result<Value, Failure>)], count: Int
  ) throws -> [Value] {
    var all = outcomes
    if size > 1 {
      var message = MessageWriter()
      message.write(outcomes.count)
      for (index, outcome) in outcomes {
        message.write(index)
        switch outcome {
        case .success(let value):
          message.write(String?.none)
          message.write(value)
        case .failure(let error): message.write(error.description as String?)
        }
      }
      all = []
      for bytes in try gather(message.bytes) {
        var reader = MessageReader(bytes)
        for _ in 0..<(try reader.read(Int.self)) {
          let index = try reader.read(Int.self)
          if let failure = try reader.read(String?.self) {
            all.append((index, .failure(Failure(description: failure))))
          } else {
            all.append((index, .success(try reader.read(Value.self))))
          }
        }
      }
    }
    all.sort { $0.0 < $1.0 }
    require(all.map(\.0) == Array(0..<count), "Processes disagree about the chains.")
    return try all.map { try $0.1.get() }
  }
}

/// An error that is its sentence, so that it can be sent.
protocol DescribedError: Error {
  var description: String { get }
  init(description: String)
}

extension SamplingError: DescribedError {}
extension TrainingError: DescribedError {}

extension ChainEstimate: Message {
  func write(to message: inout MessageWriter) {
    message.write(gradient)
    message.write(statistics)
    message.write(summary)
  }

  init(from message: inout MessageReader) throws(CommunicationError) {
    self.init(
      gradient: try message.read(), statistics: try message.read(), summary: try message.read())
  }
}

extension ChainSummary: Message {
  func write(to message: inout MessageWriter) {
    message.write(before)
    message.write(after)
    message.write(samples)
    message.write(invalidCount)
    message.write(firstFailure)
    message.write([times.sampling, times.environment, times.gradients, times.secondOrder])
    message.write([leastReward, greatestReward])
    message.write(lacksSignal ? 1 : 0)
  }

  init(from message: inout MessageReader) throws(CommunicationError) {
    self.init()
    (before, after) = (try message.read(), try message.read())
    (samples, invalidCount) = (try message.read(), try message.read())
    firstFailure = try message.read()
    let seconds: [Double] = try message.read()
    (times.sampling, times.environment) = (seconds[0], seconds[1])
    (times.gradients, times.secondOrder) = (seconds[2], seconds[3])
    let rewards: [Double] = try message.read()
    (leastReward, greatestReward) = (rewards[0], rewards[1])
    lacksSignal = try message.read(Int.self) == 1
  }
}

extension ReturnSummary: Message {
  /// Its numbers, one after the other.
  public func write(to message: inout MessageWriter) {
    message.write([discounted, undiscounted, length])
    message.write(samples)
  }

  /// Reads its numbers.
  public init(from message: inout MessageReader) throws(CommunicationError) {
    self.init()
    let numbers: [Double] = try message.read()
    (discounted, undiscounted, length) = (numbers[0], numbers[1], numbers[2])
    samples = try message.read()
  }
}
