/// Where following an estimator's exact mean ends: the point that training with it can at best
/// find.
///
/// With a bias the end is no stationary point of `V_ζ`; the norm of `∇V_ζ` there is the floor that
/// no batch size and no step size gets below.
public struct MeanFieldEnd: Sendable {
  /// The estimator.
  public let estimator: Estimator
  /// The parameters.
  public let parameters: [Double]
  /// `V_ζ` there.
  public let objective: Double
  /// `‖∇V_ζ‖` there: the floor.
  public let gradientNorm: Double
  /// The norm of the estimator's mean there; the smaller, the closer to its end.
  public let residual: Double
  /// The number of steps taken.
  public let iterations: Int
  /// Whether the residual is within the tolerance.
  public let hasConverged: Bool
  /// The range of the discounted return, which is the unit of objective and gradients.
  public let returnRange: Double

  /// Whether `∇V_ζ` vanishes there, up to a millionth of the range of the return.
  public var isStationary: Bool { gradientNorm <= 1e-6 * returnRange }
}

extension MetaObjective {
  /// Follows an estimator's exact mean uphill until it vanishes.
  ///
  /// The step size is that of Barzilai and Borwein, `‖Δθ‖² / (-Δθᵀ Δm)`, at most twice the last one;
  /// where the mean grows along the step, twice the last one. No step is longer than 1/2, so that
  /// the path stays near that of small steps. Step sizes and the tolerance are in units of the
  /// return's range: rewards in other units, with the inner step size in theirs, have the same path.
  ///
  /// - Parameters:
  ///   - estimator: the estimator.
  ///   - parameters: where to start.
  ///   - tolerance: the norm of the mean at which to stop, as a part of the range of the return.
  ///   - limit: the greatest number of steps.
  /// - Returns: The end, or what was reached within the limit.
  /// - Throws: ``CertificateError`` if a result is not finite.
  /// - Source: Barzilai and Borwein (1988), "Two-point step size gradient methods".
  public func meanFieldEnd(
    of estimator: Estimator, from parameters: [Double], tolerance: Double = 1e-9,
    limit: Int = 1000
  ) async throws(CertificateError) -> MeanFieldEnd {
    var current = parameters
    var value = try await value(at: current, means: [estimator])
    let range = returnRange
    var stepSize = range > 0 ? 1 / range : 1
    var iterations = 0
    while norm(value.means[0]) > tolerance * range, iterations < limit {
      let taken = min(stepSize, 0.5 / norm(value.means[0]))
      var next = current
      add(taken, value.means[0], to: &next)
      let moved = try await self.value(at: next, means: [estimator])
      let change = zip(next, current).map { $0 - $1 }
      let bend = zip(moved.means[0], value.means[0]).map { $0 - $1 }
      let curvature = -dot(change, bend)
      stepSize =
        curvature > 0 ? min(dot(change, change) / curvature, 2 * taken) : 2 * taken
      (current, value) = (next, moved)
      iterations += 1
    }
    let residual = norm(value.means[0])
    return MeanFieldEnd(
      estimator: estimator, parameters: current, objective: value.objective,
      gradientNorm: norm(value.gradient), residual: residual, iterations: iterations,
      hasConverged: residual <= tolerance * range, returnRange: range)
  }

  /// The largest difference of two discounted returns of a task.
  var returnRange: Double {
    tasks.reduce(0) { max($0, 2 * Walker(problem, $1).exact.range) }
  }
}
