import LinearAlgebra

/// The exponential function `y = e^x`.
///
/// Derivatives: `f′ = y`, `f″ = y`.
public enum Exponential: ElementwiseFunction {
  /// The value.
  @inline(__always)
  public static func value<S: TapeScalar>(_ x: S) -> S { exponential(x) }
  /// `f′`
  @inline(__always)
  public static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { y }
  /// `f″`
  @inline(__always)
  public static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { y }
}

/// The exponential function.
public func exp(_ x: Variable) -> Variable { x.map(Exponential.self) }
