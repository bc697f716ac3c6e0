/// The absolute value `y = |x|`.
///
/// Derivatives: `f′ = sign x`, 0 at zero, where `y` has its minimum; `f″ = 0`. NaN propagates, also
/// in `f′`.
public enum AbsoluteValue: ElementwiseFunction {
  /// The value.
  @inlinable
  public static func value<S: TapeScalar>(_ x: S) -> S { x.magnitude }
  /// `f′`
  @inlinable
  public static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S {
    x > 0 ? 1 : (x < 0 ? -1 : (x == 0 ? 0 : x))
  }
  /// `f″`
  @inlinable
  public static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 0 }
}

/// The absolute value.
public func abs(_ x: Variable) -> Variable { x.map(AbsoluteValue.self) }
