/// The memory of the recordings of one chain after the other: a slot for each of its batches.
final class RecordingMemory {
  private let policy: any Policy
  private let precision: Precision
  private var slots: [RecordingSlot] = []
  private var ownScratch: RecordingMemory?
  private let isScratch: Bool
  private var divergences: [DivergenceSlot] = []

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

  /// The bytes of all slots and, since a divergence's recording is about as large, of the last one again.
  var bytes: Int {
    let sizes = slots.map { $0.likelihood.statistics.reduce(0) { $0 + $1.arenaBytes } }
    return sizes.reduce(0, +) + (sizes.last ?? 0)
  }

  /// The memory of divergences of the policies after a number of inner steps from older ones.
  func divergence(afterSteps count: Int) -> DivergenceSlot {
    while divergences.count <= count {
      divergences.append(DivergenceSlot(PolicyDivergence(policy)))
    }
    return divergences[count]
  }

  func slot(_ index: Int) -> RecordingSlot {
    while slots.count <= index { slots.append(RecordingSlot(policy, precision)) }
    return slots[index]
  }
}

/// The memory of the recording of a divergence.
final class DivergenceSlot {
  let divergence: PolicyDivergence
  /// The batch of the recording, if it is that of a policy's divergence from itself there.
  weak var recorded: RecordedBatch?

  init(_ divergence: PolicyDivergence) { self.divergence = divergence }
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
