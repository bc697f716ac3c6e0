import Foundation
import Requirements
import SGMRL
import Scheduling

/// Many runs, some side by side, each of which ends up finished: those that are finished already are
/// left alone, others are begun or gone on with, and a run that fails does not hold up the rest.
public struct RunQueue: Sendable {
  /// What happens to one of the runs.
  public enum Event: Sendable {
    /// It is begun or gone on with.
    case started
    /// What happens while it runs.
    case running(TrainingRun.Event)
    /// It has ended.
    case ended(RunResult.Outcome)
  }

  /// The runs, in the order in which they are started.
  public let plans: [RunPlan]
  private let parallel: Int
  private let threads: Int
  private let drawing: TrainingRun.Drawing?

  /// Creates a queue.
  ///
  /// - Parameters:
  ///   - plans: the runs, each with a folder of its own.
  ///   - parallel: how many run side by side.
  ///   - threads: of each run; neither number changes results.
  ///   - drawing: makes the picture of a test.
  public init(
    _ plans: [RunPlan], parallel: Int, threads: Int, drawing: TrainingRun.Drawing? = nil
  ) {
    require(
      parallel > 0 && threads > 0, "\(parallel) runs side by side with \(threads) threads.")
    (self.plans, self.parallel, self.threads) = (plans, parallel, threads)
    self.drawing = drawing
  }

  /// Finishes what is not finished.
  ///
  /// - Parameters:
  ///   - stop: ends all runs after their current epoch; those not yet started stay as they are.
  ///   - report: is called with the number of a plan and what happens to it, from several threads.
  /// - Returns: The results in the order of the plans.
  public func ensureFinished(
    stop: StopRequest = StopRequest(),
    report: @escaping @Sendable (Int, Event) -> Void = { _, _ in }
  ) async -> [RunResult] {
    await inOrder(plans.count, threads: parallel, makeState: { _ in () }) { _, index in
      let outcome = await finish(plans[index], stop) { report(index, $0) }
      report(index, .ended(outcome))
      return RunResult(plan: plans[index], outcome: outcome)
    }
  }

  private func finish(
    _ plan: RunPlan, _ stop: StopRequest, _ report: (Event) -> Void
  ) async -> RunResult.Outcome {
    do {
      let state = try plan.state()
      if case .finished(let test) = state { return .finished(test, wasFinished: true) }
      guard stop.signal == nil else { return .stopped }
      report(.started)
      let run =
        state == .absent
        ? try TrainingRun(beginning: plan, threads: threads, drawing: drawing)
        : try TrainingRun(
          resuming: plan.url, catalog: plan.configuration.catalog, threads: threads,
          drawing: drawing)
      switch try await run.run(stop: stop, report: { report(.running($0)) }) {
      case .finished(let test): return .finished(test, wasFinished: false)
      case .stopped: return .stopped
      }
    } catch {
      return .failed("\(error)", divergedInEpoch: (error as? TrainingError)?.divergedInEpoch)
    }
  }
}

/// What became of a run of a ``RunQueue``.
public struct RunResult: Sendable {
  /// How it ended.
  public enum Outcome: Sendable {
    /// It is trained and tested, perhaps by an earlier call.
    case finished(TestReport, wasFinished: Bool)
    /// It was stopped, or not started, on request.
    case stopped
    /// It failed, for this reason; if its parameters diverged, in this epoch.
    case failed(String, divergedInEpoch: Int?)
  }

  /// What was wanted.
  public let plan: RunPlan
  /// How it ended.
  public let outcome: Outcome
}
