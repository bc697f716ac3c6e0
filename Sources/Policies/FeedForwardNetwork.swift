import Autodiff
import RandomNumbers
import Requirements

/// The activation of the hidden layers of a network.
public enum ActivationFunction: String, CaseIterable, Sendable {
  /// `max(z, 0)`
  case relu
  /// `tanh z`
  case tanh
  /// `1 / (1 + e^-z)`
  case sigmoid
  /// `log(1 + e^z)`
  case softplus

  /// The operation on the tape.
  public var operation: any Activation.Type {
    switch self {
    case .relu: ReLU.self
    case .tanh: Tanh.self
    case .sigmoid: Sigmoid.self
    case .softplus: Softplus.self
    }
  }
}

/// A feed-forward network: affine maps, each but the last followed by an activation.
///
/// Layer `k` has the blocks `weight{k}: [inputs, outputs]` and `bias{k}: [1, outputs]`.
public struct FeedForwardNetwork: Sendable {
  /// The widths, from the input to the output.
  public let sizes: [Int]
  /// The activation of the hidden layers.
  public let activation: ActivationFunction
  /// The blocks of all layers.
  public let layout: ParameterLayout

  /// Creates a network.
  ///
  /// - Parameters:
  ///   - sizes: the widths of input, hidden layers and output; at least two.
  ///   - activation: the activation of the hidden layers.
  public init(sizes: [Int], activation: ActivationFunction) {
    require(
      sizes.count >= 2 && sizes.allSatisfy { $0 > 0 }, "A network cannot have the widths \(sizes).")
    self.sizes = sizes
    self.activation = activation
    var layout = ParameterLayout()
    for k in 0..<sizes.count - 1 {
      layout.add("weight\(k)", rows: sizes[k], columns: sizes[k + 1])
      layout.add("bias\(k)", rows: 1, columns: sizes[k + 1])
    }
    self.layout = layout
  }

  /// The output for each row of the input.
  ///
  /// - Parameter input: `[m, sizes.first]`, on a tape whose layout begins with this network's.
  /// - Returns: `[m, sizes.last]`
  public func output(for input: Variable) -> Variable {
    var x = input
    for k in 0..<sizes.count - 1 {
      let (weight, bias) = (layout.blocks[2 * k], layout.blocks[2 * k + 1])
      x = x.affine(
        weight: input.tape.parameter(weight), bias: input.tape.parameter(bias),
        activation: k < sizes.count - 2 ? activation.operation : nil)
    }
    return x
  }

  /// Weights uniform in `±√(6 / (inputs + outputs))`, biases zero.
  ///
  /// - Source: Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward
  ///   neural networks", equation 16.
  public func initialParameters(using stream: inout RandomStream) -> [Double] {
    var result: [Double] = []
    for k in 0..<sizes.count - 1 {
      let bound = (6 / Double(sizes[k] + sizes[k + 1])).squareRoot()
      for _ in 0..<sizes[k] * sizes[k + 1] { result.append(stream.uniform(in: -bound..<bound)) }
      result += [Double](repeating: 0, count: sizes[k + 1])
    }
    return result
  }
}
