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

extension TrainingHealth: LosslessStringConvertible {
  /// The three counts and what has been found, separated by spaces.
  public var description: String {
    let kinds = TrainingFinding.Kind.allCases.filter(found.contains).map(\.rawValue)
    return ["\(deadEpochs)", "\(silentEpochs)", "\(equalRewardEpochs)"].joined(separator: " ")
      + kinds.map { " \($0)" }.joined()
  }

  /// Reads a ``description``; nil if the text is not one.
  public init?(_ description: String) {
    let words = description.split(separator: " ").map(String.init)
    let counts = words.prefix(3).compactMap(Int.init)
    let kinds = words.dropFirst(3).compactMap(TrainingFinding.Kind.init)
    guard counts.count == 3, counts.allSatisfy({ $0 >= 0 }), kinds.count == words.count - 3 else {
      return nil
    }
    (deadEpochs, silentEpochs, equalRewardEpochs) = (counts[0], counts[1], counts[2])
    found = Set(kinds)
  }
}
