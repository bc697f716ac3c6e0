import MessagePassing

/// How the parameters move once a meta-epoch.
///
/// A step asks the epoch's ``MetaBatch`` for what it needs: the meta-gradient, objectives and divergences
/// at other parameters, products with the divergence's Hessian. Each process takes the same step and makes
/// the same requests in the same order. What a step remembers it gives as named arrays, and a run saves,
/// sends and restores them without knowing the step.
///
/// ```
/// struct SignAscent: OuterStep {
///   var state = NamedArrays()
///   let summary = "sign ascent"
///
///   mutating func restore(_ state: NamedArrays, layout: ParameterLayout) { self.state = state }
///
///   mutating func step(
///     _ parameters: inout MetaParameters, on batch: some MetaBatch
///   ) async throws -> OuterStepReport {
///     let gradient = try await batch.meanGradient()
///     for i in gradient.indices { parameters.values[i] += gradient[i] > 0 ? 0.01 : -0.01 }
///     return OuterStepReport(gradient: gradient)
///   }
/// }
/// ```
public protocol OuterStep: Sendable {
  /// Name and settings in words.
  ///
  /// A state is restored only into a step with the same summary.
  var summary: String { get }

  /// What the step remembers from epoch to epoch.
  var state: NamedArrays { get }

  /// Takes over a state of an earlier step of the same summary.
  ///
  /// - Parameters:
  ///   - state: the state.
  ///   - layout: the parameters' layout.
  /// - Throws: ``TrainingError`` if the state is not one of such a step; nothing is changed then.
  mutating func restore(_ state: NamedArrays, layout: ParameterLayout) throws(TrainingError)

  /// Moves the parameters, always uphill.
  ///
  /// - Parameters:
  ///   - parameters: those of the batch, to be moved.
  ///   - batch: the chains of the epoch.
  /// - Returns: What the step did.
  /// - Throws: What the batch throws, or ``TrainingError``; the trainer stays as it was then.
  mutating func step(
    _ parameters: inout MetaParameters, on batch: some MetaBatch
  ) async throws -> OuterStepReport
}

/// What an outer step did.
public struct OuterStepReport: Equatable, Sendable {
  /// The meta-gradient that it followed, in the layout of the parameters.
  public var gradient: [Double]
  /// Numbers for the record, by name.
  public var values: [String: Double]

  /// Creates a report.
  public init(gradient: [Double], values: [String: Double] = [:]) {
    (self.gradient, self.values) = (gradient, values)
  }
}
