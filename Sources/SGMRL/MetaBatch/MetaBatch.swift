import LinearAlgebra

/// The chains of an epoch, as an outer step sees them: it may ask for the mean of anything that can be
/// computed from a chain.
///
/// Means are taken in the order of the chains, over threads and processes; every process makes the same
/// requests in the same order and gets the same bits. Recordings are kept as far as memory is allowed and
/// made anew else, which changes no bit.
public protocol MetaBatch: Sendable {
  /// The parameters with which the chains were drawn.
  var parameters: MetaParameters { get }

  /// The mean of the estimator's meta-gradients, in the layout of the parameters.
  ///
  /// - Throws: `SamplingError` if a batch could not be sampled, ``TrainingError`` if too many episodes
  ///   failed, `CommunicationError` if processes cannot exchange results.
  func meanGradient() async throws -> [Double]

  /// The mean of a request over the chains, or over a share of them.
  ///
  /// - Parameters:
  ///   - request: what to compute from each chain.
  ///   - share: the share of the chains, above 0 and at most 1; at least one chain, evenly spaced.
  /// - Returns: The mean, number by number.
  /// - Throws: What ``meanGradient()`` throws, or what the request throws for the first chain that fails.
  func mean(of request: some ChainRequest, share: Double) async throws -> [Double]

  /// Other chains of the same tasks, from other parameters.
  ///
  /// - Parameters:
  ///   - parameters: those to start from.
  ///   - draw: 0 for the random numbers of this batch's own chains, other numbers for others.
  /// - Returns: The chains, which are sampled when something is asked of them.
  func chains(from parameters: MetaParameters, draw: Int) async -> any MetaBatch
}

/// Something to compute from one chain.
///
/// It is sent to the threads and processes that have the chains. ``Chain/retaken(from:inner:outer:)``,
/// ``Chain/pullBack(_:through:)`` and the like are what it is made of.
public protocol ChainRequest: Sendable {
  /// The numbers of one chain, as many for all of them.
  ///
  /// - Throws: ``TrainingError`` if they cannot be computed.
  func numbers(of chain: Chain) throws(TrainingError) -> [Double]
}

/// A value and its gradient.
public struct ValueAndGradient: Equatable, Sendable {
  /// The value.
  public let value: Double
  /// The gradient, in the layout of the policy's parameters.
  public let gradient: [Double]

  /// Splits numbers of which the value comes first.
  init(_ numbers: [Double]) { (value, gradient) = (numbers[0], Array(numbers.dropFirst())) }
}

extension MetaBatch {
  /// The mean of a request over all chains.
  public func mean(of request: some ChainRequest) async throws -> [Double] {
    try await mean(of: request, share: 1)
  }

  /// The objective after adaptation from other parameters, as the chains' own batches see it.
  ///
  /// The inner steps are retaken from `θ` with the same inner batches; then the outer batch's samples are
  /// weighed by the objective, such as a likelihood ratio between the newly adapted policy and the one
  /// that drew them. The gradient is exact, through the inner steps as well.
  ///
  /// - Parameters:
  ///   - policy: `θ`
  ///   - objective: `f` of the outer batch.
  /// - Returns: The mean over the chains, in the units of returns.
  /// - Throws: What ``mean(of:)`` throws.
  public func surrogate(
    at policy: [Double], _ objective: any SampleObjective = LikelihoodRatio()
  ) async throws -> ValueAndGradient {
    ValueAndGradient(try await mean(of: SurrogateRequest(policy: policy, objective: objective)))
  }

  /// The value of ``surrogate(at:_:)`` and that of ``divergence(at:_:)``, without gradients.
  public func values(
    at policy: [Double], _ objective: any SampleObjective = LikelihoodRatio(),
    _ scope: DivergenceScope = .adapted
  ) async throws -> (surrogate: Double, divergence: Double) {
    let found = try await mean(
      of: SurrogateValueRequest(policy: policy, objective: objective, scope: scope))
    return (found[0], found[1])
  }

  /// The mean divergence `KL(old ‖ new)` of the policies adapted from other parameters, over the
  /// observations of the outer batches, in nats, and its gradient.
  ///
  /// - Parameters:
  ///   - policy: `θ`
  ///   - scope: the policies to compare.
  /// - Returns: The mean over the chains.
  /// - Throws: ``TrainingError`` if the policy's distribution has no divergence.
  public func divergence(
    at policy: [Double], _ scope: DivergenceScope = .adapted
  ) async throws -> ValueAndGradient {
    ValueAndGradient(try await mean(of: DivergenceRequest(policy: policy, scope: scope)))
  }

  /// The product of the Hessian of ``divergence(at:_:)`` at the batch's own parameters with a vector.
  ///
  /// The Hessian is the mean of `Jᵀ F J` with `J = (I + αH_ζ) … (I + αH_1)` and the Fisher matrix `F` of the
  /// adapted policy's distributions, and of the like for the policies before if the scope is all.
  ///
  /// - Parameters:
  ///   - vector: in the layout of the policy's parameters.
  ///   - scope: the policies to compare.
  ///   - share: the share of the chains that the mean is taken over.
  /// - Returns: The product, in the same layout.
  /// - Throws: ``TrainingError`` if the policy's distribution has no divergence.
  public func divergenceHessianProduct(
    _ vector: [Double], _ scope: DivergenceScope = .adapted, share: Double = 1
  ) async throws -> [Double] {
    try await mean(of: DivergenceHessianRequest(vector: vector, scope: scope), share: share)
  }
}
