import Requirements

/// Which inner step sizes are learned with the policy.
public enum StepSizeLearning: String, CaseIterable, Sendable {
  /// None: the step size is a setting.
  case no
  /// One for all parameters.
  case one
  /// One for each block of parameters, such as a layer's weights.
  case perBlock = "per-block"
  /// One for each parameter (Meta-SGD).
  case perParameter = "per-parameter"
}

/// A policy whose inner step sizes are parameters, in a block of their own that no action depends on.
///
/// The outer step learns them with the rest, by their exact gradient: see ``InnerStepMap``. As parameters
/// they are saved, restored and tested like all others. They may become negative.
///
/// - Source: Li et al. (2017), "Meta-SGD: learning to learn quickly for few-shot learning".
public struct LearnedStepSizes: Policy {
  /// The name of the block of sizes, the last one.
  public static let blockName = "innerStepSize"

  /// The policy.
  public let policy: any Policy
  /// The blocks of the policy, then that of the sizes, `[1, n]`.
  public let layout: ParameterLayout
  private let initialSize: Double

  /// Wraps a policy.
  ///
  /// - Parameters:
  ///   - policy: the policy.
  ///   - learning: which sizes there are.
  ///   - initialSize: each size at the start of training.
  /// - Precondition: some are learned.
  public init(_ policy: any Policy, _ learning: StepSizeLearning, initialSize: Double) {
    let blocks = policy.layout.blocks.count
    let count =
      switch learning {
      case .no: requirementFailure("There are no step sizes to learn: use the policy itself.")
      case .one: 1
      case .perBlock: blocks
      case .perParameter: policy.layout.count
      }
    var layout = policy.layout
    layout.add(Self.blockName, rows: 1, columns: count)
    (self.policy, self.layout, self.initialSize) = (policy, layout, initialSize)
  }

  /// That of the policy.
  public var observationSize: Int { policy.observationSize }
  /// That of the policy.
  public var actionSize: Int { policy.actionSize }
  /// Those of the policy.
  public var logDeviations: LogDeviations? { policy.logDeviations }

  /// The policy's, then the sizes.
  public func initialParameters(using stream: inout RandomStream) -> [Double] {
    policy.initialParameters(using: &stream)
      + [Double](repeating: initialSize, count: layout.count - policy.layout.count)
  }

  /// The policy's.
  public func distribution(given observations: Variable) -> any ActionDistribution {
    policy.distribution(given: observations)
  }
}
