import LinearAlgebra
import Requirements

/// The result of checking a function's derivatives.
///
/// Every difference is judged relative to the scale of the derivative and to the error of the
/// central differences: their rounding, `|f| ε / h`, and their distance from those with half the
/// step. The check therefore finds a wrong derivative in any units of the function and its
/// parameters.
public struct DerivativeCheck: Sendable, CustomStringConvertible {
  /// One comparison.
  public struct Finding: Sendable {
    /// The difference, with the scale of the derivative and the error of the reference.
    public let difference: ScaledDifference
    /// Whether the derivative on the tape is zero up to the rounding of the function.
    public let isZero: Bool

    /// The coarsest resolution of the differences, relative to the scale, that may count as
    /// agreement.
    static let coarsest = 1e-3

    /// The difference beyond the floor, relative to the scale.
    public var error: Double { difference.relativeExcess }

    /// The verdict at a tolerance, or at the resolution of the differences where that is coarser but
    /// finer than a thousandth.
    func verdict(_ tolerance: Double) -> ScaledDifference.Verdict {
      switch difference.verdict(tolerance: tolerance) {
      case .agrees: .agrees
      case .differs: .differs
      case .notResolved:
        isZero || difference.floor <= Self.coarsest * difference.scale ? .agrees : .notResolved
      }
    }
  }

  /// The gradient against central differences of the value.
  public let gradient: Finding
  /// The tangent sweep against central differences of the value.
  public let tangent: Finding
  /// The second-order sweeps against central differences of the gradient.
  public let secondOrder: Finding
  /// `⟨ū, J v⟩` against `⟨Jᵀ ū, v⟩`.
  public let adjoint: Finding
  /// `aᵀ H v` against `vᵀ H a`.
  public let symmetry: Finding

  /// The relative error of ``gradient``.
  public var gradientError: Double { gradient.error }
  /// The relative error of ``tangent``.
  public var tangentError: Double { tangent.error }
  /// The relative error of ``secondOrder``.
  public var secondOrderError: Double { secondOrder.error }
  /// The relative error of ``adjoint``.
  public var adjointError: Double { adjoint.error }
  /// The relative error of ``symmetry``.
  public var symmetryError: Double { symmetry.error }

  /// Whether every derivative is right within tolerances that suit double precision, relative to
  /// the derivative's own scale.
  ///
  /// The differences are exact to about 1e-8 (first order) and 1e-6 (second order) where the function
  /// is smooth; the two identities hold to rounding.
  public func passes(
    gradient: Double = 1e-8, secondOrder: Double = 1e-6, identities: Double = 1e-12
  ) -> Bool {
    verdict(gradient: gradient, secondOrder: secondOrder, identities: identities) == .agrees
  }

  /// The verdict about the derivatives. It is `notResolved` if the differences are too coarse to
  /// find an error of a thousandth: the function is much larger than its changes, the step is too
  /// large, or there is a kink. Another step may help.
  public func verdict(
    gradient: Double = 1e-8, secondOrder: Double = 1e-6, identities: Double = 1e-12
  ) -> ScaledDifference.Verdict {
    let verdicts = [
      self.gradient.verdict(gradient), tangent.verdict(gradient),
      self.secondOrder.verdict(secondOrder), adjoint.verdict(identities),
      symmetry.verdict(identities),
    ]
    if verdicts.contains(.differs) { return .differs }
    return verdicts.contains(.notResolved) ? .notResolved : .agrees
  }

  /// The five errors, with the resolution of the differences if it is coarse.
  public var description: String {
    func text(_ name: String, _ finding: Finding) -> String {
      let resolution = finding.difference.floor / finding.difference.scale
      let isCoarse = !finding.isZero && !(resolution <= Finding.coarsest)
      return "\(name) \(finding.error)" + (isCoarse ? " (not resolved below \(resolution))" : "")
    }
    return [
      text("gradient", gradient), text("tangent", tangent), text("second order", secondOrder),
      text("adjoint identity", adjoint), text("symmetry", symmetry),
    ].joined(separator: ", ")
  }
}

extension DifferentiableFunction {
  /// Checks the four sweeps against central differences and against each other.
  ///
  /// One direction and one seed are enough to find a wrong rule, so the cost does not grow with the
  /// number of parameters.
  ///
  /// - Parameters:
  ///   - point: where to check; away from kinks by more than twice the step.
  ///   - v: the direction of the differences.
  ///   - a: a second direction, for the symmetry of the Hessian.
  ///   - seed: `ū`, of the shape of the value; all ones if nil.
  ///   - step: the step of the differences, in lengths of `v`; if nil, one that moves parameters by
  ///     about a thousandth of the largest, or by a thousandth if all are zero. For a function of
  ///     degree two at most, use 1: the differences are then exact.
  /// - Returns: The result of the check.
  public func check(
    at point: [Double], direction v: [Double], other a: [Double], seed: Matrix? = nil,
    step: Double? = nil
  ) -> DerivativeCheck {
    require(
      tape.precision == .double,
      "Differences need a function in double precision: check that one, and compare the other with it."
    )
    let value = value(at: point)
    let u = seed ?? Matrix(rows: value.rows, columns: value.columns, repeating: 1)
    // the length of the direction, in units of the point
    let (size, reach) = (largestMagnitude(point), largestMagnitude(v))
    let relativeReach = size > 0 ? reach / size : reach
    let step = step ?? (relativeReach > 0 ? 1e-3 / relativeReach : 1e-3)
    let gradient = vectorJacobianProduct(at: point, u)
    let tangent = jacobianVectorProduct(at: point, direction: v).elements
    let hessianTimesV = reverseTangent(at: point, u, direction: v)
    let hessianTimesA = reverseTangent(at: point, u, direction: a)
    func difference(_ f: ([Double]) -> [Double]) -> CentralDifference {
      CentralDifference(of: f, around: point, along: v, step: step)
    }
    let values = difference { self.value(at: $0).elements }
    let gradients = difference { self.vectorJacobianProduct(at: $0, u) }

    // the size that rounding of the function gives to derivatives that are zero
    let rounding = 16 * Double.ulpOfOne * relativeReach
    let weighted = rounding * products(u.elements, value.elements)
    let slope = products(u.elements, value.elements) / (size > 0 ? size : 1)
    let (along, alongTangent) = (products(gradient, v), products(u.elements, tangent))
    let curvature = max(products(a, hessianTimesV), products(v, hessianTimesA))
    return DerivativeCheck(
      gradient: DerivativeCheck.Finding(
        largestDifference([dot(gradient, v)], [dot(u.elements, values.derivative)]),
        scale: max(along, products(u.elements, values.derivative)),
        floor: products(u.elements, values.error),
        zero: weighted, size: along),
      tangent: DerivativeCheck.Finding(
        tangent, values, zero: rounding * largestMagnitude(value.elements)),
      secondOrder: DerivativeCheck.Finding(
        hessianTimesV, gradients, zero: rounding * max(largestMagnitude(gradient), slope)),
      adjoint: DerivativeCheck.Finding(
        identity: dot(u.elements, tangent), dot(gradient, v), scale: max(along, alongTangent),
        zero: weighted),
      symmetry: DerivativeCheck.Finding(
        identity: dot(a, hessianTimesV), dot(v, hessianTimesA), scale: curvature,
        zero: rounding * (products(gradient, a) + slope * largestMagnitude(a))))
  }
}

extension DerivativeCheck.Finding {
  /// A difference; a derivative counts as zero if rounding alone may explain its size.
  fileprivate init(
    _ difference: Double, scale: Double, floor: Double, zero: Double, size: Double
  ) {
    isZero = size <= zero
    self.difference = ScaledDifference(
      difference, scale: scale, floor: isZero ? max(floor, zero) : floor)
  }

  /// Derivatives against differences.
  fileprivate init(_ derivative: [Double], _ other: CentralDifference, zero: Double) {
    let size = largestMagnitude(derivative)
    self.init(
      largestDifference(derivative, other.derivative),
      scale: max(size, largestMagnitude(other.derivative)), floor: largestMagnitude(other.error),
      zero: zero, size: size)
  }

  /// Two numbers that are the same in exact arithmetic.
  fileprivate init(identity x: Double, _ y: Double, scale: Double, zero: Double) {
    self.init(largestDifference([x], [y]), scale: scale, floor: 0, zero: zero, size: scale)
  }
}

/// `Σ |x_i y_i|`, infinite if it is not a number.
private func products(_ x: [Double], _ y: [Double]) -> Double {
  let sum = zip(x, y).reduce(0) { $0 + ($1.0 * $1.1).magnitude }
  return sum.isNaN ? .infinity : sum
}

/// Central differences along a direction, exact up to the fourth power of the step, with their error.
private struct CentralDifference {
  let derivative: [Double]
  /// The rounding of the differences, and their distance from those with half the step.
  let error: [Double]

  init(
    of f: ([Double]) -> [Double], around point: [Double], along v: [Double], step: Double
  ) {
    func pair(_ steps: Double) -> (ahead: [Double], behind: [Double]) {
      let moved = [steps, -steps].map { steps in f(zip(point, v).map { $0 + steps * step * $1 }) }
      return (moved[0], moved[1])
    }
    let (far, near, half) = (pair(2), pair(1), pair(0.5))
    var (derivative, error) = ([Double](), [Double]())
    for i in near.ahead.indices {
      // (f(-2) - 8 f(-1) + 8 f(1) - f(2)) / 12
      let (outer, middle, inner) = (
        far.ahead[i] - far.behind[i], near.ahead[i] - near.behind[i], half.ahead[i] - half.behind[i]
      )
      let coarse = (8 * middle - outer) / (12 * step)
      let fine = (8 * inner - middle) / (6 * step)
      let size = max(near.ahead[i].magnitude, near.behind[i].magnitude, far.ahead[i].magnitude)
      derivative.append(coarse)
      // the coarse ones are 16/15 of the distance from exact ones, so twice it is enough
      error.append(2 * (fine - coarse).magnitude + 2 * Double.ulpOfOne * size / step)
    }
    (self.derivative, self.error) = (derivative, error)
  }
}
