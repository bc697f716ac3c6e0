import Requirements

/// A policy with context parameters, which it sees as further elements of every observation (CAVIA).
///
/// The context starts every chain at zero, and inner steps move it; the outer step does not learn it. What
/// a gradient has for it is dropped at the start of the chain, and not before: later steps depend on it.
///
/// - Source: Zintgraf et al. (2019), "Fast context adaptation via meta-learning".
public struct ContextPolicy: Policy {
  /// The name of the block of context parameters.
  public static let blockName = "adaptedContext"

  /// The policy, which takes observations and context.
  public let policy: any Policy
  /// The number of context parameters.
  public let contextSize: Int
  /// The blocks of the policy, then that of the context, `[1, n]`.
  public let layout: ParameterLayout

  /// Wraps a policy.
  ///
  /// - Parameters:
  ///   - policy: takes observations with `contextSize` further elements.
  ///   - contextSize: their number, at least 1 and less than the policy takes.
  public init(_ policy: any Policy, contextSize: Int) {
    require(
      contextSize > 0 && contextSize < policy.observationSize,
      "A policy of \(policy.observationSize) observations cannot have a context of \(contextSize).")
    var layout = policy.layout
    layout.add(Self.blockName, rows: 1, columns: contextSize)
    (self.policy, self.contextSize, self.layout) = (policy, contextSize, layout)
  }

  /// That of the policy without the context.
  public var observationSize: Int { policy.observationSize - contextSize }
  /// That of the policy.
  public var actionSize: Int { policy.actionSize }
  /// Those of the policy.
  public var logDeviations: LogDeviations? { policy.logDeviations }

  /// The policy's, then zeros.
  public func initialParameters(using stream: inout RandomStream) -> [Double] {
    policy.initialParameters(using: &stream) + [Double](repeating: 0, count: contextSize)
  }

  /// The policy's, at observations with the context behind them.
  public func distribution(given observations: Variable) -> any ActionDistribution {
    let tape = observations.tape
    let ones = tape.constant(Matrix(rows: observations.rows, columns: 1, repeating: 1))
    let context = ones.matrixProduct(tape.parameter(Self.blockName))
    return policy.distribution(
      given: Variable.concatenatedColumns([observations, context]))
  }
}

extension Space {
  /// The space with unbounded elements behind its own; a discrete one is one element.
  public func extended(by count: Int) -> Space {
    let (low, high) =
      switch self {
      case .box(let low, let high): (low, high)
      case .discrete(let count): ([0], [Double(count - 1)])
      }
    return .box(
      low: low + [Double](repeating: -.infinity, count: count),
      high: high + [Double](repeating: .infinity, count: count))
  }
}
