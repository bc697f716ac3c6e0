import Files
import LinearAlgebra
import Policies
import Requirements

/// Reference derivatives of policies, computed by another program and read from JSON.
///
/// A file holds `cases`. Each has a `policy` (kind, sizes, activation), named `parameters`,
/// `observations`, `actions`, `weights` `w`, a `direction` `v`, and the expected results: the
/// `logProbabilities` `ℓ`, their `logProbabilityTangents` `(∂ℓ/∂θ) v`, the `gradient` of `wᵀℓ` and the
/// `hessianVectorProduct` of `wᵀℓ` along `v`. Matrices are arrays of rows.
public struct DerivativeFile: Sendable {
  /// The cases, in the order of the file.
  public let cases: [Case]

  /// One policy with data and expected derivatives.
  public struct Case: Sendable {
    /// The policy, built from its description.
    public let policy: any Policy
    /// The kind and the sizes, for people.
    public let name: String
    let parameters: [Double]
    let observations: Matrix
    let actions: Matrix
    let weights: [Double]
    let direction: [Double]
    let logProbabilities: [Double]
    let logProbabilityTangents: [Double]
    let gradient: [Double]
    let hessianVectorProduct: [Double]
  }

  /// The differences of one case, each the largest over the elements.
  ///
  /// Log-probabilities have an absolute unit: adding `ε` multiplies the probability by `exp ε`.
  /// Their scale is therefore `1 + max |ℓ|`. The scale of the others is their own largest element,
  /// because they grow with direction and weights. The rounding floor of sums over samples is
  /// proportional to the sum of magnitudes. It is zero where no sum differs by more than the
  /// tolerance, because no verdict depends on it there.
  public struct Errors: Sendable {
    /// The case's name.
    public let name: String
    /// Of `ℓ`.
    public let logProbabilities: ScaledDifference
    /// Of `(∂ℓ/∂θ) v`.
    public let logProbabilityTangents: ScaledDifference
    /// Of the gradient of `wᵀ ℓ`.
    public let gradient: ScaledDifference
    /// Of the Hessian-vector product of `wᵀ ℓ`.
    public let hessianVectorProduct: ScaledDifference

    /// All four.
    public var all: [ScaledDifference] {
      [logProbabilities, logProbabilityTangents, gradient, hessianVectorProduct]
    }

    /// The largest of the four, beyond the rounding floor and relative to the scale.
    public var largest: Double { all.map(\.relativeExcess).max() ?? .infinity }

    /// Whether none of the four differs by more than a fraction of its scale and by more than
    /// rounding.
    public func passes(tolerance: Double) -> Bool {
      all.allSatisfy { $0.verdict(tolerance: tolerance) != .differs }
    }
  }

  /// The error that passes unless another one is asked for, as a part of the size of what is compared.
  public static func tolerance(_ precision: Precision) -> Double {
    precision == .double ? 1e-11 : 2e-5
  }

  /// Why a file cannot be used.
  public struct ReadError: ReportedError {
    /// What is wrong and what to do.
    public let description: String
  }

  /// Reads a file.
  ///
  /// - Throws: ``ReadError`` with the case, the key and the reason.
  public init(contentsOf url: URL) throws {
    let data: Data
    do { data = try InputFile.data(url.path) } catch {
      throw ReadError(description: error.description)
    }
    let raw: RawDerivatives
    do { raw = try JSONDecoder().decode(RawDerivatives.self, from: data) } catch {
      throw ReadError(
        description:
          "\(url.path) is not a file of derivatives: \(DecodingError.explanation(of: error))")
    }
    if raw.cases.isEmpty { throw ReadError(description: "\(url.path) has no cases to check.") }
    cases = try raw.cases.enumerated().map { index, raw in
      do { return try raw.checked() } catch let error as ReadError {
        throw ReadError(description: "\(url.path), case \(index): \(error.description)")
      }
    }
  }
}

extension DerivativeFile.Case {
  /// Computes everything with the tape and compares.
  ///
  /// - Parameters:
  ///   - tolerance: the difference, relative to the scale, that passes whatever the rounding floor is;
  ///     nil for that of the precision.
  ///   - precision: that of the tape.
  /// - Returns: The differences to the file's values.
  /// - Complexity: one gradient and one product. If either exceeds the tolerance, one more of each
  ///   per sample, for the rounding floor.
  public func verify(
    tolerance: Double? = nil, precision: Precision = .double
  ) -> DerivativeFile.Errors {
    let tolerance = tolerance ?? DerivativeFile.tolerance(precision)
    let likelihood = LogLikelihood(policy, precision: precision)
    likelihood.parameters.value = parameters
    let blocks = [EpisodeBlock(rows: 0..<observations.rows, episodes: 0..<1)]
    let computed = observations.withView { observations in
      actions.withView { actions in
        likelihood.recordGradient(observations, actions, blocks: blocks, weights: weights)
      }
    }
    var tangents: [Double] = []
    let product = likelihood.secondOrder(weights: weights, direction: direction) {
      _, tangent, seedTangent in
      for row in tangent.indices { tangents.append(tangent[row]) }
      seedTangent.update(repeating: 0)
    }
    let values = likelihood.logProbabilities
    var sums = (
      gradient: ScaledDifference(computed, gradient, floor: 0),
      product: ScaledDifference(product, hessianVectorProduct, floor: 0)
    )
    if [sums.gradient, sums.product].contains(where: {
      $0.verdict(tolerance: tolerance) == .differs
    }) {
      let floors = roundingFloors(likelihood)
      sums.gradient = ScaledDifference(computed, gradient, floor: floors.gradient)
      sums.product = ScaledDifference(product, hessianVectorProduct, floor: floors.product)
    }
    return DerivativeFile.Errors(
      name: name,
      logProbabilities: ScaledDifference(
        largestDifference(values, logProbabilities), scale: 1 + largestMagnitude(logProbabilities),
        floor: 0),
      logProbabilityTangents: ScaledDifference(tangents, logProbabilityTangents, floor: 0),
      gradient: sums.gradient, hessianVectorProduct: sums.product)
  }

  /// The rounding floors of the sums over samples: proportional to the sum of the samples'
  /// contributions.
  private func roundingFloors(
    _ likelihood: LogLikelihood
  ) -> (gradient: Double, product: Double) {
    var (gradient, product) = (0.0, 0.0)
    for row in weights.indices {
      var single = [Double](repeating: 0, count: weights.count)
      single[row] = weights[row]
      gradient += largestMagnitude(likelihood.gradient(weights: single))
      let part = likelihood.secondOrder(weights: single, direction: direction) {
        _, _, seedTangent in
        seedTangent.update(repeating: 0)
      }
      product += largestMagnitude(part)
    }
    let unit = likelihood.precision == .double ? Double.ulpOfOne : Double(Float.ulpOfOne)
    let rounding = 8 * unit
    return (rounding * gradient, rounding * product)
  }
}
