/// The square `y = x²`.
///
/// Derivatives: `f′ = 2x`, `f″ = 2`.
public enum Square: ElementwiseFunction {
  /// The value.
  @inlinable
  public static func value<S: TapeScalar>(_ x: S) -> S { x * x }
  /// `f′`
  @inlinable
  public static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 2 * x }
  /// `f″`
  @inlinable
  public static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 2 }
}

/// The square.
public func square(_ x: Variable) -> Variable { x.map(Square.self) }
