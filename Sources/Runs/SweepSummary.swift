import Findings
import Foundation

/// What `train --sweep` says of its runs.
public struct SweepSummary: Document {
  /// How far a run is.
  public enum State: String, Codable, Sendable {
    /// It was not started, it can be resumed, it is trained and tested, or it failed.
    case absent, unfinished, finished, failed
  }

  /// One run.
  public struct Entry: Codable, Sendable {
    /// What tells it apart from the others.
    public let name: String
    /// Its folder.
    public let directory: String
    /// How far it is.
    public private(set) var state: State
    /// The number of epochs that it is to have.
    public let epochs: Int
    /// The number that it has.
    public let epochsDone: Int
    /// The returns on fresh tasks, if it is finished.
    public let test: TestReport?
    /// What was found that may keep the policy from learning.
    public let findings: [TrainingFinding]
    /// Why it failed, if it did.
    public private(set) var error: String?

    private init(
      _ plan: RunPlan, _ state: State, epochsDone: Int, test: TestReport? = nil,
      error: String? = nil
    ) {
      (name, directory) = (plan.name, plan.url.path)
      epochs = plan.configuration.training.epochs
      (self.state, self.epochsDone, self.test, self.error) = (state, epochsDone, test, error)
      findings = RunDirectory(existing: plan.url).findings()
    }

    /// How far a plan's run is.
    public init(_ plan: RunPlan) {
      do {
        switch try plan.state() {
        case .absent: self.init(plan, .absent, epochsDone: 0)
        case .unfinished(let epochs): self.init(plan, .unfinished, epochsDone: epochs)
        case .finished(let test): self.init(finished: plan, test)
        }
      } catch { self.init(plan, .failed, epochsDone: 0, error: "\(error)") }
    }

    /// How a run ended.
    public init(_ result: RunResult) {
      switch result.outcome {
      case .finished(let test, _): self.init(finished: result.plan, test)
      case .stopped: self.init(result.plan)
      case .failed(let reason, _):
        self.init(result.plan)
        (state, error) = (.failed, reason)
      }
    }

    private init(finished plan: RunPlan, _ test: TestReport) {
      self.init(
        plan, .finished, epochsDone: plan.configuration.training.epochs, test: test)
    }
  }

  /// The version of the format.
  public private(set) var schemaVersion = 1
  /// The folder of the runs' folders.
  public let output: String
  /// The runs, in the order of the sweep.
  public let runs: [Entry]

  /// Creates a summary.
  public init(output: String, runs: [Entry]) { (self.output, self.runs) = (output, runs) }
}
