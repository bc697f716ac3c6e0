import LinearAlgebra
import Requirements

/// The constants of the paper's assumptions 2 and 3, for every state, action and `θ`.
public struct PolicyBounds: Equatable, Sendable {
  /// `G`: `‖∇ log π(a | s; θ)‖ ≤ G`
  public let score: Double
  /// `L`: `‖∇² log π(a | s; θ)‖ ≤ L`
  public let hessian: Double
  /// `ρ`: `‖∇² log π(a | s; θ) - ∇² log π(a | s; θ')‖ ≤ ρ ‖θ - θ'‖`
  public let hessianLipschitz: Double

  /// Creates constants.
  ///
  /// - Precondition: none is negative.
  public init(score: Double, hessian: Double, hessianLipschitz: Double) {
    require(
      score >= 0 && hessian >= 0 && hessianLipschitz >= 0,
      "Bounds of norms are at least 0, not \(score), \(hessian), \(hessianLipschitz).")
    (self.score, self.hessian, self.hessianLipschitz) = (score, hessian, hessianLipschitz)
  }

  /// A softmax whose logits are `φ(a, s)ᵀ θ`: `G = D`, `L = D²/4`, `ρ = D³/(6√3)`.
  ///
  /// The score is a mean of differences of features. The Hessian is minus their covariance, the
  /// third derivative minus their third central moment; along a unit vector the features lie in an
  /// interval of length `D`, where a variance is at most `D²/4` and a third central moment at most
  /// `D³ max p (1 - p) (1 - 2p) = D³/(6√3)`. A symmetric form takes its norm on the diagonal.
  ///
  /// - Parameter featureDiameter: `D = max ‖φ(a, s) - φ(a', s)‖` over states and pairs of actions.
  public init(softmaxFeatureDiameter featureDiameter: Double) {
    let d = featureDiameter
    self.init(score: d, hessian: d * d / 4, hessianLipschitz: d * d * d / (6 * 3.0.squareRoot()))
  }
}

/// A policy that knows the constants of assumptions 2 and 3, or knows that it has none.
///
/// <!-- snippet: Docs/Examples/Sources/Snippets/Reference.swift#bounds -->
/// ```swift
/// extension MyPolicy: BoundedPolicy {
///   func bounds(over observations: Matrix) -> Coverage<PolicyBounds> {
///     .covered(PolicyBounds(score: 1, hessian: 0.25, hessianLipschitz: 0.1))
///   }
/// }
/// ```
public protocol BoundedPolicy: Policy {
  /// The constants, for all parameters and the given observations.
  ///
  /// - Parameter observations: what the policy sees of each state, `[states, observationSize]`.
  /// - Returns: The constants, or why there are none.
  func bounds(over observations: Matrix) -> Coverage<PolicyBounds>
}

extension Policy {
  /// The constants of assumptions 2 and 3 if the policy states them.
  ///
  /// - Parameter observations: what the policy sees of each state, `[states, observationSize]`; nil
  ///   where the states cannot be listed.
  /// - Returns: The constants, or why there are none.
  public func statedBounds(over observations: Matrix?) -> Coverage<PolicyBounds> {
    guard let policy = self as? any BoundedPolicy else {
      return .notCovered([
        "\(type(of: self)) states no constants for assumptions 2 and 3; conform it to BoundedPolicy."
      ])
    }
    // without states the answer can only be no: nothing bounds the features
    let none = Matrix(rows: 0, columns: observationSize)
    let coverage = policy.bounds(over: observations ?? none)
    if observations == nil, coverage.value != nil {
      return .notCovered([
        "The observations cannot be listed, so nothing bounds what the policy sees of a state."
      ])
    }
    return coverage
  }
}
