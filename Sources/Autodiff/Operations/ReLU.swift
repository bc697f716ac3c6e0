/// The rectifier `y = max(z, 0)`.
///
/// Derivatives: `f′ = 0` where `z ≤ 0`, also at the kink, and 1 elsewhere; `f″ = 0`. NaN
/// propagates.
public enum ReLU: Activation {
  /// The value.
  @inlinable
  public static func value<S: TapeScalar>(_ z: S) -> S { z < 0 ? 0 : z }
  /// `f′`
  @inlinable
  public static func derivative<S: TapeScalar>(atOutput y: S) -> S { y <= 0 ? 0 : 1 }
  /// `f″ / f′`
  @inlinable
  public static func curvature<S: TapeScalar>(atOutput y: S) -> S { 0 }
  /// True.
  public static var isPiecewiseLinear: Bool { true }
}

/// The rectifier `y = max(z, 0)`.
public func relu(_ x: Variable) -> Variable { x.map(ReLU.self) }
