import Autodiff
import CLibrary
import RandomNumbers
import Requirements

/// A softmax over features, `π(a | s; θ) ∝ e^(φ(a, s)ᵀ θ)` (the paper's appendix B).
///
/// Without a feature map, `φ(a, s)` is the observation at the position of action `a`: the logits
/// are `X Θ` with the block `weight: [observationSize, actionCount]`. With one-hot observations
/// this is a tabular policy. With a feature map, the block is `weight: [features, 1]`.
public struct SoftmaxPolicy: Policy {
  /// Computes the features `φ(a, s)` of an action and an observation.
  public typealias FeatureMap = @Sendable (_ action: Int, _ observation: [Double]) -> [Double]

  /// The number of columns of an observation.
  public let observationSize: Int
  /// The number of actions.
  public let actionCount: Int
  /// The block `weight`.
  public let layout: ParameterLayout
  private let featureMap: FeatureMap?
  private let initialDeviation: Double

  /// One column: the index of the action.
  public var actionSize: Int { 1 }

  /// Creates a policy whose logits are linear in the observation.
  ///
  /// - Parameters:
  ///   - observationSize: the number of columns of an observation.
  ///   - actionCount: the number of actions.
  ///   - initialDeviation: the standard deviation of the initial parameters, which are normal.
  public init(observationSize: Int, actionCount: Int, initialDeviation: Double = 0) {
    require(observationSize > 0 && actionCount > 0, "A softmax policy needs sizes above 0.")
    self.observationSize = observationSize
    self.actionCount = actionCount
    layout = ParameterLayout([("weight", observationSize, actionCount)])
    featureMap = nil
    self.initialDeviation = initialDeviation
  }

  /// Creates a policy with a feature map.
  ///
  /// - Parameters:
  ///   - observationSize: the number of columns of an observation.
  ///   - actionCount: the number of actions.
  ///   - featureCount: the number of features.
  ///   - features: `φ`; it must always return `featureCount` numbers.
  public init(
    observationSize: Int, actionCount: Int, featureCount: Int, features: @escaping FeatureMap
  ) {
    require(
      observationSize > 0 && actionCount > 0 && featureCount > 0,
      "A softmax policy needs sizes above 0.")
    self.observationSize = observationSize
    self.actionCount = actionCount
    layout = ParameterLayout([("weight", featureCount, 1)])
    featureMap = features
    initialDeviation = 0
  }

  /// Normal numbers; zero by default, which gives every action the same probability.
  public func initialParameters(using stream: inout RandomStream) -> [Double] {
    stream.normals(layout.count).map { initialDeviation * $0 }
  }

  /// The distribution with the logits `φ(a, s)ᵀ θ`.
  public func distribution(given observations: Variable) -> any ActionDistribution {
    let weight = observations.tape.parameter(layout.blocks[0])
    guard featureMap != nil else {
      return CategoricalDistribution(logits: observations.matrixProduct(weight))
    }
    var table: [Double] = []
    let view = observations.view
    for i in 0..<view.rows {
      let observation = Array(UnsafeBufferPointer(start: view.row(i), count: view.columns))
      for action in 0..<actionCount { table += features(action, observation) }
    }
    let features = observations.tape.constant(
      Matrix(rows: view.rows * actionCount, columns: layout.count, elements: table))
    return CategoricalDistribution(
      logits: features.matrixProduct(weight).reshaped(rows: view.rows, columns: actionCount))
  }

  // MARK: Closed forms

  /// The features `φ(a, s)` in the layout of the parameters.
  public func features(_ action: Int, _ observation: [Double]) -> [Double] {
    if let featureMap {
      let features = featureMap(action, observation)
      require(
        features.count == layout.count,
        "The feature map gave \(features.count) features instead of \(layout.count).")
      return features
    }
    require(
      observation.count == observationSize && action >= 0 && action < actionCount,
      "A softmax policy of \(observationSize) observations and \(actionCount) actions was asked for action \(action) and an observation of \(observation.count) elements."
    )
    var result = [Double](repeating: 0, count: layout.count)
    for (i, x) in observation.enumerated() { result[i * actionCount + action] = x }
    return result
  }

  /// The probabilities of all actions.
  public func probabilities(_ observation: [Double], _ parameters: [Double]) -> [Double] {
    let logits = (0..<actionCount).map { dot(features($0, observation), parameters) }
    let largest = logits.max() ?? 0
    let weights = logits.map { CLibrary.exp($0 - largest) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The score `∇ log π(a | s; θ) = φ(a, s) - E φ(a', s)`, without the tape (equation 29).
  public func score(_ action: Int, _ observation: [Double], _ parameters: [Double]) -> [Double] {
    var result = features(action, observation)
    for (other, p) in probabilities(observation, parameters).enumerated() {
      add(-p, features(other, observation), to: &result)
    }
    return result
  }

  /// The Hessian `∇² log π(a | s; θ) = -Cov φ(a', s)`, without the tape (equation 40).
  public func hessian(_ observation: [Double], _ parameters: [Double]) -> Matrix {
    var result = Matrix(rows: layout.count, columns: layout.count)
    for (action, p) in probabilities(observation, parameters).enumerated() {
      let centred = score(action, observation, parameters)
      for i in 0..<layout.count {
        for j in 0..<layout.count { result[i, j] -= p * centred[i] * centred[j] }
      }
    }
    return result
  }
}

/// The options of a ``SoftmaxPolicy`` whose logits are linear in the observation.
public struct SoftmaxOptions: PolicyOptions {
  /// The standard deviation of the initial parameters.
  public var initialDeviation: Double

  /// Creates options.
  public init(initialDeviation: Double = 0.5) { self.initialDeviation = initialDeviation }

  /// `softmax`
  public var name: String { "softmax" }
  /// What it is.
  public var summary: String {
    "Finitely many actions, with logits that are linear in the observation"
  }
  /// True
  public var choosesIndices: Bool { true }
  /// The standard deviation of the initial parameters.
  public var fields: [Field<Self>] {
    [
      .number(
        "initial-deviation", "The standard deviation of the initial parameters.",
        \.initialDeviation, 0...1e9)
    ]
  }

  /// Makes the policy.
  public func makePolicy(
    observations: Space, actions: Space
  ) throws(ConfigurationError) -> any Policy {
    SoftmaxPolicy(
      observationSize: observations.columns, actionCount: try actions.requireCount(for: name),
      initialDeviation: initialDeviation)
  }
}
