/// The square `y = x²`.
///
/// Derivatives: `f′ = 2x`, `f″ = 2`.
public enum Square: ElementwiseFunction {
  /// The value.
  @inlinable
  public static func value(_ x: Double) -> Double { x * x }
  /// `f′`
  @inlinable
  public static func firstDerivative(_ x: Double, _ y: Double) -> Double { 2 * x }
  /// `f″`
  @inlinable
  public static func secondDerivative(_ x: Double, _ y: Double) -> Double { 2 }
}

/// The square.
public func square(_ x: Variable) -> Variable { x.map(Square.self) }
