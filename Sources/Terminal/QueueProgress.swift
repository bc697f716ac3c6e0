import CLibrary
import Runs
import Synchronization

/// The progress of many runs: on a terminal a block with a line for each that is under way, else
/// plain lines now and then.
package final class QueueProgress: Sendable {
  private struct State {
    /// The lines of the runs under way, by their numbers.
    var lines: [Int: String] = [:]
    /// The epoch from which a run next gets a plain line.
    var nextEpochs: [Int: Int] = [:]
    var ended = 0
    var failed = 0
    /// The epochs that are done of each run that was begun, and of these the ones that were done before.
    var epochs: [Int: Int] = [:]
    var epochsBefore: [Int: Int] = [:]
    /// How many lines the block on the terminal has.
    var height = 0
  }

  private let plans: [RunPlan]
  private let isSilent: Bool
  private let isTerminal: Bool
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  /// The progress of planned runs.
  package init(_ plans: [RunPlan], isSilent: Bool) {
    (self.plans, self.isSilent) = (plans, isSilent)
    isTerminal = isatty(STDERR_FILENO) == 1
  }

  /// Shows what happened to a run.
  package func show(_ index: Int, _ event: RunQueue.Event) {
    let name = plans[index].name
    state.withLock { state in
      switch event {
      case .started: state.lines[index] = "\(name): starting"
      case .running(.training(let epoch)):
        (state.epochs[index], state.epochsBefore[index]) = (epoch, epoch)
        if epoch > 0 { write("\(name): going on at epoch \(epoch)", &state) }
      case .running(.warning(let text)): write("\(name): warning: \(text)", &state, always: true)
      case .running(.epoch(let record)): showEpoch(index, record, &state)
      case .running(.kept(let epoch, _)):
        write("\(name): the state after \(epoch) epochs is kept", &state)
      case .running(.testing): state.lines[index] = "\(name): testing"
      case .ended(let outcome):
        let wasStarted = state.lines.removeValue(forKey: index) != nil
        state.ended += 1
        if case .failed = outcome { state.failed += 1 }
        if case .stopped = outcome, !wasStarted { break }
        // whatever it came to, nothing of it is left to do
        state.epochs[index] = plans[index].configuration.training.epochs
        if !wasStarted { state.epochsBefore[index] = state.epochs[index] }
        write("\(name): \(outcome.word)\(wasStarted ? remaining(state) : "")", &state)
      }
      draw(&state)
    }
  }

  /// Takes the block away.
  package func finish() { state.withLock { clear(&$0) } }

  private func showEpoch(_ index: Int, _ record: EpochRecord, _ state: inout State) {
    let epochs = plans[index].configuration.training.epochs
    let done = record.epoch + 1
    let line = "\(plans[index].name): \(done)/\(epochs)  \(Console.detail(record))"
    state.lines[index] = line
    state.epochs[index] = done
    guard !isTerminal, done >= state.nextEpochs[index] ?? 0 || done == epochs else { return }
    write(line, &state)
    state.nextEpochs[index] = done + max(1, epochs / 4)
  }

  /// How long the rest takes at the speed so far; empty as long as that is not known.
  private func remaining(_ state: State) -> String {
    var (done, left) = (0.0, 0.0)
    for (index, plan) in plans.enumerated() {
      let work = Self.workOfEpoch(plan.configuration)
      let epochs = state.epochs[index] ?? 0
      done += work * Double(epochs - (state.epochsBefore[index] ?? 0))
      left += work * Double(max(0, plan.configuration.training.epochs - epochs))
    }
    if done == 0 || left == 0 { return "" }
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    return "; about \(Console.duration(elapsed * left / done)) left for all"
  }

  /// What an epoch costs, in steps of the environment.
  private static func workOfEpoch(_ configuration: Configuration) -> Double {
    let episodes =
      configuration.inner.steps * configuration.inner.episodes + configuration.outer.episodes
    return Double(configuration.outer.tasks * configuration.outer.chains * episodes)
      * Double(configuration.horizon)
  }

  /// Writes a line that stays.
  private func write(_ line: String, _ state: inout State, always: Bool = false) {
    guard always || !isSilent else { return }
    clear(&state)
    Console.note(line)
  }

  private func clear(_ state: inout State) {
    if state.height > 0 { Console.write("\u{1b}[\(state.height)A\u{1b}[0J") }
    state.height = 0
  }

  private func draw(_ state: inout State) {
    guard isTerminal && !isSilent else { return }
    clear(&state)
    let failed = state.failed > 0 ? ", \(state.failed) failed" : ""
    let total = "\(state.ended)/\(plans.count) runs ended\(failed)\(remaining(state))"
    let lines = state.lines.sorted { $0.key < $1.key }.map(\.value) + [total]
    Console.write(lines.map { $0 + "\n" }.joined())
    state.height = lines.count
  }
}

extension RunResult.Outcome {
  /// The outcome in a word.
  fileprivate var word: String {
    switch self {
    case .finished(_, let wasFinished): wasFinished ? "was finished" : "finished"
    case .stopped: "stopped"
    case .failed(_, divergedInEpoch: nil): "failed"
    case .failed(_, let epoch?): "diverged in epoch \(epoch)"
    }
  }
}

extension RunResult {
  /// Whether it was stopped on request.
  package var isStopped: Bool { if case .stopped = outcome { true } else { false } }
}
