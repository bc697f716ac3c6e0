/// The memory of the recordings of one chain after the other: a slot for each of its batches.
final class RecordingMemory {
  private let policy: any Policy
  private let precision: Precision
  private var slots: [RecordingSlot] = []
  private var ownScratch: RecordingMemory?
  private let isScratch: Bool
  /// Divergences of the policy from older ones.
  private(set) lazy var divergence = PolicyDivergence(policy)

  /// Memory of chains, with some for recordings at other parameters.
  init(_ policy: any Policy, precision: Precision, scratch: RecordingMemory? = nil) {
    (self.policy, self.precision) = (policy, precision)
    (ownScratch, isScratch) = (scratch, false)
  }

  /// Memory for recordings at other parameters, which many chains may share.
  init(scratchFor policy: any Policy, precision: Precision) {
    (self.policy, self.precision, isScratch) = (policy, precision, true)
  }

  /// Where recordings at other parameters are made.
  var scratch: RecordingMemory {
    if isScratch { return self }
    if let ownScratch { return ownScratch }
    let scratch = RecordingMemory(scratchFor: policy, precision: precision)
    ownScratch = scratch
    return scratch
  }

  /// The bytes of all slots.
  var bytes: Int {
    slots.reduce(0) { $0 + $1.likelihood.statistics.reduce(0) { $0 + $1.arenaBytes } }
  }

  func slot(_ index: Int) -> RecordingSlot {
    while slots.count <= index { slots.append(RecordingSlot(policy, precision)) }
    return slots[index]
  }
}

/// The memory of a recording, used by one batch after the other.
final class RecordingSlot {
  let likelihood: LogLikelihood
  /// How many recordings it has held; the number of the last one.
  var recordings = 0

  init(_ policy: any Policy, _ precision: Precision) {
    likelihood = LogLikelihood(policy, precision: precision)
  }
}
