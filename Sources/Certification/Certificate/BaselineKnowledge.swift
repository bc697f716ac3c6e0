/// What an estimator's baseline knows of other chains than the one it is applied to.
///
/// A certificate is conditional on it: whatever it is, the estimate must be unbiased.
public struct BaselineKnowledge: Equatable, Sendable {
  /// What it kept from earlier epochs.
  public var memory: NamedArrays
  /// The other chains of the meta-batch.
  public var peers: [ChainStatistics]

  /// Creates knowledge; nothing by default.
  public init(memory: NamedArrays = NamedArrays(), peers: [ChainStatistics] = []) {
    (self.memory, self.peers) = (memory, peers)
  }

  /// What the baseline of an estimator learns from sampled chains of a problem.
  ///
  /// - Throws: ``CertificateError`` if the trajectories are more than the limit.
  public init(
    of estimator: Estimator, _ problem: CertificateProblem,
    limit: Int = Certificate.defaultLimit
  ) throws(CertificateError) {
    let size = EnumerationSize(problem)
    guard size.isWithin(limit) else {
      throw CertificateError(
        "\(problem.name) has \(size.chains) chains, above the limit of \(limit).")
    }
    self.init(of: estimator, problem, problem.enumerations)
  }

  /// What a baseline learns from two epochs of 20 chains, and one chain of another task as peer.
  init(of estimator: Estimator, _ problem: CertificateProblem, _ tasks: [TaskEnumeration]) {
    self.init()
    guard let baseline = estimator.baseline, estimator.score != .none else { return }
    var walkers = tasks.map { Walker(problem, $0) }
    var settings = problem.settings
    settings.estimator = estimator
    let walk = ChainWalk(problem.policy, settings: settings)
    func sampled(_ count: Int, epoch: Int) -> [ChainStatistics] {
      (0..<count).map { index in
        var stream = RandomStream(
          seed: 1, purpose: .other, at: StreamPlace(epoch: epoch, task: index))
        let task = stream.categorical(problem.probabilities)
        return Self.sample(walk, index, problem, &walkers[task], &stream)
      }
    }
    for epoch in 0..<2 {
      memory = baseline.memory(after: sampled(20, epoch: epoch), memory)
    }
    // the chain in question is of task 0
    if baseline.looksAtPeers { peers = sampled(2, epoch: 2).dropFirst().map(\.self) }
  }

  /// Samples a chain from the enumerated trajectories.
  private static func sample(
    _ walk: ChainWalk, _ index: Int, _ problem: CertificateProblem, _ walker: inout Walker,
    _ stream: inout RandomStream
  ) -> ChainStatistics {
    let settings = problem.settings
    let chain = walk.walk(from: problem.parameters) { step, parameters in
      let isOuter = step == settings.innerSteps
      walker.table.record(at: parameters)
      let p = walker.enumeration.probabilities(walker.table.probabilities)
      let members = (0..<(isOuter ? settings.outerEpisodes : settings.innerEpisodes)).map { _ in
        stream.categorical(p)
      }
      return walker.enumeration
        .batch(members, orders: 1, problem, isOuter ? settings.outer : settings.inner).batch
    }
    return EstimatorRecursion(walk.settings).statistics(of: chain, task: index)
  }
}
