import CLibrary
import Rollouts

/// Watches training for policies that no longer learn.
///
/// It is fed once an epoch with numbers that are known anyway. What may pass is a finding; what cannot
/// is divergence: if the meta-gradient is exactly zero and no want of rewards explains it, no sample's
/// log-probability depends on the parameters any more, and if the step then leaves all of them as they
/// were, every later epoch is the same.
struct TrainingWatch: Sendable {
  /// The epochs, one after the other, for which a zero gradient or equal rewards are taken for chance.
  static let patience = 3
  /// The change of a log standard deviation from the start that is worth a finding, upwards: a factor
  /// of 150 drowns actions in noise.
  static let greatestRise = 5.0
  /// The same downwards, where there is no floor: policies that have learnt well shrink by e^-4 or so.
  static let greatestFall = 10.0
  /// The growth of the parameters' norm that is worth a finding; learning takes them to ten times.
  static let greatestGrowth = 1000.0

  private let deviations: LogDeviations?
  private let startDeviations: [Double]
  private let startNorm: Double

  /// What an epoch did.
  struct Epoch {
    var number: Int
    /// The meta-gradient.
    var gradient: [Double]
    /// The parameters before and after the outer step.
    var (before, after): ([Double], [Double])
    /// Whether some outer batch has no signal although its actions have a score.
    var lacksSignal: Bool
    /// Whether the rewards of each chain are all the same.
    var rewardsAreEqual: Bool
  }

  /// A watch over training that starts at given parameters.
  init(_ deviations: LogDeviations?, start: [Double]) {
    self.deviations = deviations
    startDeviations = deviations.map { $0.places.map { start[$0] } } ?? []
    startNorm = norm(start)
  }

  /// What is found in an epoch and not known yet, and why training cannot go on, if so.
  func observe(
    _ epoch: Epoch, _ health: inout TrainingHealth
  ) -> (findings: [TrainingFinding], divergence: String?) {
    let isZero = epoch.gradient.allSatisfy { $0 == 0 }
    health.deadEpochs = isZero && !epoch.lacksSignal ? health.deadEpochs + 1 : 0
    health.silentEpochs = isZero && epoch.lacksSignal ? health.silentEpochs + 1 : 0
    health.equalRewardEpochs = epoch.rewardsAreEqual ? health.equalRewardEpochs + 1 : 0
    let states = states(epoch.after)
    var messages = states
    let causes = states.map(\.what).joined(separator: "; ")
    if health.deadEpochs >= Self.patience {
      let what =
        "the meta-gradient has been exactly zero for \(health.deadEpochs) epochs: no log-probability depends on the parameters any more, as where noise is lost beside the size of actions or units are saturated"
        + (causes.isEmpty ? "" : " (\(causes))")
      if epoch.before == epoch.after { return ([], what) }
      messages.append((.gradientIsZero, what, Self.smallerSteps))
    }
    if health.equalRewardEpochs >= Self.patience {
      messages.append(
        (
          .rewardsAreEqual,
          "the rewards of every task have been all the same for \(health.equalRewardEpochs) epochs, so that no action is better than another",
          "Rewards may be too rare to be found: explore more (a larger standard deviation, more episodes, a longer horizon) or reward steps on the way."
        ))
    } else if health.silentEpochs >= Self.patience {
      messages.append(
        (
          .signalIsZero,
          "the meta-gradient has been exactly zero for \(health.silentEpochs) epochs because outer batches tell no action from another: their returns agree over all trajectories",
          "Rewards may not depend on actions, or too rarely: explore more or take more episodes."
        ))
    }
    let new = messages.filter { !health.found.contains($0.kind) }
    health.found.formUnion(new.map(\.kind))
    return (
      new.map { kind, what, advice in
        TrainingFinding(
          epoch: epoch.number, kind: kind,
          message: "\(what.prefix(1).uppercased())\(what.dropFirst()). \(advice)")
      }, nil
    )
  }

  private typealias Message = (kind: TrainingFinding.Kind, what: String, advice: String)

  private static let smallerSteps =
    "Steps are likely too long: use a smaller outer.step-size or inner.step-size, normalised signals, or Adam with outer.clipping."

  /// What parameters say on their own.
  private func states(_ parameters: [Double]) -> [Message] {
    var result: [Message] = []
    if let deviations, !deviations.places.isEmpty {
      let values = deviations.places.map { parameters[$0] }
      let changes = zip(values, startDeviations).map { $0 - $1 }
      let floored = values.count { $0 <= deviations.floor }
      if floored > 0 {
        result.append(
          (
            .deviationCollapsed,
            "\(floored) of \(values.count) log standard deviations are at or below the floor of \(Self.short(deviations.floor)), where they have no derivative and stay",
            "The policy has all but stopped to explore. " + Self.smallerSteps
          ))
      } else if let fall = changes.min(), fall < -Self.greatestFall {
        result.append(
          (
            .deviationCollapsed,
            "a log standard deviation has fallen by \(Self.short(-fall)) to \(Self.short(values.min() ?? 0))",
            "The policy has all but stopped to explore. " + Self.smallerSteps
          ))
      }
      if let rise = changes.max(), rise > Self.greatestRise {
        result.append(
          (
            .deviationExploded,
            "a log standard deviation has risen by \(Self.short(rise)) to \(Self.short(values.max() ?? 0)), so that actions are mostly noise",
            "Rewards may reward noise where actions are clipped, or steps are too long: clip nothing that is not paid for, or use a smaller outer.step-size."
          ))
      }
    }
    let length = norm(parameters)
    // parameters that start at zero have no length of their own
    let growth = length / max(1, startNorm)
    if growth > Self.greatestGrowth {
      result.append(
        (
          .parametersGrew,
          "the parameters have grown to \(formatted("%.2g", growth)) times their size at the start",
          Self.smallerSteps
        ))
    }
    return result
  }

  private static func short(_ value: Double) -> String { formatted("%.3g", value) }
}
