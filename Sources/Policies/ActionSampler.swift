import Autodiff
import RandomNumbers
import Requirements

/// Draws actions from a policy, without recording.
public final class ActionSampler {
  private let policy: any Policy
  private let parameters: Parameters
  private let tape: Tape

  /// Creates a sampler that uses given parameters as they are at each call.
  public init(_ policy: any Policy, _ parameters: Parameters, precision: Precision = .double) {
    self.policy = policy
    self.parameters = parameters
    tape = Tape(parameters, isRecording: false, precision: precision)
  }

  /// Draws an action for each observation.
  ///
  /// - Parameters:
  ///   - observations: `[m, observationSize]`
  ///   - actions: `[m, actionSize]`, to be written.
  ///   - stream: the random stream of each row.
  public func sample(
    _ observations: MatrixView, into actions: MutableMatrixView,
    using stream: (Int) -> RandomStream
  ) {
    require(
      observations.columns == policy.observationSize && actions.columns == policy.actionSize
        && observations.rows == actions.rows,
      "A policy of \(policy.observationSize) observations and \(policy.actionSize) actions got observations of shape [\(observations.rows), \(observations.columns)] and actions of shape [\(actions.rows), \(actions.columns)]."
    )
    tape.reset()
    let distribution = policy.distribution(given: tape.constant(observations))
    distribution.sample(into: actions, using: stream)
  }
}
