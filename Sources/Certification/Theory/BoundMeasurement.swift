/// The largest value found of what a bound is about, beside the bounds.
public struct BoundMeasurement: Sendable {
  /// A quantity that the theory bounds.
  public enum Quantity: String, CaseIterable, Sendable {
    /// `‖∇ log π‖`, bounded by `G`
    case score
    /// `‖∇² log π‖`, bounded by `L`
    case policyHessian = "policy-hessian"
    /// `‖∇² log π(θ) - ∇² log π(θ')‖ / ‖θ - θ'‖`, bounded by `ρ`
    case policyHessianLipschitz = "policy-hessian-lipschitz"
    /// `|J|`
    case objective
    /// `‖g(τ)‖`, bounded by `η_G`
    case trajectoryGradient = "trajectory-gradient"
    /// `‖∇J‖`, bounded by `η_G`
    case gradient
    /// `‖u(τ)‖`, bounded by `η_H`
    case trajectoryHessian = "trajectory-hessian"
    /// `‖∇²J‖`, bounded by `η_H`
    case hessian
    /// `‖u(τ; θ) - u(τ; θ')‖ / ‖θ - θ'‖`, bounded by `η_ρ`
    case hessianLipschitz = "hessian-lipschitz"
    /// The norm of an SG-MRL estimate for one task, bounded by `G_V`
    case estimateNorm = "estimate-norm"
    /// The second moment of that estimate
    case secondMoment = "second-moment"
    /// The variance of that estimate with one task and one outer trajectory
    case variance
    /// `‖∇V_ζ‖`
    case metaGradient = "meta-gradient"
    /// `‖∇V_ζ(θ) - ∇V_ζ(θ')‖ / ‖θ - θ'‖`, bounded by `L_V`
    case smoothness
  }

  /// What was measured.
  public let quantity: Quantity
  /// The largest value found: a lower bound of the supremum.
  public let largest: Double
  /// The bounds, by version.
  public let bounds: [TheoryBounds.Version: Double]

  /// The largest value over the bound.
  public func ratio(_ version: TheoryBounds.Version) -> Double {
    (bounds[version] ?? .nan) > 0
      ? largest / (bounds[version] ?? .nan) : (largest > 0 ? .infinity : 0)
  }

  /// Whether a version's bound is violated, beyond rounding.
  public func violates(_ version: TheoryBounds.Version) -> Bool { ratio(version) > 1 + 1e-9 }

  /// Whether a bound that should hold does not.
  public var isViolation: Bool { violates(.corrected) || violates(.tightened) }
}

extension MetaObjective {
  /// Measures at random parameters what the theory bounds, by enumeration.
  ///
  /// Logits are normal with standard deviation 1/2, 1 or 2 in turn; each point has a partner at a
  /// distance between 1e-3 and 1, log-uniform.
  ///
  /// - Parameters:
  ///   - constants: of the problem.
  ///   - points: the number of pairs of parameters.
  ///   - seed: of the parameters.
  /// - Returns: A measurement for each quantity.
  /// - Throws: ``CertificateError`` if a result is not finite.
  public func measure(
    _ constants: ProblemConstants, points: Int, seed: UInt64
  ) async throws(CertificateError) -> [BoundMeasurement] {
    var largest: [BoundMeasurement.Quantity: Double] = [:]
    func record(_ quantity: BoundMeasurement.Quantity, _ value: Double) {
      largest[quantity] = max(largest[quantity] ?? 0, value)
    }
    for point in 0..<points {
      var stream = RandomStream(seed: seed, purpose: .other, at: StreamPlace(episode: point))
      let scale = [0.5, 1, 2][point % 3]
      let first = stream.normals(problem.parameters.count).map { scale * $0 }
      let direction = stream.normals(problem.parameters.count)
      let distance = exponential(stream.uniform(in: -6.9..<0))
      var second = first
      add(distance / norm(direction), direction, to: &second)
      for (quantity, value) in policyMeasurements(first, second) { record(quantity, value) }
      let (a, b) = (try await value(at: first), try await value(at: second))
      record(.metaGradient, norm(a.gradient))
      record(.smoothness, norm(zip(a.gradient, b.gradient).map { $0 - $1 }) / distance)
      let moments = try await moments(of: .sgMRL, at: first)
      record(.estimateNorm, moments.largestNorm)
      record(.secondMoment, moments.secondMoment)
      record(.variance, moments.variance(tasks: 1, outerEpisodes: 1))
    }
    let versions = TheoryBounds.Version.allCases.map { TheoryBounds($0, constants) }
    return BoundMeasurement.Quantity.allCases.map { quantity in
      BoundMeasurement(
        quantity: quantity, largest: largest[quantity] ?? 0,
        bounds: Dictionary(
          uniqueKeysWithValues: versions.map { ($0.version, $0.bound(quantity, constants)) }))
    }
  }

  /// What needs no chain: policy, `J`, and single trajectories.
  private func policyMeasurements(
    _ first: [Double], _ second: [Double]
  ) -> [(BoundMeasurement.Quantity, Double)] {
    var result: [(BoundMeasurement.Quantity, Double)] = []
    let d = problem.parameters.count
    let distance = norm(zip(first, second).map { $0 - $1 })
    for task in tasks {
      var walker = Walker(problem, task)
      let (a, b) = (
        walker.node(first, hasHessians: true), walker.node(second, hasHessians: true)
      )
      let plain = walker.plainObjective(first)
      let value = walker.exact.offset + plain.value
      result += [(.objective, value.magnitude), (.gradient, norm(plain.gradient))]
      for n in 0..<walker.table.pairCount {
        let hessians = n * d * d..<(n + 1) * d * d
        result.append((.score, norm(Array(a.scores[n * d..<(n + 1) * d]))))
        result.append((.policyHessian, spectralNorm(Array(a.hessians[hessians]), size: d)))
        let change = hessians.map { a.hessians[$0] - b.hessians[$0] }
        result.append((.policyHessianLipschitz, spectralNorm(change, size: d) / distance))
      }
      var mean = [Double](repeating: 0, count: d * d)
      for (i, single) in task.singles(problem).enumerated() {
        result.append((.trajectoryGradient, norm(a.gradient(single.weights))))
        let (u, moved) = (a.policyHessian(single), b.policyHessian(single))
        result.append((.trajectoryHessian, spectralNorm(u, size: d)))
        let change = zip(u, moved).map { $0 - $1 }
        result.append((.hessianLipschitz, spectralNorm(change, size: d) / distance))
        add(a.trajectories[i], u, to: &mean)
      }
      result.append((.hessian, spectralNorm(mean, size: d)))
    }
    return result
  }
}

extension Walker.Node {
  /// `u(τ) = g(τ) s(τ)ᵀ + ∇²ν(τ)` of equation 8: `[d][d]`.
  fileprivate func policyHessian(_ single: TaskEnumeration.Batch) -> [Double] {
    let d = parameters.count
    let (g, s) = (gradient(single.weights), gradient(single.visits))
    var result = g.flatMap { x in s.map { x * $0 } }
    for (n, w) in single.weights.enumerated() where w != 0 {
      for k in 0..<d * d { result[k] += w * hessians[n * d * d + k] }
    }
    return result
  }
}

extension TheoryBounds {
  /// The bound of a quantity.
  func bound(_ quantity: BoundMeasurement.Quantity, _ constants: ProblemConstants) -> Double {
    switch quantity {
    case .score: constants.policy.score
    case .policyHessian: constants.policy.hessian
    case .policyHessianLipschitz: constants.policy.hessianLipschitz
    case .objective: objective
    case .trajectoryGradient, .gradient: gradient
    case .trajectoryHessian: trajectoryHessian
    case .hessian: hessian
    case .hessianLipschitz: hessianLipschitz
    case .estimateNorm: estimateNorm
    case .secondMoment, .variance: secondMoment
    case .metaGradient: metaGradient
    case .smoothness: smoothness
    }
  }
}

/// The spectral norm of a square matrix by power iteration on `AᵀA`, from the longest row.
///
/// The iteration approaches the norm from below.
///
/// - Parameters:
///   - a: the matrix, row by row.
///   - size: its number of rows.
/// - Returns: The norm, to about rounding.
func spectralNorm(_ a: [Double], size: Int) -> Double {
  let rows = (0..<size).map { Array(a[$0 * size..<($0 + 1) * size]) }
  guard var v = rows.max(by: { dot($0, $0) < dot($1, $1) }) else { return 0 }
  var result = 0.0
  for _ in 0..<100 {
    let length = norm(v)
    if length == 0 { return 0 }
    v = v.map { $0 / length }
    let image = rows.map { dot($0, v) }
    let found = norm(image)
    v = [Double](repeating: 0, count: size)
    for (row, x) in zip(rows, image) { add(x, row, to: &v) }
    if found <= result * (1 + 1e-14) { return max(found, result) }
    result = found
  }
  return result
}
