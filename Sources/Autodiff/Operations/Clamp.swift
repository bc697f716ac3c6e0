import Requirements

/// Clamps every element to an interval, `y = min(max(x, low), high)`.
///
/// - Tangent: `ẏ = [low < x < high] ẋ`
/// - Reverse: `x̄ += [low < x < high] ȳ`
/// - Tangent of reverse: `x̄˙ += [low < x < high] ȳ˙`
///
/// At a bound the derivative is 0; an infinite bound does not count. NaN propagates and counts as
/// inside.
public enum Clamp: TapeOperation {
  /// `y = min(max(x, low), high)`
  public static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {
    let (bounds, x, y) = (rule.scalars, rule.input(0).pointer, rule.output)
    for i in 0..<y.count {
      y.pointer[i] = x[i] < bounds[0] ? bounds[0] : (x[i] > bounds[1] ? bounds[1] : x[i])
    }
  }

  /// `ẏ = [low < x < high] ẋ`
  public static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    guard let dx = rule.inputTangent(0)?.pointer else { return }
    let (bounds, x, dy) = (rule.scalars, rule.input(0).pointer, rule.outputTangent)
    for i in 0..<dy.count { dy.pointer[i] = isInside(x[i], bounds) ? dx[i] : 0 }
  }

  /// `x̄ += [low < x < high] ȳ`
  public static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {
    if let target = rule.adjoint(0) { add(rule.outputAdjoint.pointer, to: target, rule) }
  }

  /// `x̄˙ += [low < x < high] ȳ˙`
  public static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {
    if let target = rule.adjointTangent(0) {
      add(rule.outputAdjointTangent.pointer, to: target, rule)
    }
  }

  private static func add<S: TapeScalar>(
    _ ybar: UnsafeMutablePointer<S>, to target: Accumulator<S>, _ rule: RuleContext<S>
  ) {
    let (bounds, x, xbar) = (rule.scalars, rule.input(0).pointer, target.cleared())
    for i in 0..<xbar.count { xbar.pointer[i] += isInside(x[i], bounds) ? ybar[i] : 0 }
  }

  private static func isInside<S: TapeScalar>(_ x: S, _ bounds: SIMD2<S>) -> Bool {
    // an infinite bound bounds nothing
    !(x <= bounds[0] && bounds[0] != -.infinity || x >= bounds[1] && bounds[1] != .infinity)
  }
}

extension Variable {
  /// Clamps every element to an interval; either bound may be infinite.
  public func clamped(from low: Double = -.infinity, to high: Double = .infinity) -> Variable {
    require(low <= high, "Clamp: the bounds \(low) and \(high) are in the wrong order.")
    return tape.record(
      Clamp.self, self, rows: rows, columns: columns,
      attributes: Attributes(scalars: SIMD2(low, high)))
  }
}
