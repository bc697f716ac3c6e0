import Autodiff
import Files
import Foundation

/// Reference derivatives of policies, computed by another program and read from JSON.
///
/// A file holds `cases`, each with a `policy` (kind, sizes, activation), named `parameters`,
/// `observations`, `actions`, `weights` `w`, a `direction` `v`, and what is expected: the
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

  /// The differences of one case, the largest of the elements each.
  ///
  /// A log-probability has the unit 1: `ε` more is the factor `exp ε` of the probability. So its scale
  /// is `1 + max |ℓ|`. The others are as large as direction and weights are and stand beside their own
  /// largest element. The rounding floor of sums over samples is a part of the sum of magnitudes.
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

    /// The largest of the four, beyond the rounding floor and as a part of the scale.
    public var largest: Double { all.map(\.relativeExcess).max() ?? .infinity }

    /// Whether none of the four differs by more than a part of its scale and by more than rounding.
    public func passes(tolerance: Double) -> Bool {
      all.allSatisfy { $0.verdict(tolerance: tolerance) != .differs }
    }
  }

  /// Why a file cannot be used.
  public struct ReadError: Error, CustomStringConvertible, Sendable {
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
    let raw: RawFile
    do { raw = try JSONDecoder().decode(RawFile.self, from: data) } catch {
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
  public func verify() -> DerivativeFile.Errors {
    let likelihood = LogLikelihood(policy)
    likelihood.parameters.value = parameters
    let rows = 0..<observations.rows
    let blocks = [EpisodeBlock(rows: rows, episodes: 0..<1)]
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
    // the parts of each sample, of which gradient and product are sums
    var (parts, productParts) = (0.0, 0.0)
    for row in weights.indices {
      var single = [Double](repeating: 0, count: weights.count)
      single[row] = weights[row]
      parts += largestMagnitude(likelihood.gradient(weights: single))
      let part = likelihood.secondOrder(weights: single, direction: direction) {
        _, _, seedTangent in
        seedTangent.update(repeating: 0)
      }
      productParts += largestMagnitude(part)
    }
    let rounding = 8 * Double.ulpOfOne
    let values = likelihood.logProbabilities
    return DerivativeFile.Errors(
      name: name,
      logProbabilities: ScaledDifference(
        largestDifference(values, logProbabilities), scale: 1 + largestMagnitude(logProbabilities),
        floor: 0),
      logProbabilityTangents: ScaledDifference(tangents, logProbabilityTangents, floor: 0),
      gradient: ScaledDifference(computed, gradient, floor: rounding * parts),
      hessianVectorProduct: ScaledDifference(
        product, hessianVectorProduct, floor: rounding * productParts))
  }
}

private struct RawFile: Decodable {
  let cases: [RawCase]
}

private struct RawCase: Decodable {
  struct Description: Decodable {
    let kind: String
    let observation: Int
    let action: Int
    let hidden: [Int]
    let activation: String
  }
  let policy: Description
  let parameters: [String: Block]
  let observations: [[Double]]
  let actions: [[Double]]
  let weights: [Double]
  let direction: [String: Block]
  let logProbabilities: [Double]
  let logProbabilityTangents: [Double]
  let gradient: [String: Block]
  let hessianVectorProduct: [String: Block]

  /// A parameter block: an array of rows, or one row.
  struct Block: Decodable {
    let rows: [[Double]]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let rows = try? container.decode([[Double]].self) {
        self.rows = rows
      } else {
        rows = [try container.decode([Double].self)]
      }
    }
  }

  func checked() throws -> DerivativeFile.Case {
    let built = try makePolicy()
    return DerivativeFile.Case(
      policy: built, name: "\(policy.kind) \(sizes) \(policy.activation)",
      parameters: try flat(parameters, "parameters", built.layout),
      observations: try matrix(observations, "observations", columns: policy.observation),
      actions: try checkedActions(columns: built.actionSize),
      weights: try vector(weights, "weights"),
      direction: try flat(direction, "direction", built.layout),
      logProbabilities: try vector(logProbabilities, "logProbabilities"),
      logProbabilityTangents: try vector(logProbabilityTangents, "logProbabilityTangents"),
      gradient: try flat(gradient, "gradient", built.layout),
      hessianVectorProduct: try flat(hessianVectorProduct, "hessianVectorProduct", built.layout))
  }

  private var sizes: String {
    ([policy.observation] + policy.hidden + [policy.action]).map(String.init).joined(separator: "-")
  }

  private func makePolicy() throws -> any Policy {
    let sizes = [policy.observation, policy.action] + policy.hidden
    guard sizes.allSatisfy({ $0 > 0 && $0 <= 100_000 }) else {
      throw DerivativeFile.ReadError(
        description: "the policy's sizes must be positive, not \(sizes).")
    }
    let activation = ActivationFunction(rawValue: policy.activation)
    if policy.kind != "softmax" && activation == nil {
      let known = ActivationFunction.allCases.map(\.rawValue).joined(separator: ", ")
      throw DerivativeFile.ReadError(
        description: "the activation '\(policy.activation)' is not known; there are \(known).")
    }
    let function = activation ?? .tanh
    switch policy.kind {
    case "gaussian-mlp":
      // the reference has no floor
      return GaussianNetworkPolicy(
        observationSize: policy.observation, actionSize: policy.action,
        hiddenSizes: policy.hidden, activation: function,
        standardDeviationFloor: .leastNormalMagnitude)
    case "gaussian-full-covariance-mlp":
      return FullCovarianceGaussianPolicy(
        observationSize: policy.observation, actionSize: policy.action,
        hiddenSizes: policy.hidden, activation: function)
    case "categorical-mlp":
      return CategoricalNetworkPolicy(
        observationSize: policy.observation, actionCount: policy.action,
        hiddenSizes: policy.hidden, activation: function)
    case "softmax":
      return SoftmaxPolicy(observationSize: policy.observation, actionCount: policy.action)
    default:
      throw DerivativeFile.ReadError(
        description:
          "the policy kind '\(policy.kind)' is not known; there are gaussian-mlp, gaussian-full-covariance-mlp, categorical-mlp, softmax."
      )
    }
  }

  private func flat(
    _ blocks: [String: Block], _ what: String, _ layout: ParameterLayout
  ) throws -> [Double] {
    var result: [Double] = []
    for block in layout.blocks {
      guard let rows = blocks[block.name]?.rows else {
        throw DerivativeFile.ReadError(description: "'\(what)' has no block '\(block.name)'.")
      }
      guard rows.count == block.rows, rows.allSatisfy({ $0.count == block.columns }) else {
        throw DerivativeFile.ReadError(
          description:
            "the block '\(block.name)' of '\(what)' should have the shape [\(block.rows), \(block.columns)]."
        )
      }
      result += rows.flatMap(\.self)
    }
    return result
  }

  private func matrix(_ rows: [[Double]], _ what: String, columns: Int) throws -> Matrix {
    guard !rows.isEmpty, rows.count == weights.count, rows.allSatisfy({ $0.count == columns })
    else {
      throw DerivativeFile.ReadError(
        description: "'\(what)' should have the shape [\(weights.count), \(columns)].")
    }
    return Matrix(rows)
  }

  /// The actions; where there are finitely many, each is the index of one.
  private func checkedActions(columns: Int) throws -> Matrix {
    let result = try matrix(actions, "actions", columns: columns)
    guard policy.kind == "softmax" || policy.kind == "categorical-mlp" else { return result }
    for (row, action) in result.elements.enumerated()
    where !(action >= 0 && action < Double(policy.action) && action == action.rounded()) {
      throw DerivativeFile.ReadError(
        description:
          "row \(row) of 'actions' is \(action), which is none of the \(policy.action) actions, counted from 0."
      )
    }
    return result
  }

  private func vector(_ elements: [Double], _ what: String) throws -> [Double] {
    guard elements.count == observations.count else {
      throw DerivativeFile.ReadError(
        description: "'\(what)' should have \(observations.count) elements, not \(elements.count).")
    }
    return elements
  }
}
