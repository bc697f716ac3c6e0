import MessagePassing

/// What the watch over training remembers from epoch to epoch.
///
/// It is part of ``TrainerState``, so that a run that goes on finds what one that never stopped does.
public struct TrainingHealth: Equatable, Sendable {
  /// The last epochs, one after the other, whose meta-gradient was exactly zero because no
  /// log-probability depended on the parameters.
  public internal(set) var deadEpochs = 0
  /// The last epochs, one after the other, whose meta-gradient was exactly zero because an outer batch
  /// told no action from another.
  public internal(set) var silentEpochs = 0
  /// The last epochs, one after the other, in which the rewards of each chain were all the same.
  public internal(set) var equalRewardEpochs = 0
  /// What has been found; each kind is reported once.
  public internal(set) var found: Set<TrainingFinding.Kind> = []

  /// The health of a training that has not begun.
  public init() {}
}

extension TrainingHealth {
  /// The counts as the array `epochs`, and an empty array for each kind that has been found, by its name;
  /// no arrays where there is nothing to remember.
  public var state: NamedArrays {
    var state = NamedArrays()
    if self == TrainingHealth() { return state }
    state["epochs"] = [Double(deadEpochs), Double(silentEpochs), Double(equalRewardEpochs)]
    for kind in TrainingFinding.Kind.allCases where found.contains(kind) {
      state[kind.rawValue] = []
    }
    return state
  }

  /// What a ``state`` says; nil if it is not one.
  public init?(_ state: NamedArrays) {
    self.init()
    if state.isEmpty { return }
    guard let epochs = state["epochs"], epochs.count == 3 else { return nil }
    let counts = epochs.compactMap { Int(exactly: $0) }
    guard counts.count == 3, counts.allSatisfy({ $0 >= 0 }) else { return nil }
    (deadEpochs, silentEpochs, equalRewardEpochs) = (counts[0], counts[1], counts[2])
    for entry in state.entries where entry.name != "epochs" {
      guard let kind = TrainingFinding.Kind(rawValue: entry.name) else { return nil }
      found.insert(kind)
    }
  }
}
