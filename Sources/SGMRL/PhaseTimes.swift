/// The times that the parts of an epoch took, in seconds, added up over the tasks.
public struct PhaseTimes: Equatable, Sendable {
  /// Asking the policy for actions and stepping the environment.
  public var sampling = 0.0
  /// The part of sampling that the environments took.
  public var environment = 0.0
  /// Recordings and gradients.
  public var gradients = 0.0
  /// Second derivatives and score terms.
  public var secondOrder = 0.0

  static func + (a: PhaseTimes, b: PhaseTimes) -> PhaseTimes {
    PhaseTimes(
      sampling: a.sampling + b.sampling, environment: a.environment + b.environment,
      gradients: a.gradients + b.gradients,
      secondOrder: a.secondOrder + b.secondOrder)
  }

  static func measure<Result, Failure>(
    _ time: inout Double, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = ContinuousClock.now
    defer { time += (ContinuousClock.now - start) / .seconds(1) }
    return try body()
  }
}
