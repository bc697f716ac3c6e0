import LinearAlgebra

/// What a check of a function's derivatives found.
///
/// Every error is relative: `|x - y| / (1 + |y|)`, the largest where there are several elements.
public struct DerivativeCheck: Sendable, CustomStringConvertible {
  /// The gradient against central differences of the value.
  public let gradientError: Double
  /// The tangent sweep against central differences of the value.
  public let tangentError: Double
  /// The second-order sweeps against central differences of the gradient.
  public let secondOrderError: Double
  /// `⟨ū, J v⟩` against `⟨Jᵀ ū, v⟩`.
  public let adjointError: Double
  /// `aᵀ H v` against `vᵀ H a`.
  public let symmetryError: Double

  /// Whether the errors are within tolerances that suit double precision.
  ///
  /// The differences are exact to about 1e-8 (first order) and 1e-6 (second order) where the function
  /// is smooth; the two identities hold to rounding.
  public func passes(
    gradient: Double = 1e-8, secondOrder: Double = 1e-6, identities: Double = 1e-12
  ) -> Bool {
    gradientError <= gradient && tangentError <= gradient && secondOrderError <= secondOrder
      && adjointError <= identities && symmetryError <= identities
  }

  /// The five errors.
  public var description: String {
    """
    gradient \(gradientError), tangent \(tangentError), second order \(secondOrderError), \
    adjoint identity \(adjointError), symmetry \(symmetryError)
    """
  }
}

extension DifferentiableFunction {
  /// Checks the four sweeps against central differences and against each other.
  ///
  /// One direction and one seed are enough to find a wrong rule, so the cost does not grow with the
  /// number of parameters.
  ///
  /// - Parameters:
  ///   - point: where to check; away from kinks by more than `step`.
  ///   - v: the direction of the differences.
  ///   - a: a second direction, for the symmetry of the Hessian.
  ///   - seed: `ū`, of the shape of the value; all ones if nil.
  ///   - step: of the differences. For a function of degree two at most, use 1: they are exact then.
  /// - Returns: The errors.
  public func check(
    at point: [Double], direction v: [Double], other a: [Double], seed: Matrix? = nil,
    step: Double = 1e-3
  ) -> DerivativeCheck {
    let value = value(at: point)
    let u = seed ?? Matrix(rows: value.rows, columns: value.columns, repeating: 1)
    func moved(_ steps: Double) -> [Double] {
      zip(point, v).map { $0 + steps * step * $1 }
    }
    // (f(-2) - 8 f(-1) + 8 f(1) - f(2)) / 12: exact up to the fourth power of the step
    func difference(_ f: ([Double]) -> [Double]) -> [Double] {
      let (far, near) = ((f(moved(2)), f(moved(-2))), (f(moved(1)), f(moved(-1))))
      return near.0.indices.map {
        (8 * (near.0[$0] - near.1[$0]) - (far.0[$0] - far.1[$0])) / (12 * step)
      }
    }
    let gradient = vectorJacobianProduct(at: point, u)
    let tangent = jacobianVectorProduct(at: point, direction: v)
    let tangentByDifferences = difference { self.value(at: $0).elements }
    let hessianTimesV = reverseTangent(at: point, u, direction: v)
    let hessianTimesA = reverseTangent(at: point, u, direction: a)
    return DerivativeCheck(
      gradientError: Self.error([dot(gradient, v)], [dot(u.elements, tangentByDifferences)]),
      tangentError: Self.error(tangent.elements, tangentByDifferences),
      secondOrderError: Self.error(
        hessianTimesV, difference { self.vectorJacobianProduct(at: $0, u) }),
      adjointError: Self.error([dot(u.elements, tangent.elements)], [dot(gradient, v)]),
      symmetryError: Self.error([dot(a, hessianTimesV)], [dot(v, hessianTimesA)]))
  }

  private static func error(_ x: [Double], _ y: [Double]) -> Double { relativeError(x, y) }
}
