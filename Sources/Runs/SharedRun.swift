import Foundation
import MessagePassing

/// A run's part in a process that is not the first: it works, and leaves files to the first.
///
/// The first process has a ``TrainingRun`` with the same configuration.
public struct SharedRun: Sendable {
  private let experiment: Experiment
  private let threads: Int
  private let communicator: any Communicator

  /// Joins a run.
  ///
  /// - Parameters:
  ///   - configuration: that of the first process.
  ///   - threads: how many tasks run side by side in this process.
  ///   - communicator: the processes.
  /// - Throws: `ConfigurationError` for values that do not go together.
  public init(
    _ configuration: Configuration, threads: Int, communicator: any Communicator
  ) throws(ConfigurationError) {
    experiment = try Experiment(configuration)
    (self.threads, self.communicator) = (threads, communicator)
  }

  /// Works until the first process has trained to the last epoch or is asked to stop.
  ///
  /// - Parameter stop: ends the run early in all processes.
  /// - Throws: what stops training in all processes, or `CommunicationError`.
  public func run(stop: StopRequest = StopRequest()) async throws {
    // what there is to say of it the first process says
    _ = try communicator.agreeOnKernels()
    let trainer = experiment.makeTrainer(threads: threads, communicator: communicator)
    do {
      try await trainer.restore(try communicator.share(await trainer.state))
      for _ in await trainer.epoch..<experiment.configuration.training.epochs {
        if try communicator.agree(on: stop) { break }
        _ = try await trainer.runEpoch()
      }
    } catch let error as CommunicationError {
      throw error
    } catch {
      // the first process has the same error; it writes what was reached
      try communicator.meet()
      throw error
    }
    try communicator.meet()
  }
}

extension Communicator {
  /// Whether any process was asked to stop; if so, all are.
  func agree(on stop: StopRequest) throws(CommunicationError) -> Bool {
    guard let signal = try first(stop.signal.map(Int.init)) else { return false }
    stop.make(signal: Int32(signal))
    return true
  }
}
