/// An elementwise function whose derivatives follow from its value: it can be fused with an affine
/// map and needs no memory of its own.
///
/// With `y = f(z)`, it defines `f′` and the ratio `f″ / f′` as functions of `y`. The remaining
/// requirements are loops with default implementations. They are requirements so that the compiler
/// specialises them for each function.
public protocol Activation: ElementwiseFunction {
  /// The first derivative where the value is `y`.
  static func derivative<S: TapeScalar>(atOutput y: S) -> S
  /// The ratio `f″ / f′` where the value is `y`.
  static func curvature<S: TapeScalar>(atOutput y: S) -> S
  /// Whether the second derivative is zero wherever it exists.
  static var isPiecewiseLinear: Bool { get }

  /// `z ← f(z)`.
  static func apply(_ z: UnsafeMutablePointer<Double>, count: Int)
  /// `target ← f′ source`, where `y` is the value; target and source may be the same.
  static func scale(
    _ target: UnsafeMutablePointer<Double>, _ source: UnsafePointer<Double>,
    byDerivativeAt y: UnsafePointer<Double>, count: Int)
  /// `dybar ← f′ dybar + (f″ / f′) ż z̄`.
  static func scale(
    adjointTangent dybar: UnsafeMutablePointer<Double>, inputTangent dz: UnsafePointer<Double>,
    inputAdjoint zbar: UnsafePointer<Double>, at y: UnsafePointer<Double>, count: Int)

  /// `z ← f(z)`, in single precision.
  static func apply(_ z: UnsafeMutablePointer<Float>, count: Int)
  /// `target ← f′ source`, where `y` is the value; target and source may be the
  /// same; in single precision.
  static func scale(
    _ target: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>,
    byDerivativeAt y: UnsafePointer<Float>, count: Int)
  /// `dybar ← f′ dybar + (f″ / f′) ż z̄`, in single precision.
  static func scale(
    adjointTangent dybar: UnsafeMutablePointer<Float>, inputTangent dz: UnsafePointer<Float>,
    inputAdjoint zbar: UnsafePointer<Float>, at y: UnsafePointer<Float>, count: Int)
}

extension Activation {
  /// Follows from the value.
  @inlinable
  public static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { derivative(atOutput: y) }

  /// Follows from the value.
  @inlinable
  public static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S {
    derivative(atOutput: y) * curvature(atOutput: y)
  }

  /// False by default.
  public static var isPiecewiseLinear: Bool { false }

  /// A loop over the elements.
  @inlinable
  public static func apply<S: TapeScalar>(_ z: UnsafeMutablePointer<S>, count: Int) {
    for i in 0..<count { z[i] = value(z[i]) }
  }

  /// A loop over the elements.
  @inlinable
  public static func scale<S: TapeScalar>(
    _ target: UnsafeMutablePointer<S>, _ source: UnsafePointer<S>,
    byDerivativeAt y: UnsafePointer<S>, count: Int
  ) {
    if UnsafePointer(target) == source {
      // with one pointer the compiler sees that nothing overlaps, and uses vectors
      for i in 0..<count { target[i] = derivative(atOutput: y[i]) * target[i] }
    } else {
      for i in 0..<count { target[i] = derivative(atOutput: y[i]) * source[i] }
    }
  }

  /// A loop over the elements.
  @inlinable
  public static func scale<S: TapeScalar>(
    adjointTangent dybar: UnsafeMutablePointer<S>, inputTangent dz: UnsafePointer<S>,
    inputAdjoint zbar: UnsafePointer<S>, at y: UnsafePointer<S>, count: Int
  ) {
    if isPiecewiseLinear {
      for i in 0..<count { dybar[i] = derivative(atOutput: y[i]) * dybar[i] }
    } else {
      for i in 0..<count {
        dybar[i] =
          derivative(atOutput: y[i]) * dybar[i] + curvature(atOutput: y[i]) * dz[i] * zbar[i]
      }
    }
  }
}
