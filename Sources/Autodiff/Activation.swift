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
    inParts(of: z, count: count) { part, offset, length in
      let target = z + offset
      for i in 0..<length { target[i] = value(part[i]) }
    }
  }

  /// A loop over the elements.
  @inlinable
  public static func scale<S: TapeScalar>(
    _ target: UnsafeMutablePointer<S>, _ source: UnsafePointer<S>,
    byDerivativeAt y: UnsafePointer<S>, count: Int
  ) {
    inParts(of: source, count: count) { part, offset, length in
      let (target, y) = (target + offset, y + offset)
      for i in 0..<length { target[i] = derivative(atOutput: y[i]) * part[i] }
    }
  }

  /// A loop over the elements.
  @inlinable
  public static func scale<S: TapeScalar>(
    adjointTangent dybar: UnsafeMutablePointer<S>, inputTangent dz: UnsafePointer<S>,
    inputAdjoint zbar: UnsafePointer<S>, at y: UnsafePointer<S>, count: Int
  ) {
    inParts(of: dybar, count: count) { part, offset, length in
      let (target, y) = (dybar + offset, y + offset)
      if isPiecewiseLinear {
        for i in 0..<length { target[i] = derivative(atOutput: y[i]) * part[i] }
      } else {
        let (dz, zbar) = (dz + offset, zbar + offset)
        for i in 0..<length {
          target[i] =
            derivative(atOutput: y[i]) * part[i] + curvature(atOutput: y[i]) * dz[i] * zbar[i]
        }
      }
    }
  }

  /// Copies numbers part by part, for loops that write where they read.
  ///
  /// In place, the compiler leaves out stores that change nothing and uses branches instead of vectors.
  /// A part is on the stack.
  @inlinable @inline(__always)
  static func inParts<S: TapeScalar>(
    of source: UnsafePointer<S>, count: Int,
    _ body: (_ part: UnsafePointer<S>, _ offset: Int, _ length: Int) -> Void
  ) {
    let size = 1024 / MemoryLayout<S>.stride
    withUnsafeTemporaryAllocation(of: S.self, capacity: size) { buffer in
      guard let part = buffer.baseAddress else { return }
      var offset = 0
      while offset < count {
        let length = min(size, count - offset)
        part.update(from: source + offset, count: length)
        body(UnsafePointer(part), offset, length)
        offset += length
      }
    }
  }
}
