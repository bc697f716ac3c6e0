import Foundation
import RolloutSupport
import Rollouts
import Testing

@Suite struct SurrogateTests {
  static let lengths = [1, 30, 7, 2, 50, 12]
  static let batch = normalBatch(lengths: lengths, seed: 3)

  @Test func defaultIsEquation5() {
    #expect(Surrogate() == Surrogate(signal: .returns, isNormalized: false, average: .trajectories))
    let weights = Surrogate().weights(of: Self.batch, discount: 0.9)
    #expect(weights == Self.batch.returns(discount: 0.9).map { $0 / 6 })
  }

  @Test func weightsAreAveragedByTrajectoriesOrSamples() {
    for signal in Surrogate.Signal.allCases {
      var surrogate = Surrogate(signal: signal, gaeDecay: 0.9, isNormalized: true)
      let signals = surrogate.signals(of: Self.batch, discount: 0.9)
      #expect(surrogate.weights(of: Self.batch, discount: 0.9) == signals.map { $0 / 6 })
      surrogate.average = .samples
      #expect(surrogate.signals(of: Self.batch, discount: 0.9) == signals)
      // the true number of samples of ragged episodes
      #expect(surrogate.weights(of: Self.batch, discount: 0.9) == signals.map { $0 / 102 })
    }
  }

  @Test(arguments: Surrogate.Signal.allCases)
  func normalizedSignalsHaveMean0AndDeviation1(_ signal: Surrogate.Signal) {
    let surrogate = Surrogate(signal: signal, gaeDecay: 0.95, isNormalized: true)
    let signals = surrogate.signals(of: Self.batch, discount: 0.99)
    let mean = signals.reduce(0, +) / 102
    let variance = signals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 102
    #expect(mean.magnitude < 1e-14)
    #expect((variance.squareRoot() - 1).magnitude < 1e-14)
    // the order and the ratios of the differences stay
    let raw = Surrogate(signal: signal, gaeDecay: 0.95).signals(of: Self.batch, discount: 0.99)
    let scale = (signals[1] - signals[0]) / (raw[1] - raw[0])
    #expect(scale > 0)
    let shifted = raw.map { signals[0] + scale * ($0 - raw[0]) }
    #expect(distance(signals, shifted) < 1e-12)
  }

  @Test func constantSignalStaysFinite() {
    var batch = normalBatch(lengths: [1, 1, 1], seed: 4)
    batch.rewards = [2, 2, 2]
    let signals = Surrogate(isNormalized: true).signals(of: batch, discount: 1)
    #expect(signals == [0, 0, 0])
  }

  /// Advantages against the definition `Σ_t (γλ)^(t-h) δ_t`.
  @Test(arguments: [(0.99, 1.0), (0.9, 0.5), (1.0, 0.0)])
  func advantagesAreThoseOfTheDefinition(_ discount: Double, _ decay: Double) {
    let batch = Self.batch
    let baseline = LinearValueFunction(fittedTo: batch, discount: discount)
    let advantages = baseline.advantages(of: batch, discount: discount, decay: decay)
    var expected: [Double] = []
    for episode in 0..<batch.episodeCount {
      let rows = batch.rows(ofEpisode: episode)
      let differences = rows.map { row in
        let next = row + 1 < rows.upperBound ? baseline.predictions[row + 1] : 0
        return batch.rewards[row] + discount * next - baseline.predictions[row]
      }
      for h in differences.indices {
        expected.append(
          (h..<differences.count).reduce(0) {
            $0 + pow(discount * decay, Double($1 - h)) * differences[$1]
          })
      }
    }
    #expect(distance(advantages, expected) < 1e-12)
    let surrogate = Surrogate(signal: .advantages, gaeDecay: decay)
    #expect(surrogate.signals(of: batch, discount: discount) == advantages)
  }
}
