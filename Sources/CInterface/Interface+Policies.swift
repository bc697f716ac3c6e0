import Experiments
import Policies

/// A policy with the memory for its derivatives.
final class PolicyResource: Resource {
  override class var kind: String { "policy" }
  let policy: any Policy
  let likelihood: LogLikelihood
  /// The number of actions of a policy that chooses among some.
  let actionCount: Int?

  init(_ policy: any Policy, actionCount: Int?) {
    (self.policy, self.actionCount) = (policy, actionCount)
    likelihood = LogLikelihood(policy)
  }
}

/// Samples and parameters, with the shapes of a policy.
private struct Samples {
  let parameters: [Double]
  let observations, actions: MatrixView
  let blocks: [EpisodeBlock]

  init(
    _ resource: PolicyResource, _ parameters: UnsafePointer<Double>?, _ parameterCount: Int64,
    _ observations: UnsafePointer<Double>?, _ observationCount: Int64,
    _ actions: UnsafePointer<Double>?, _ actionCount: Int64
  ) throws {
    let policy = resource.policy
    self.parameters = try Self.parameters(policy, parameters, parameterCount)
    self.observations = try Self.observations(policy, observations, observationCount)
    let (count, size) = (self.observations.rows, policy.actionSize)
    let numbers = try input(actions, actionCount, count * size, "actions", "[\(count), \(size)]")
    self.actions = MatrixView(numbers, rows: count, columns: size)
    if let count = resource.actionCount { try requireIndices(self.actions, below: count) }
    blocks = EpisodeBlock.partition(
      Array(stride(from: 0, to: count, by: Self.blockRows)) + [count], target: Self.blockRows)
  }

  private static let blockRows = 400

  static func parameters(
    _ policy: any Policy, _ pointer: UnsafePointer<Double>?, _ count: Int64
  ) throws -> [Double] {
    let size = policy.layout.count
    return Array(try input(pointer, count, size, "parameters", "[\(size)]"))
  }

  static func observations(
    _ policy: any Policy, _ pointer: UnsafePointer<Double>?, _ count: Int64
  ) throws -> MatrixView {
    let size = policy.observationSize
    guard count > 0, count % Int64(size) == 0, count <= 1 << 40 else {
      throw CallError.argument(
        "'observations' has \(count) numbers; it should have the shape [n, \(size)].")
    }
    let numbers = try input(pointer, count, Int(count), "observations", "[n, \(size)]")
    return MatrixView(numbers, rows: numbers.count / size, columns: size)
  }
}

/// Makes a policy.
@c @implementation public func metatape_policy_create(
  _ options: UnsafePointer<CChar>?, _ policy: UnsafeMutablePointer<UInt64>?
) -> Int32 {
  answer {
    try requireUsableKernels()
    let request = try PolicyRequest(try text(options, "options"))
    try give(PolicyResource(request.policy, actionCount: request.actionCount), policy)
  }
}

/// The parameters of a policy, as JSON.
@c @implementation public func metatape_policy_describe(
  _ policy: UInt64, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  answer(with: policy, PolicyResource.self) { try give(try jsonText(PolicyFacts($0.policy)), json) }
}

private struct PolicyFacts: Encodable {
  struct Block: Encodable {
    let name: String
    let rows, columns, start: Int
  }
  let parameters, observationSize, actionSize: Int
  let blocks: [Block]

  init(_ policy: any Policy) {
    parameters = policy.layout.count
    (observationSize, actionSize) = (policy.observationSize, policy.actionSize)
    blocks = policy.layout.blocks.map {
      Block(name: $0.name, rows: $0.rows, columns: $0.columns, start: $0.range.lowerBound)
    }
  }
}

/// Draws initial parameters.
@c @implementation public func metatape_policy_initialize(
  _ policy: UInt64, _ seed: UInt64, _ parameters: UnsafeMutablePointer<Double>?,
  _ parameter_count: Int64
) -> Int32 {
  answer(with: policy, PolicyResource.self) { resource in
    let size = resource.policy.layout.count
    let target = try output(parameters, parameter_count, size, "parameters", "[\(size)]")
    var stream = RandomStream(seed: seed, purpose: .initialParameters)
    _ = target.update(fromContentsOf: resource.policy.initialParameters(using: &stream))
  }
}

/// Draws actions.
@c @implementation public func metatape_policy_sample(
  _ policy: UInt64, _ seed: UInt64, _ parameters: UnsafePointer<Double>?,
  _ parameter_count: Int64, _ observations: UnsafePointer<Double>?, _ observation_count: Int64,
  _ actions: UnsafeMutablePointer<Double>?, _ action_count: Int64
) -> Int32 {
  answer(with: policy, PolicyResource.self) { resource in
    let policy = resource.policy
    let holder = Parameters(policy.layout)
    holder.value = try Samples.parameters(policy, parameters, parameter_count)
    let given = try Samples.observations(policy, observations, observation_count)
    let (count, size) = (given.rows, policy.actionSize)
    let target = try output(actions, action_count, count * size, "actions", "[\(count), \(size)]")
    ActionSampler(policy, holder).sample(
      given, into: MutableMatrixView(target, rows: count, columns: size)
    ) { RandomStream(seed: seed, purpose: .actions, at: StreamPlace(episode: $0)) }
  }
}

/// The log-probabilities of actions.
@c @implementation public func metatape_policy_log_probabilities(
  _ policy: UInt64, _ parameters: UnsafePointer<Double>?, _ parameter_count: Int64,
  _ observations: UnsafePointer<Double>?, _ observation_count: Int64,
  _ actions: UnsafePointer<Double>?, _ action_count: Int64,
  _ values: UnsafeMutablePointer<Double>?, _ value_count: Int64
) -> Int32 {
  answer(with: policy, PolicyResource.self) { resource in
    let samples = try Samples(
      resource, parameters, parameter_count, observations, observation_count, actions,
      action_count)
    let count = samples.observations.rows
    let target = try output(values, value_count, count, "values", "[\(count)]")
    _ = target.update(
      fromContentsOf: resource.likelihood.logProbabilities(
        samples.observations, samples.actions, blocks: samples.blocks, at: samples.parameters))
  }
}

/// The gradient of weighted log-probabilities.
@c @implementation public func metatape_policy_gradient(
  _ policy: UInt64, _ parameters: UnsafePointer<Double>?, _ parameter_count: Int64,
  _ observations: UnsafePointer<Double>?, _ observation_count: Int64,
  _ actions: UnsafePointer<Double>?, _ action_count: Int64, _ weights: UnsafePointer<Double>?,
  _ weight_count: Int64, _ gradient: UnsafeMutablePointer<Double>?, _ gradient_count: Int64
) -> Int32 {
  answer(with: policy, PolicyResource.self) { resource in
    let samples = try Samples(
      resource, parameters, parameter_count, observations, observation_count, actions,
      action_count)
    let (count, size) = (samples.observations.rows, resource.policy.layout.count)
    let weights = try input(weights, weight_count, count, "weights", "[\(count)]")
    let target = try output(gradient, gradient_count, size, "gradient", "[\(size)]")
    resource.likelihood.parameters.value = samples.parameters
    _ = target.update(
      fromContentsOf: resource.likelihood.recordGradient(
        samples.observations, samples.actions, blocks: samples.blocks, weights: Array(weights),
        isKept: false))
  }
}

/// The Hessian of weighted log-probabilities times a vector.
@c @implementation public func metatape_policy_hessian_vector_product(
  _ policy: UInt64, _ parameters: UnsafePointer<Double>?, _ parameter_count: Int64,
  _ observations: UnsafePointer<Double>?, _ observation_count: Int64,
  _ actions: UnsafePointer<Double>?, _ action_count: Int64, _ weights: UnsafePointer<Double>?,
  _ weight_count: Int64, _ vector: UnsafePointer<Double>?, _ vector_count: Int64,
  _ product: UnsafeMutablePointer<Double>?, _ product_count: Int64
) -> Int32 {
  answer(with: policy, PolicyResource.self) { resource in
    let samples = try Samples(
      resource, parameters, parameter_count, observations, observation_count, actions,
      action_count)
    let (count, size) = (samples.observations.rows, resource.policy.layout.count)
    let weights = Array(try input(weights, weight_count, count, "weights", "[\(count)]"))
    let vector = Array(try input(vector, vector_count, size, "vector", "[\(size)]"))
    let target = try output(product, product_count, size, "product", "[\(size)]")
    let likelihood = resource.likelihood
    likelihood.parameters.value = samples.parameters
    _ = likelihood.recordGradient(
      samples.observations, samples.actions, blocks: samples.blocks, weights: weights)
    _ = target.update(
      fromContentsOf: likelihood.secondOrder(weights: weights, direction: vector) {
        block, _, tangents in
        for i in 0..<block.rows.count { tangents[i] = 0 }
      })
  }
}

/// Frees a policy.
@c @implementation public func metatape_policy_free(_ policy: UInt64) -> Int32 {
  answer { try Handles.remove(policy, PolicyResource.self) }
}
