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

  /// `z ← max(z, 0)`, from a copy of a part at a time.
  ///
  /// In place, the compiler leaves out the stores of numbers that stay what they are, and uses branches
  /// instead of vectors. A part is small enough for the stack.
  @inlinable
  public static func apply<S: TapeScalar>(_ z: UnsafeMutablePointer<S>, count: Int) {
    let size = 1024 / MemoryLayout<S>.stride
    withUnsafeTemporaryAllocation(of: S.self, capacity: size) { buffer in
      guard let part = buffer.baseAddress else { return }
      for offset in stride(from: 0, to: count, by: size) {
        let (target, length) = (z + offset, min(size, count - offset))
        part.update(from: target, count: length)
        for i in 0..<length { target[i] = value(part[i]) }
      }
    }
  }
}

/// The rectifier `y = max(z, 0)`.
public func relu(_ x: Variable) -> Variable { x.map(ReLU.self) }
