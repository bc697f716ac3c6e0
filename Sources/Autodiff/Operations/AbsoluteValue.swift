/// The absolute value `y = |x|`.
///
/// Derivatives: `f′ = sign x`, 0 at zero, where `y` has its minimum; `f″ = 0`. NaN propagates, also
/// in `f′`.
public enum AbsoluteValue: ElementwiseFunction {
  /// The value.
  @inlinable
  public static func value(_ x: Double) -> Double { x.magnitude }
  /// `f′`
  @inlinable
  public static func firstDerivative(_ x: Double, _ y: Double) -> Double {
    x > 0 ? 1 : (x < 0 ? -1 : (x == 0 ? 0 : x))
  }
  /// `f″`
  @inlinable
  public static func secondDerivative(_ x: Double, _ y: Double) -> Double { 0 }
}

/// The absolute value.
public func abs(_ x: Variable) -> Variable { x.map(AbsoluteValue.self) }
