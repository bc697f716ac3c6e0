@_exported import Autodiff
@_exported import RandomNumbers

/// A stochastic policy `π(a | s; θ)`.
///
/// A policy defines its parameters, and maps observations to a distribution over actions with
/// operations of the tape. Sampling, log-probabilities, gradients, Hessian-vector products and all
/// meta-gradients follow. You never write a derivative.
///
/// <!-- snippet: Docs/Examples/Sources/Snippets/LinearGaussian.swift#policy -->
/// ```swift
/// struct LinearGaussian: Policy {
///   let observationSize = 2, actionSize = 2
///   let layout = ParameterLayout([("weight", 2, 2), ("logStandardDeviation", 1, 2)])
///
///   func initialParameters(using stream: inout RandomStream) -> [Double] {
///     stream.normals(layout.count)
///   }
///
///   func distribution(given observations: Variable) -> any ActionDistribution {
///     let tape = observations.tape
///     return DiagonalGaussianDistribution(
///       mean: observations.matrixProduct(tape.parameter("weight")),
///       logStandardDeviation: tape.parameter("logStandardDeviation"))
///   }
/// }
/// ```
public protocol Policy: Sendable {
  /// The number of columns of an observation.
  var observationSize: Int { get }
  /// The number of columns of an action; a discrete action is one column holding its index.
  var actionSize: Int { get }
  /// The names and shapes of the parameters.
  var layout: ParameterLayout { get }

  /// The position of the log standard deviations of the actions among the parameters, for training
  /// to monitor; nil if they are not parameters.
  ///
  /// By default these are the elements of the block `logStandardDeviation`, if there is one.
  var logDeviations: LogDeviations? { get }

  /// The initial parameters of training.
  func initialParameters(using stream: inout RandomStream) -> [Double]

  /// The distribution of the actions.
  ///
  /// - Parameter observations: `[m, observationSize]`, on the tape to use.
  /// - Returns: A distribution for each row.
  func distribution(given observations: Variable) -> any ActionDistribution
}

/// The distribution of one action for each row of observations, computed on a tape.
public protocol ActionDistribution {
  /// The log-probability (or log-density) of each row's action.
  ///
  /// - Parameter actions: `[m, actionSize]`
  /// - Returns: `[m, 1]`
  func logProbability(of actions: Variable) -> Variable

  /// Draws one action for each row.
  ///
  /// - Parameters:
  ///   - actions: `[m, actionSize]`, to be written.
  ///   - stream: the random stream of each row.
  func sample(into actions: MutableMatrixView, using stream: (Int) -> RandomStream)

  /// What fixes the distributions: for a Gaussian, means and log deviations.
  ///
  /// They are kept as numbers and come back as constants in ``divergence(from:)``.
  var statistics: [Variable] { get }

  /// The Kullback-Leibler divergence `KL(old ‖ self)` of each row, in nats: `[m, 1]`.
  ///
  /// By default nil: outer steps that bound the divergence then refuse the policy.
  ///
  /// - Parameter old: the ``statistics`` of the old distribution, as constants on the same tape.
  /// - Returns: A variable on that tape, from which gradients and Hessian products come.
  func divergence(from old: [Variable]) -> Variable?
}

extension ActionDistribution {
  /// None
  public var statistics: [Variable] { [] }

  /// Nil: there is no closed form.
  public func divergence(from old: [Variable]) -> Variable? { nil }
}
