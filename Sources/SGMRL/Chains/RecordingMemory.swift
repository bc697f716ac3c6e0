/// The memory of the recordings of one chain after the other: a slot for each of its batches.
final class RecordingMemory {
  private let policy: any Policy
  private var slots: [RecordingSlot] = []
  private var ownScratch: RecordingMemory?
  private let isScratch: Bool
  /// Divergences of the policy from older ones.
  private(set) lazy var divergence = PolicyDivergence(policy)

  /// Memory of chains, with some for recordings at other parameters.
  init(_ policy: any Policy, scratch: RecordingMemory? = nil) {
    (self.policy, ownScratch, isScratch) = (policy, scratch, false)
  }

  /// Memory for recordings at other parameters, which many chains may share.
  init(scratchFor policy: any Policy) { (self.policy, isScratch) = (policy, true) }

  /// Where recordings at other parameters are made.
  var scratch: RecordingMemory {
    if isScratch { return self }
    if let ownScratch { return ownScratch }
    let scratch = RecordingMemory(scratchFor: policy)
    ownScratch = scratch
    return scratch
  }

  /// The bytes of all slots.
  var bytes: Int {
    slots.reduce(0) { $0 + $1.likelihood.statistics.reduce(0) { $0 + $1.arenaBytes } }
  }

  func slot(_ index: Int) -> RecordingSlot {
    while slots.count <= index { slots.append(RecordingSlot(policy)) }
    return slots[index]
  }
}

/// The memory of a recording, used by one batch after the other.
final class RecordingSlot {
  let likelihood: LogLikelihood
  /// How many recordings it has held; the number of the last one.
  var recordings = 0

  init(_ policy: any Policy) { likelihood = LogLikelihood(policy) }
}
