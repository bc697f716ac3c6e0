import ChainSupport
import SGMRL

/// The means of the library's own estimators over all inner batches of a certificate.
///
/// For given inner batches an estimate is affine in its outer batch: the mean over `D_o` comes from
/// starting the recursion at the exact gradient with the exact objective as coefficient.
struct CertificateMeans {
  /// The objective `V_ζ`.
  private(set) var objective = 0.0
  /// The sum of the probabilities, 1 up to rounding.
  private(set) var probability = 0.0
  /// The mean of each estimator.
  private(set) var means: [[Double]]
  private let enumeration: Enumeration
  private let chains: [ChainWalk]
  private let batches: [(batch: TrajectoryBatch, members: [Int], orders: Double)]
  private let start: [Double]

  init(_ certificate: Certificate, _ estimators: [Estimator]) {
    let enumeration = Enumeration(certificate)
    self.enumeration = enumeration
    let policy = SoftmaxPolicy(
      observationSize: certificate.states, actionCount: certificate.actions)
    chains = estimators.map {
      ChainWalk(
        policy,
        settings: MetaSettings(
          innerSteps: certificate.innerSteps, innerStepSize: certificate.stepSize,
          innerEpisodes: certificate.batch, discount: certificate.discount, estimator: $0))
    }
    batches = enumeration.batches(of: certificate.batch).map {
      (enumeration.batch($0.members), $0.members, $0.orders)
    }
    start = certificate.parameters.flatMap(\.self)
    means = [[Double]](
      repeating: [Double](repeating: 0, count: start.count), count: estimators.count)
    visit([], start, 1, steps: certificate.innerSteps)
  }

  /// Goes through all chains that continue with given batches.
  private mutating func visit(
    _ chosen: [Int], _ parameters: [Double], _ weight: Double, steps: Int
  ) {
    guard chosen.count < steps else {
      finish(weight)
      return
    }
    let probabilities = enumeration.probabilities(parameters)
    for (index, candidate) in batches.enumerated() {
      let p = candidate.members.reduce(candidate.orders) { $0 * probabilities[$1] }
      for chain in chains {
        // the chain is walked again: the branches before this one overwrote its end
        chain.begin(at: start)
        for earlier in chosen + [index] { chain.takeInnerStep(batches[earlier].batch) }
      }
      visit(chosen + [index], chains[0].adapted, weight * p, steps: steps)
    }
  }

  private mutating func finish(_ weight: Double) {
    let exact = enumeration.objective(chains[0].adapted)
    probability += weight
    objective += weight * exact.value
    for (k, chain) in chains.enumerated() {
      var v = exact.gradient
      chain.propagate(&v, coefficient: exact.value)
      add(weight, v, to: &means[k])
    }
  }
}
