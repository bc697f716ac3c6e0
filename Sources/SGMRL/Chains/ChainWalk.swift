import LinearAlgebra
import Requirements

/// Walks along chains of inner steps: the one place where batches become parameters, for training,
/// studies, certificates and tests.
///
/// Where batches come from is the caller's: they are sampled or enumerated. An instance belongs to one
/// thread at a time; the memory of its recordings is reused from chain to chain.
public final class ChainWalk {
  /// The policy.
  public let policy: any Policy
  /// The settings.
  public let settings: MetaSettings
  /// The batches so far.
  private var steps: [RecordedBatch] = []
  /// The parameters `θ^t` after the inner steps so far.
  public private(set) var adapted: [Double]
  private var map: InnerStepMap
  private let memory: RecordingMemory
  /// Whether the estimator needs second derivatives or scores of the inner batches.
  private let keepsRecordings: Bool

  /// Creates a walk at parameters of zero.
  public convenience init(_ policy: any Policy, settings: MetaSettings) {
    self.init(policy, settings: settings, scratch: nil)
  }

  /// Creates a walk that shares the memory of recordings at other parameters with others.
  init(_ policy: any Policy, settings: MetaSettings, scratch: RecordingMemory?) {
    (self.policy, self.settings) = (policy, settings)
    adapted = [Double](repeating: 0, count: policy.layout.count)
    map = InnerStepMap(settings, policy.layout, start: adapted)
    memory = RecordingMemory(policy, precision: settings.precision, scratch: scratch)
    keepsRecordings = settings.estimator.jacobian != nil || settings.estimator.score != .none
  }

  /// Walks a whole chain.
  ///
  /// - Parameters:
  ///   - start: `θ⁰`
  ///   - draw: gives the batch that is drawn after a number of inner steps, at their parameters: the
  ///     inner batches, and after the last step the outer one.
  /// - Returns: The chain, with its outer batch.
  /// - Throws: What `draw` throws.
  public func walk<Failure: Error>(
    from start: [Double],
    _ draw: (_ step: Int, _ parameters: [Double]) throws(Failure) -> TrajectoryBatch
  ) throws(Failure) -> Chain {
    begin(at: start)
    for step in 0..<settings.innerSteps { takeInnerStep(try draw(step, adapted)) }
    return chain(outer: try draw(settings.innerSteps, adapted))
  }

  /// Walks along given batches.
  ///
  /// - Parameters:
  ///   - start: `θ⁰`
  ///   - inner: the inner batches, one for each inner step.
  ///   - outer: the outer batch.
  /// - Returns: The chain, with its outer batch.
  public func walk(
    from start: [Double], inner: [TrajectoryBatch], outer: TrajectoryBatch
  ) -> Chain {
    walk(from: start) { step, _ in step < inner.count ? inner[step] : outer }
  }

  /// Starts a chain at the parameters `θ⁰`.
  public func begin(at parameters: [Double]) {
    require(
      parameters.count == policy.layout.count,
      "The policy has \(policy.layout.count) parameters, not \(parameters.count).")
    steps.removeAll(keepingCapacity: true)
    adapted = parameters
    map = InnerStepMap(settings, policy.layout, start: parameters)
  }

  /// Takes the last inner steps back, so that other batches follow `θ^count`.
  ///
  /// Trees of chains are walked this way without repeating their common beginnings.
  ///
  /// - Precondition: at least `count` steps were taken.
  public func rewind(to count: Int) {
    require(
      (0...steps.count).contains(count), "There are \(steps.count) inner steps, not \(count).")
    if count < steps.count { adapted = steps[count].parameters }
    steps.removeLast(steps.count - count)
  }

  /// The bytes of the recordings.
  var recordedBytes: Int { memory.bytes }

  /// The number of inner steps taken.
  public var stepCount: Int { steps.count }

  /// Takes the inner step `θ^t = θ^(t-1) + A ∇ν(θ^(t-1); w)` with a batch drawn at `θ^(t-1)`.
  public func takeInnerStep(_ batch: TrajectoryBatch) {
    let step = RecordedBatch(
      batch, at: adapted,
      signals: settings.inner.weights(of: batch, discount: settings.discount),
      objective: settings.innerObjective, blockRows: settings.rowsOfBlocks,
      slot: memory.slot(steps.count), isKept: keepsRecordings)
    map.move(&adapted, along: step.gradient)
    steps.append(step)
  }

  /// The chain so far, with an outer batch drawn at `θ^t` if there is one.
  public func chain(outer batch: TrajectoryBatch? = nil) -> Chain {
    let chain = Chain(
      policy: policy, settings: settings, map: map, steps: steps, adapted: adapted, outer: nil,
      memory: memory)
    return batch.map(chain.with(outer:)) ?? chain
  }
}
