import LinearAlgebra
import Policies

/// A file of derivatives as it is written, before its shapes are checked.
struct RawDerivatives: Decodable {
  let cases: [Case]
}

extension RawDerivatives {
  struct Case: Decodable {
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

    /// The case with its policy.
    ///
    /// - Throws: ``DerivativeFile/ReadError`` with what does not fit.
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
      ([policy.observation] + policy.hidden + [policy.action]).map(String.init).joined(
        separator: "-")
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

    /// The actions; with finitely many actions, their indices.
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
          description:
            "'\(what)' should have \(observations.count) elements, not \(elements.count).")
      }
      return elements
    }
  }
}
