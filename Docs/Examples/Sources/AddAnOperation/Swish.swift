import MetaTape

/// A custom operation: the elementwise function `y = x / (1 + e^-x)`.
///
/// It defines the function and two derivatives; the four sweeps follow.
public enum Swish: ElementwiseFunction {
  public static func value<S: TapeScalar>(_ x: S) -> S { x * sigmoid(x) }

  public static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S {
    sigmoid(x) + y * (1 - sigmoid(x))
  }

  public static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S {
    let s = sigmoid(x)
    return s * (1 - s) * (2 + x * (1 - 2 * s))
  }

  private static func sigmoid<S: TapeScalar>(_ x: S) -> S { 1 / (1 + S.exp(-x)) }
}
