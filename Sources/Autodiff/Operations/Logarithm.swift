import LinearAlgebra

/// The natural logarithm `y = log x`.
///
/// Derivatives: `f′ = 1/x`, `f″ = -1/x²`. Either zero gives -∞, with the derivatives ∞ and -∞;
/// negative numbers give NaN, also in the derivatives.
public enum Logarithm: ElementwiseFunction {
  /// The value.
  @inline(__always)
  public static func value(_ x: Double) -> Double { naturalLogarithm(x) }
  /// `f′`
  @inline(__always)
  public static func firstDerivative(_ x: Double, _ y: Double) -> Double {
    x < 0 ? .nan : 1 / x.magnitude
  }
  /// `f″`
  @inline(__always)
  public static func secondDerivative(_ x: Double, _ y: Double) -> Double {
    x < 0 ? .nan : -(1 / x / x)
  }
}

/// The natural logarithm.
public func log(_ x: Variable) -> Variable { x.map(Logarithm.self) }
