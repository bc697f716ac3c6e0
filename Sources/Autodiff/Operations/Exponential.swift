import LinearAlgebra

/// The exponential function `y = e^x`.
///
/// Derivatives: `f′ = y`, `f″ = y`.
public enum Exponential: ElementwiseFunction {
  /// The value.
  @inline(__always)
  public static func value(_ x: Double) -> Double { exponential(x) }
  /// `f′`
  @inline(__always)
  public static func firstDerivative(_ x: Double, _ y: Double) -> Double { y }
  /// `f″`
  @inline(__always)
  public static func secondDerivative(_ x: Double, _ y: Double) -> Double { y }
}

/// The exponential function.
public func exp(_ x: Variable) -> Variable { x.map(Exponential.self) }
