/// The square root `y = √x`.
///
/// Derivatives: `f′ = 1/(2y)`, `f″ = -f′/(2x)`; at either zero they are ∞ and -∞. Negative numbers
/// give NaN, also in the derivatives.
public enum SquareRoot: ElementwiseFunction {
  /// The value.
  @inlinable
  public static func value<S: TapeScalar>(_ x: S) -> S { x.squareRoot() }
  /// `f′`
  @inlinable
  public static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { 0.5 / y.magnitude }
  /// `f″`
  @inlinable
  public static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S {
    -(0.25 / y.magnitude / x.magnitude)
  }
}

/// The square root.
public func sqrt(_ x: Variable) -> Variable { x.map(SquareRoot.self) }
