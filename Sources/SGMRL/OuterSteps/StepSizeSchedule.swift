import Requirements

/// The size of an outer step, which may fall with their number.
public struct StepSizeSchedule: Equatable, Sendable {
  /// The size `β` at the start.
  public let initial: Double
  /// The steps `τ` after which the step size has halved: step `t` has `β / (1 + t/τ)`.
  ///
  /// Infinite for a constant step size. The steps of a finite one sum to infinity and their squares do
  /// not, which is what stochastic ascent along unbiased gradients needs to come to rest (Robbins and
  /// Monro, 1951); with a constant one it goes on wandering at a distance.
  public let decayTime: Double

  /// Creates a schedule.
  ///
  /// - Parameters:
  ///   - initial: the size at the start.
  ///   - decayTime: the steps `τ > 0` after which it has halved; infinite to keep it.
  public init(_ initial: Double, decayTime: Double = .infinity) {
    require(decayTime > 0, "A decay time of \(decayTime) steps; it has to be positive.")
    (self.initial, self.decayTime) = (initial, decayTime)
  }

  /// The size of the step after a number of others.
  public func size(after count: Int) -> Double { initial / (1 + Double(count) / decayTime) }

  /// The settings, for messages.
  var summary: String {
    "step size \(initial)" + (decayTime.isFinite ? ", halved after \(decayTime) steps" : "")
  }
}

extension NamedArrays {
  /// A number of steps among what a step remembers.
  ///
  /// - Throws: ``TrainingError`` if there is none.
  func stepCount() throws(TrainingError) -> Int {
    guard let count = self["step-count"]?.first.flatMap(Int.init(exactly:)), count >= 0 else {
      throw TrainingError(description: "The state of an outer step has no number of steps.")
    }
    return count
  }
}
