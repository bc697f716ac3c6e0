import Requirements

/// An estimator of the meta-gradient that is not this package's: a program in another language, or a
/// stand-in for one in a test.
///
/// It takes inner steps and estimates; all weighting with probabilities is the certificate's. After
/// ``pose(_:)``, equal questions have equal answers.
public protocol ExternalEstimator: AnyObject {
  /// What it says of itself.
  var identity: ExternalIdentity { get }

  /// Replaces the problem.
  func pose(_ table: TrajectoryTable) throws(ExternalError)

  /// Takes inner steps.
  ///
  /// - Parameters:
  ///   - chains: trajectories of each batch of each chain: `[chains][t][innerBatch]`.
  ///   - start: the parameters that each chain starts from; nil for the problem's.
  /// - Returns: The parameters after the `t` steps: `[chains][d]`.
  /// - Throws: ``ExternalError`` if it does not answer as it should.
  func adapt(_ chains: [[[Int]]], from start: [[Double]]?) throws(ExternalError) -> [[Double]]

  /// Estimates the meta-gradient at the problem's parameters.
  ///
  /// - Parameters:
  ///   - chains: trajectories of each batch of each chain: `[pairs][ζ][innerBatch]`.
  ///   - outer: trajectories of each outer batch: `[pairs][outerBatch]`.
  /// - Returns: The estimates: `[pairs][d]`.
  /// - Throws: ``ExternalError`` if it does not answer as it should.
  func estimate(_ chains: [[[Int]]], outer: [[Int]]) throws(ExternalError) -> [[Double]]
}

/// What an external estimator says of itself.
public struct ExternalIdentity: Equatable, Sendable {
  /// Its name.
  public var name: String
  /// Whether its numbers are in single precision.
  public var isSinglePrecision: Bool
  /// Whether its results depend on the order of the trajectories of a batch.
  public var isOrdered: Bool
  /// Whether it claims to be unbiased for `∇V_ζ`.
  public var claimsUnbiased: Bool

  /// Creates an identity.
  public init(
    name: String, isSinglePrecision: Bool = false, isOrdered: Bool = false,
    claimsUnbiased: Bool = false
  ) {
    (self.name, self.isSinglePrecision) = (name, isSinglePrecision)
    (self.isOrdered, self.claimsUnbiased) = (isOrdered, claimsUnbiased)
  }
}

/// Why an external program has no verdict.
public struct ExternalError: ReportedError, Equatable {
  /// What happened, and what to do.
  public let description: String

  /// Creates an error.
  public init(_ description: String) { self.description = description }
}
