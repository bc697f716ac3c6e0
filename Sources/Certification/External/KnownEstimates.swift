/// The estimates that this package's estimators and their parts give for the same chains and outer batches.
struct KnownEstimates {
  /// Estimates by the name of the estimator: `[pairs][d]`.
  private(set) var byName: [(name: String, estimates: [[Double]])] = []

  /// Computes them.
  ///
  /// - Parameters:
  ///   - enumeration: the chains.
  ///   - pairs: which.
  ///   - factor: what multiplies the problem's inner step size.
  ///   - estimators: whose.
  init(
    _ enumeration: ExternalEnumeration, _ pairs: [ExternalEnumeration.Pair], factor: Double,
    _ estimators: [Estimator]
  ) {
    let problem = enumeration.problem
    var settings = problem.settings
    settings.innerStepSize *= factor
    for estimator in estimators {
      settings.estimator = estimator
      let knowledge =
        estimator.baseline == nil
        ? BaselineKnowledge()
        : BaselineKnowledge(of: estimator, problem, enumeration.tasks)
      let walk = ChainWalk(problem.policy, settings: settings)
      let recursion = EstimatorRecursion(settings, memory: knowledge.memory)
      byName.append(
        (
          estimator.name,
          pairs.map { pair in
            let (inner, outer) = enumeration.batches(pair)
            let chain = walk.walk(from: problem.parameters, inner: inner, outer: outer)
            return recursion.estimate(chain, peers: knowledge.peers)
          }
        ))
    }
  }

  subscript(name: String) -> [[Double]]? { byName.first { $0.name == name }?.estimates }

  /// The parts that estimates are fitted by: the outer gradient, what the Hessians of the inner objective
  /// add, the score of each inner step times the outer return, and what low-variance curvature and
  /// DiCE add.
  static func parts(
    _ enumeration: ExternalEnumeration, _ pairs: [ExternalEnumeration.Pair], factor: Double
  ) -> [(name: String, estimates: [[Double]])] {
    let known = KnownEstimates(
      enumeration, pairs, factor: factor, [.firstOrderMAML, .maml, .lvc, .diceMAML])
    func difference(_ x: String, _ y: String) -> [[Double]] {
      zip(known[x] ?? [], known[y] ?? []).map { x, y in zip(x, y).map { $0 - $1 } }
    }
    var parts = [
      (Part.outer, known["first-order-maml"] ?? []),
      (Part.hessian, difference("maml", "first-order-maml")),
    ]
    for t in 0..<enumeration.problem.settings.innerSteps {
      parts.append((Part.score(t + 1), scores(enumeration, pairs, factor: factor, step: t)))
    }
    parts.append((Part.curvature, difference("lvc", "maml")))
    parts.append((Part.dice, difference("dice-maml", "lvc")))
    return parts
  }

  /// Names of the parts.
  enum Part {
    static let outer = "outer gradient"
    static let hessian = "inner Hessian"
    static let curvature = "low-variance curvature"
    static let dice = "rest of DiCE's Hessian"
    static func score(_ step: Int) -> String { "score of step \(step)" }
  }

  /// `J̃_o (I + αH_1) … Σ_τ ∇ log π(τ; θ^t)`: one step's score, times the outer batch's mean return, carried
  /// back to the start.
  private static func scores(
    _ enumeration: ExternalEnumeration, _ pairs: [ExternalEnumeration.Pair], factor: Double,
    step: Int
  ) -> [[Double]] {
    let problem = enumeration.problem
    var settings = problem.settings
    settings.innerStepSize *= factor
    settings.estimator = .maml
    let walk = ChainWalk(problem.policy, settings: settings)
    return pairs.map { pair in
      let (inner, outer) = enumeration.batches(pair)
      let chain = walk.walk(from: problem.parameters, inner: inner, outer: outer)
      let recorded = chain.steps[step]
      let score = recorded.gradient(
        weights: [Double](repeating: 1, count: recorded.batch.sampleCount))
      let value = outer.meanReturn(discount: settings.discount)
      return chain.pullBack(score, through: step).map { value * $0 }
    }
  }
}
