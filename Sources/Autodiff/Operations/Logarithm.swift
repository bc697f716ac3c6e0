import LinearAlgebra

/// The natural logarithm `y = log x`.
///
/// Derivatives: `f′ = 1/x`, `f″ = -1/x²`. Either zero gives -∞, with the derivatives ∞ and -∞;
/// negative numbers give NaN, also in the derivatives.
public enum Logarithm: ElementwiseFunction {
  /// The value.
  @inline(__always)
  public static func value<S: TapeScalar>(_ x: S) -> S { naturalLogarithm(x) }
  /// `f′`
  @inline(__always)
  public static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S {
    x < 0 ? .nan : 1 / x.magnitude
  }
  /// `f″`
  @inline(__always)
  public static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S {
    x < 0 ? .nan : -(1 / x / x)
  }
}

/// The natural logarithm.
public func log(_ x: Variable) -> Variable { x.map(Logarithm.self) }
