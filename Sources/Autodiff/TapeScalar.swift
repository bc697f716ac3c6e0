import CLibrary
import LinearAlgebra

/// A number on a tape: `Double` or `Float`.
///
/// The rules of an operation are written once, for any `TapeScalar`; the compiler makes both versions
/// of them. Elementary functions are members: `S.exp(x)`. Numbers of other types are converted by
/// `S(x)`, and back to `Double` by `inDouble`.
public protocol TapeScalar: MatrixScalar {
  /// The largest `x` for which both `e^x` and `e^-x` have all their digits, as a whole number.
  static var largestExponent: Self { get }

  /// `e^x`
  static func exp(_ x: Self) -> Self
  /// `e^x - 1`, accurate near zero.
  static func expMinusOne(_ x: Self) -> Self
  /// The natural logarithm.
  static func log(_ x: Self) -> Self
  /// `log(1 + x)` for `x >= 0`, accurate near zero.
  static func log(onePlus x: Self) -> Self
  /// The hyperbolic tangent.
  static func tanh(_ x: Self) -> Self
  /// `1 / (1 + e^-x)`
  static func logistic(_ x: Self) -> Self
  /// The sine.
  static func sin(_ x: Self) -> Self
  /// The cosine.
  static func cos(_ x: Self) -> Self
  /// `x^p`
  static func pow(_ x: Self, _ p: Self) -> Self

  /// ``Activation/apply(_:count:)-(UnsafeMutablePointer<Double>,_)``
  static func apply(
    _ activation: any Activation.Type, _ z: UnsafeMutablePointer<Self>, count: Int)
  /// The loop of an activation's first derivative.
  static func scale(
    _ activation: any Activation.Type, _ target: UnsafeMutablePointer<Self>,
    _ source: UnsafePointer<Self>, byDerivativeAt y: UnsafePointer<Self>, count: Int)
  /// The loop of an activation's second derivative.
  static func scale(
    _ activation: any Activation.Type, adjointTangent dybar: UnsafeMutablePointer<Self>,
    inputTangent dz: UnsafePointer<Self>, inputAdjoint zbar: UnsafePointer<Self>,
    at y: UnsafePointer<Self>, count: Int)
}

extension Double: TapeScalar {
  /// 700
  public static var largestExponent: Double { 700 }

  /// `e^x`
  public static func exp(_ x: Double) -> Double { exponential(x) }
  /// `e^x - 1`, accurate near zero.
  public static func expMinusOne(_ x: Double) -> Double { exponentialMinusOne(x) }
  /// The natural logarithm.
  public static func log(_ x: Double) -> Double { naturalLogarithm(x) }
  /// `log(1 + x)` for `x >= 0`, accurate near zero.
  public static func log(onePlus x: Double) -> Double { logarithmOfOnePlus(x) }
  /// The hyperbolic tangent.
  public static func tanh(_ x: Double) -> Double { hyperbolicTangent(x) }
  /// `1 / (1 + e^-x)`
  public static func logistic(_ x: Double) -> Double { LinearAlgebra.logistic(x) }
  /// The sine.
  public static func sin(_ x: Double) -> Double { sineAndCosine(x).sine }
  /// The cosine.
  public static func cos(_ x: Double) -> Double { sineAndCosine(x).cosine }
  /// `x^p`
  public static func pow(_ x: Double, _ p: Double) -> Double { CLibrary.pow(x, p) }

  /// The loop of an activation.
  public static func apply(
    _ activation: any Activation.Type, _ z: UnsafeMutablePointer<Double>, count: Int
  ) { activation.apply(z, count: count) }

  /// The loop of an activation's first derivative.
  public static func scale(
    _ activation: any Activation.Type, _ target: UnsafeMutablePointer<Double>,
    _ source: UnsafePointer<Double>, byDerivativeAt y: UnsafePointer<Double>, count: Int
  ) { activation.scale(target, source, byDerivativeAt: y, count: count) }

  /// The loop of an activation's second derivative.
  public static func scale(
    _ activation: any Activation.Type, adjointTangent dybar: UnsafeMutablePointer<Double>,
    inputTangent dz: UnsafePointer<Double>, inputAdjoint zbar: UnsafePointer<Double>,
    at y: UnsafePointer<Double>, count: Int
  ) {
    activation.scale(
      adjointTangent: dybar, inputTangent: dz, inputAdjoint: zbar, at: y, count: count)
  }
}

extension Float: TapeScalar {
  /// 80
  public static var largestExponent: Float { 80 }

  /// `e^x`
  public static func exp(_ x: Float) -> Float { exponential(x) }
  /// `e^x - 1`, accurate near zero.
  public static func expMinusOne(_ x: Float) -> Float { exponentialMinusOne(x) }
  /// The natural logarithm.
  public static func log(_ x: Float) -> Float { naturalLogarithm(x) }
  /// `log(1 + x)` for `x >= 0`, accurate near zero.
  public static func log(onePlus x: Float) -> Float { logarithmOfOnePlus(x) }
  /// The hyperbolic tangent.
  public static func tanh(_ x: Float) -> Float { hyperbolicTangent(x) }
  /// `1 / (1 + e^-x)`
  public static func logistic(_ x: Float) -> Float { LinearAlgebra.logistic(x) }
  /// The sine.
  public static func sin(_ x: Float) -> Float { sineAndCosine(x).sine }
  /// The cosine.
  public static func cos(_ x: Float) -> Float { sineAndCosine(x).cosine }
  /// `x^p`
  public static func pow(_ x: Float, _ p: Float) -> Float {
    Float(CLibrary.pow(Double(x), Double(p)))
  }

  /// The loop of an activation.
  public static func apply(
    _ activation: any Activation.Type, _ z: UnsafeMutablePointer<Float>, count: Int
  ) { activation.apply(z, count: count) }

  /// The loop of an activation's first derivative.
  public static func scale(
    _ activation: any Activation.Type, _ target: UnsafeMutablePointer<Float>,
    _ source: UnsafePointer<Float>, byDerivativeAt y: UnsafePointer<Float>, count: Int
  ) { activation.scale(target, source, byDerivativeAt: y, count: count) }

  /// The loop of an activation's second derivative.
  public static func scale(
    _ activation: any Activation.Type, adjointTangent dybar: UnsafeMutablePointer<Float>,
    inputTangent dz: UnsafePointer<Float>, inputAdjoint zbar: UnsafePointer<Float>,
    at y: UnsafePointer<Float>, count: Int
  ) {
    activation.scale(
      adjointTangent: dybar, inputTangent: dz, inputAdjoint: zbar, at: y, count: count)
  }
}
