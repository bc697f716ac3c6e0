import LinearAlgebra

/// The function `y = log(1 + e^z)`.
///
/// Derivatives: `f′ = 1 - e^-y`, `f″/f′ = e^-y`.
public enum Softplus: Activation {
  /// The value.
  @inline(__always)
  public static func value(_ z: Double) -> Double { LinearAlgebra.softplus(z) }
  /// `f′`
  @inline(__always)
  public static func derivative(atOutput y: Double) -> Double { -exponentialMinusOne(-y) }
  /// `f″ / f′`
  @inline(__always)
  public static func curvature(atOutput y: Double) -> Double { exponential(-y) }
}

/// The function `y = log(1 + e^z)`.
public func softplus(_ x: Variable) -> Variable { x.map(Softplus.self) }
