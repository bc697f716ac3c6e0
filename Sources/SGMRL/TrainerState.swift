import MessagePassing

/// Everything a ``Trainer`` needs to go on as if it had never stopped.
///
/// Random numbers are keyed by seed and place, so the seed and the next epoch are the whole random
/// state.
public struct TrainerState: Equatable, Sendable {
  /// The seed of every random number.
  public var seed: UInt64
  /// The number of the next epoch, from 0.
  public var epoch: Int
  /// What is learned, the policy's parameters first, in the order of their layout.
  public var parameters: [Double]
  /// Name and settings of the outer step.
  public var outerStepSummary: String
  /// What the outer step remembers.
  public var outerStep: NamedArrays
  /// What the estimator's baseline kept from earlier epochs.
  public var baselineMemory: NamedArrays
  /// What the watch over training remembers of earlier epochs.
  public var health: TrainingHealth

  /// Creates a state from its parts.
  public init(
    seed: UInt64, epoch: Int, parameters: [Double], outerStepSummary: String,
    outerStep: NamedArrays, baselineMemory: NamedArrays, health: TrainingHealth = TrainingHealth()
  ) {
    self.seed = seed
    self.epoch = epoch
    self.parameters = parameters
    self.outerStepSummary = outerStepSummary
    self.outerStep = outerStep
    self.baselineMemory = baselineMemory
    self.health = health
  }
}

extension TrainerState {
  /// Refuses a state that does not continue a training of this seed, kind and size.
  ///
  /// - Throws: ``TrainingError`` that names what differs.
  func requireMatch(_ own: TrainerState) throws(TrainingError) {
    func require(_ matches: Bool, _ what: @autoclosure () -> String) throws(TrainingError) {
      guard matches else {
        throw TrainingError(
          description:
            "The state \(what()): it belongs to another training. Restore it into one of its own configuration."
        )
      }
    }
    try require(seed == own.seed, "has seed \(seed) instead of \(own.seed)")
    try require(epoch >= 0, "has epoch \(epoch)")
    let count = own.parameters.count
    try require(
      parameters.count == count, "has \(parameters.count) parameters instead of \(count)")
    try require(
      outerStepSummary == own.outerStepSummary,
      "has the outer step \(outerStepSummary) instead of \(own.outerStepSummary)")
    try require(
      parameters.allSatisfy(\.isFinite), "has parameters that are not finite")
  }
}
