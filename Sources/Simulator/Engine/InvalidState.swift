import Requirements

/// A state that left the valid range: where, when, and in which field.
///
/// A field is invalid when it is NaN or its magnitude exceeds 1e10. MuJoCo resets such a state
/// silently. Here the environment keeps its last valid state and is halted until it is reset; the
/// caller decides what to do with the episode.
public struct InvalidState: ReportedError, Hashable {
  /// The run fails.
  public var exitStatus: ExitStatus { .failure }

  /// The name of the model.
  public var model: String

  /// The index of the environment in its batch.
  public var environment: Int

  /// The physics step that failed, counted from 0 at the environment's last reset.
  public var step: Int

  /// The field that failed first, in the order position, velocity, acceleration.
  public var field: Field

  /// The degree of freedom.
  public var dof: Int

  /// The offending value.
  public var value: Double

  /// A field of the state.
  public enum Field: String, Sendable, Hashable {
    /// A position, m or rad.
    case qpos
    /// A velocity, m/s or rad/s.
    case qvel
    /// An acceleration, m/s² or rad/s².
    case qacc
  }

  /// The failure as one line.
  public var description: String {
    "model \"\(model)\", environment \(environment), step \(step): \(field.rawValue)[\(dof)] is "
      + "\(value); leave the episode out and reset the environment"
  }
}
