import Foundation
import MetaTape

/// A custom operation: the elementwise function `y = x / (1 + e^-x)`.
///
/// It defines the function and two derivatives; the four sweeps follow.
public enum Swish: ElementwiseFunction {
  public static func value(_ x: Double) -> Double { x * sigmoid(x) }

  public static func firstDerivative(_ x: Double, _ y: Double) -> Double {
    sigmoid(x) + y * (1 - sigmoid(x))
  }

  public static func secondDerivative(_ x: Double, _ y: Double) -> Double {
    let s = sigmoid(x)
    return s * (1 - s) * (2 + x * (1 - 2 * s))
  }

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + Foundation.exp(-x)) }
}
