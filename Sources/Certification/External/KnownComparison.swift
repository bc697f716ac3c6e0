/// An external estimator's estimates beside those of this package's estimators, on at most a thousand pairs.
struct KnownComparison {
  private static let limit = 1000
  let recognition: ExternalRecognition?
  /// The variances of the known estimators, if all pairs were compared.
  let variances: [String: Double]
  private let pairs: [ExternalEnumeration.Pair]
  private let estimates: [[Double]]
  private let weights: [Double]
  private let known: KnownEstimates?

  init(
    _ evaluation: ExternalEvaluation, _ plan: ExternalPlan, _ accuracy: ExternalPlan.Accuracy
  ) {
    let count = evaluation.pairs.count
    let chosen =
      count <= Self.limit
      ? Array(0..<count) : (0..<Self.limit).map { $0 * count / Self.limit }
    pairs = chosen.map { evaluation.pairs[$0] }
    estimates = chosen.map { evaluation.estimates[$0] }
    weights = pairs.map(\.probability)
    guard let factor = evaluation.step.factor else {
      (recognition, variances, known) = (nil, [:], nil)
      return
    }
    let known = KnownEstimates(
      evaluation.enumeration, pairs, factor: factor, plan.estimators)
    recognition = ExternalRecognition(
      estimates, weights: weights, known, tolerance: accuracy.equality,
      weakest: count == chosen.count ? .means : .pairs)
    var variances: [String: Double] = [:]
    if count == chosen.count {
      for (name, rows) in known.byName {
        variances[name] = WeightedMoments(rows, weights: weights).variance
      }
    }
    (self.variances, self.known) = (variances, known)
  }

  /// The known estimator that is nearest, and the greatest difference over the largest estimate.
  var nearest: (name: String, error: Double)? {
    distances.min { $0.square < $1.square }.map { ($0.name, $0.largest) }
  }

  private var distances: [(name: String, square: Double, largest: Double)] {
    let size = largestMagnitude(estimates.flatMap(\.self))
    return (known?.byName ?? []).map { name, rows in
      var (square, largest) = (0.0, 0.0)
      for ((x, y), weight) in zip(zip(estimates, rows), weights) {
        let distance = norm(zip(x, y).map { $0 - $1 })
        square += weight * distance * distance
        largest = max(largest, largestDifference(x, y))
      }
      return (name, square, size > 0 ? largest / size : 0)
    }
  }

  /// The pair that is farthest from the nearest estimator.
  func worstPair(_ evaluation: ExternalEvaluation) -> ExternalAssessment.WorstPair? {
    guard let (name, _) = nearest, let rows = known?[name] else { return nil }
    let enumeration = evaluation.enumeration
    let table = try? TrajectoryTable(enumeration.problem, enumeration.tasks)
    let worst = pairs.indices.max {
      largestDifference(estimates[$0], rows[$0]) < largestDifference(estimates[$1], rows[$1])
    }
    guard let worst, let table else { return nil }
    let pair = pairs[worst]
    let chain = enumeration.trajectories(enumeration.chains[pair.chain])
    func text(_ batch: [Int]) -> String { batch.map(table.text).joined(separator: " | ") }
    return ExternalAssessment.WorstPair(
      nearest: name, trajectories: (chain + [enumeration.outerMembers(pair)]).map(text),
      estimate: estimates[worst], expected: rows[worst])
  }

  /// A fit of the estimates by the parts that estimators are made of; nil if there are too few pairs to
  /// tell the parts apart.
  func fit(_ evaluation: ExternalEvaluation) -> (parts: [(String, Double)], residual: Double)? {
    let parts = KnownEstimates.parts(
      evaluation.enumeration, pairs, factor: evaluation.step.factor ?? 1)
    // the scores of a state's actions depend on each other
    guard pairs.count * (evaluation.mean.count - 1) >= 2 * parts.count else { return nil }
    let fit = LeastSquares(estimates, parts: parts.map(\.estimates), weights: weights)
    let found = zip(parts, fit.coefficients).compactMap { part, coefficient in
      coefficient.map { (part.name, $0) }
    }
    return (found, fit.relativeResidual)
  }

  /// An inner step size, as a factor of the one that `adapt` shows, with which the estimates are those of a
  /// known estimator.
  func otherStep(
    _ evaluation: ExternalEvaluation, _ plan: ExternalPlan, _ accuracy: ExternalPlan.Accuracy
  ) -> (factor: Double, name: String)? {
    guard let own = evaluation.step.factor, evaluation.enumeration.problem.settings.innerSteps > 0
    else { return nil }
    let problem = evaluation.enumeration.problem
    let (batch, steps) = (Double(problem.settings.innerEpisodes), Double(problem.horizon + 1))
    let factors = [
      0, 0.5, 2, 1 / batch, batch, 1 / steps, steps, 1 / (batch * steps), batch * steps, -1,
    ]
    for (index, factor) in factors.enumerated()
    where factor != 1 && !factors[..<index].contains(factor) {
      let known = KnownEstimates(
        evaluation.enumeration, pairs, factor: own * factor, plan.estimators)
      if let match = ExternalRecognition(
        estimates, weights: weights, known, tolerance: accuracy.equality, weakest: .pairs)
      {
        return (factor, match.names[0])
      }
    }
    return nil
  }
}
