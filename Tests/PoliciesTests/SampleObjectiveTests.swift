import Foundation
import Policies
import Testing

/// Slopes and curvatures against central differences, for ratios on both sides of the clip.
@Suite struct SampleObjectiveTests {
  static let objectives: [any SampleObjective] = [
    WeightedLogProbability(), LikelihoodRatio(), ClippedLikelihoodRatio(clip: 0.2),
    SampledDivergence(),
  ]
  static let current = [-1.0, -0.9, -2.3, -0.2, -1.5, -0.7]
  static let old = [-1.0, -1.4, -2.0, -0.25, -1.1, -0.8]
  static let signals = [0.5, 0.7, -0.3, 1.1, -0.8, -0.6]

  private func value(_ objective: any SampleObjective, _ current: [Double]) -> Double {
    let (old, signals) = (Self.old, Self.signals)
    return objective.value(
      logProbabilities: current.span, old: old.span, signals: signals.span)
  }

  private func slopes(_ objective: any SampleObjective, _ current: [Double]) -> [Double] {
    let (old, signals) = (Self.old, Self.signals)
    var result = [Double](repeating: .nan, count: current.count)
    var span = result.mutableSpan
    objective.writeSlopes(
      logProbabilities: current.span, old: old.span, signals: signals.span, into: &span)
    return result
  }

  @Test(arguments: objectives.indices) func derivativesAreThoseOfDifferences(_ index: Int) {
    let objective = Self.objectives[index]
    let (current, old, signals) = (Self.current, Self.old, Self.signals)
    let slopes = slopes(objective, current)
    var curvatures = [Double](repeating: .nan, count: current.count)
    var span = curvatures.mutableSpan
    objective.writeCurvatures(
      logProbabilities: current.span, old: old.span, signals: signals.span, into: &span)
    for n in current.indices {
      var (up, down) = (current, current)
      up[n] += 1e-5
      down[n] -= 1e-5
      let slope = (value(objective, up) - value(objective, down)) / 2e-5
      #expect((slope - slopes[n]).magnitude < 1e-9, "\(objective), sample \(n)")
      let curvature = (self.slopes(objective, up)[n] - self.slopes(objective, down)[n]) / 2e-5
      #expect((curvature - curvatures[n]).magnitude < 1e-9, "\(objective), sample \(n)")
    }
  }

  @Test func clippingStopsGainsAlone() {
    let ratios = zip(Self.current, Self.old).map { exp($0 - $1) }
    let slopes = slopes(ClippedLikelihoodRatio(clip: 0.2), Self.current)
    for n in ratios.indices {
      let stops = Self.signals[n] > 0 ? ratios[n] > 1.2 : ratios[n] < 0.8
      #expect((slopes[n] == 0) == stops)
    }
    #expect(slopes.contains(0) && slopes.contains { $0 != 0 })
  }

  /// At the policy that drew the batch the ratio's gradient is that of `w ℓ`.
  @Test func ratiosStartAtTheWeights() {
    let slopes = slopes(LikelihoodRatio(), Self.old)
    #expect(slopes == Self.signals)
  }
}
