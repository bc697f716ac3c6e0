import LinearAlgebra
import Requirements

/// How the outer step follows the meta-gradient; always uphill.
public struct Optimizer: Equatable, Sendable {
  /// The kind of step.
  public enum Method: String, CaseIterable, Sendable {
    /// Plain gradient ascent, `θ + β g` (the paper's algorithm 1).
    case gradientAscent = "gradient-ascent"
    /// Adam, with decays 0.9 and 0.999 (the published code).
    case adam
  }

  /// The kind of step.
  public let method: Method
  /// The outer step size `β` at the start.
  public let stepSize: Double
  /// The steps `τ` after which the step size has halved: step `t` has `β / (1 + t/τ)`.
  ///
  /// Infinite for a constant step size. The steps of a finite one sum to infinity and their squares do
  /// not, which is what stochastic ascent along unbiased gradients needs to come to rest (Robbins and
  /// Monro, 1951); with a constant one it goes on wandering at a distance.
  public let decayTime: Double
  /// Gradient clipping, for Adam: how many times the root mean square norm of the gradients before it,
  /// clipped themselves, a gradient may have; longer ones are scaled down to that. Infinite for never.
  ///
  /// Meta-gradients have heavy tails. One that is much longer than all before moves the parameters by about
  /// `√t` steps in epoch `t`, up to thirty, and shortens the steps after it in the same measure. The
  /// first gradient has none before it and is never clipped.
  ///
  /// - Source: Zhang et al. (2020), "Why are adaptive methods good for attention models?", for why
  ///   heavy tails need clipping; the scale here is Adam's own second moment.
  public let clipping: Double
  /// Adam's running mean of the gradient.
  public private(set) var firstMoment: [Double] = []
  /// Adam's running mean of the gradient's squares.
  public private(set) var secondMoment: [Double] = []
  /// The number of steps taken.
  public private(set) var stepCount = 0

  /// Creates an optimizer that has taken no step.
  ///
  /// - Parameters:
  ///   - method: the kind of step.
  ///   - stepSize: the outer step size `β` at the start.
  ///   - decayTime: the steps `τ > 0` after which it has halved; infinite to keep it.
  ///   - clipping: how many times the earlier ones' root mean square norm a gradient may have, above 1;
  ///     infinite for any.
  public init(
    _ method: Method, stepSize: Double, decayTime: Double = .infinity, clipping: Double = .infinity
  ) {
    require(decayTime > 0, "A decay time of \(decayTime) steps; it has to be positive.")
    require(
      clipping > 1 && (method == .adam || clipping == .infinity),
      "Gradients clipped at \(clipping) times the earlier ones by \(method.rawValue): use a number above 1 and Adam, or infinity."
    )
    self.method = method
    self.stepSize = stepSize
    self.decayTime = decayTime
    self.clipping = clipping
  }

  /// Creates an optimizer that has taken steps, from what another one kept.
  ///
  /// - Parameters:
  ///   - method: the kind of step.
  ///   - stepSize: the outer step size `β` at the start.
  ///   - decayTime: the steps `τ > 0` after which it has halved; infinite to keep it.
  ///   - clipping: how many times the earlier ones' root mean square norm a gradient may have, above 1;
  ///     infinite for any.
  ///   - stepCount: the number of steps taken.
  ///   - firstMoment: Adam's running mean of the gradient; empty before the first step.
  ///   - secondMoment: that of its squares.
  public init(
    _ method: Method, stepSize: Double, decayTime: Double = .infinity,
    clipping: Double = .infinity, stepCount: Int, firstMoment: [Double], secondMoment: [Double]
  ) {
    require(
      stepCount >= 0 && firstMoment.count == secondMoment.count,
      "\(stepCount) steps with moments of \(firstMoment.count) and \(secondMoment.count) elements.")
    self.init(method, stepSize: stepSize, decayTime: decayTime, clipping: clipping)
    self.stepCount = stepCount
    self.firstMoment = firstMoment
    self.secondMoment = secondMoment
  }

  /// The same after some steps.
  package func taken(
    stepCount: Int, firstMoment: [Double], secondMoment: [Double]
  ) -> Optimizer {
    Optimizer(
      method, stepSize: stepSize, decayTime: decayTime, clipping: clipping, stepCount: stepCount,
      firstMoment: firstMoment, secondMoment: secondMoment)
  }

  /// Moves parameters along a gradient.
  ///
  /// - Source: Kingma and Ba (2015), "Adam: a method for stochastic optimization", algorithm 1.
  public mutating func step(_ parameters: inout [Double], along gradient: [Double]) {
    require(
      parameters.count == gradient.count,
      "\(parameters.count) parameters, but a gradient of \(gradient.count) elements.")
    let stepSize = stepSize / (1 + Double(stepCount) / decayTime)
    stepCount += 1
    switch method {
    case .gradientAscent: add(stepSize, gradient, to: &parameters)
    case .adam:
      if firstMoment.isEmpty {
        firstMoment = [Double](repeating: 0, count: gradient.count)
        secondMoment = firstMoment
      }
      let (decay1, decay2) = (Self.decay1, Self.decay2)
      let clippingFactor = clippingFactor(gradient)
      let correction1 = 1 - power(decay1, stepCount)
      let correction2 = 1 - power(decay2, stepCount)
      for i in gradient.indices {
        let component = clippingFactor * gradient[i]
        firstMoment[i] = decay1 * firstMoment[i] + (1 - decay1) * component
        secondMoment[i] = decay2 * secondMoment[i] + (1 - decay2) * component * component
        let scale = (secondMoment[i] / correction2).squareRoot() + 1e-8
        parameters[i] += stepSize * (firstMoment[i] / correction1) / scale
      }
    }
  }

  private static let (decay1, decay2) = (0.9, 0.999)

  /// What a gradient is multiplied by to be no longer than it may be.
  private func clippingFactor(_ gradient: [Double]) -> Double {
    // the step that is being taken has been counted
    guard clipping.isFinite, stepCount > 1 else { return 1 }
    let meanSquare = secondMoment.reduce(0, +) / (1 - power(Self.decay2, stepCount - 1))
    let (length, limit) = (norm(gradient), clipping * meanSquare.squareRoot())
    return limit > 0 && length > limit ? limit / length : 1
  }

  /// Whether it would take the same steps as another one that has come as far.
  func hasSettings(of other: Optimizer) -> Bool {
    method == other.method && stepSize == other.stepSize && decayTime == other.decayTime
      && clipping == other.clipping
  }

  /// The settings, for messages.
  var settings: String {
    let decay = decayTime.isFinite ? ", halved after \(decayTime) steps" : ""
    let limit = clipping.isFinite ? ", clipped at \(clipping) times the earlier gradients" : ""
    return "\(method.rawValue) with step size \(stepSize)\(decay)\(limit)"
  }

  /// A power with a whole exponent, by squaring.
  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}
