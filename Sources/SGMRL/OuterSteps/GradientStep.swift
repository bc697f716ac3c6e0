/// An outer step that follows the mean meta-gradient and asks the batch for nothing else.
///
/// Only ``step(_:along:)`` is left to write.
public protocol GradientStep: OuterStep {
  /// Moves a vector along a gradient, uphill.
  ///
  /// - Parameters:
  ///   - parameters: the parameters, to be moved.
  ///   - gradient: the mean meta-gradient, in the same layout.
  /// - Precondition: both have the same size.
  mutating func step(_ parameters: inout [Double], along gradient: [Double])
}

extension GradientStep {
  /// Follows the mean meta-gradient.
  public mutating func step(
    _ parameters: inout MetaParameters, on batch: some MetaBatch
  ) async throws -> OuterStepReport {
    let gradient = try await batch.meanGradient()
    step(&parameters.values, along: gradient)
    return OuterStepReport(gradient: gradient)
  }
}
