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
  /// The parameters `θ`, in the order of the policy's layout.
  public var parameters: [Double]
  /// The outer optimizer with its moments.
  public var optimizer: Optimizer
  /// What the estimator's baseline kept from earlier epochs.
  public var baselineMemory: NamedArrays
  /// What the watch over training remembers of earlier epochs.
  public var health: TrainingHealth

  /// Creates a state from its parts.
  public init(
    seed: UInt64, epoch: Int, parameters: [Double], optimizer: Optimizer,
    baselineMemory: NamedArrays,
    health: TrainingHealth = TrainingHealth()
  ) {
    self.seed = seed
    self.epoch = epoch
    self.parameters = parameters
    self.optimizer = optimizer
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
      optimizer.hasSettings(of: own.optimizer),
      "has the optimizer \(optimizer.settings) instead of \(own.optimizer.settings)")
    for moment in [optimizer.firstMoment, optimizer.secondMoment] {
      try require(
        moment.isEmpty || moment.count == count,
        "has moments of \(moment.count) elements instead of \(count)")
    }
    try require(
      parameters.allSatisfy(\.isFinite), "has parameters that are not finite")
  }
}
