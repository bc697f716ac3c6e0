/// The square root `y = √x`.
///
/// Derivatives: `f′ = 1/(2y)`, `f″ = -1/(4y³)`. Not differentiable at zero, where `f′` is infinite.
public enum SquareRoot: ElementwiseFunction {
  /// The value.
  @inlinable
  public static func value(_ x: Double) -> Double { x.squareRoot() }
  /// `f′`
  @inlinable
  public static func firstDerivative(_ x: Double, _ y: Double) -> Double { 0.5 / y }
  /// `f″`
  @inlinable
  public static func secondDerivative(_ x: Double, _ y: Double) -> Double { -0.25 / (y * y * y) }
}

/// The square root.
public func sqrt(_ x: Variable) -> Variable { x.map(SquareRoot.self) }
