import Foundation
import RolloutSupport
import Testing

@testable import Rollouts

/// What scaling a signal to unit size must not do: make noise of nothing, or nothing of little.
@Suite struct SignalNormalizationTests {
  /// A batch with rewards that depend on episode and step.
  private func batch(
    _ lengths: [Int], terminated: Bool = false, seed: UInt64 = 11,
    _ reward: (_ episode: Int, _ step: Int) -> Double
  ) -> TrajectoryBatch {
    var batch = normalBatch(lengths: lengths, seed: seed)
    for episode in lengths.indices {
      for (step, row) in batch.rows(ofEpisode: episode).enumerated() {
        batch.rewards[row] = reward(episode, step)
      }
    }
    batch.terminated = lengths.map { _ in terminated }
    return batch
  }

  private func normalized(
    _ batch: TrajectoryBatch, _ signal: Surrogate.Signal, _ discount: Double, decay: Double = 0.997
  ) -> [Double] {
    Surrogate(signal: signal, gaeDecay: decay, isNormalized: true)
      .signals(of: batch, discount: discount)
  }

  private func isZero(_ signals: [Double]) -> Bool { signals.allSatisfy { $0 == 0 } }

  private func hasUnitSize(_ signals: [Double]) -> Bool {
    let count = Double(signals.count)
    let mean = signals.reduce(0, +) / count
    let variance = signals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    return mean.magnitude < 1e-9 && (variance.squareRoot() - 1).magnitude < 1e-9
  }

  /// Rewards between which nothing distinguishes.
  @Test(arguments: Surrogate.Signal.allCases, [0, 0.5, 0.99, 1])
  func equalRewardsAreNoSignal(_ signal: Surrogate.Signal, _ discount: Double) {
    for scale in [1e-12, 1e-3, 1, 0.1, 1e12, -7] {
      let equal = batch([100, 100, 100]) { _, _ in scale }
      #expect(isZero(normalized(equal, signal, discount)), "\(scale)")
    }
    #expect(isZero(normalized(batch([40, 7, 20]) { _, _ in 0 }, signal, discount)))
    #expect(isZero(normalized(batch([40]) { _, _ in 0 }, signal, discount)))
    #expect(isZero(normalized(batch([40]) { _, _ in 3 }, signal, discount)))
  }

  /// Rewards that change with time, but are the same in all trajectories.
  @Test(arguments: Surrogate.Signal.allCases, [0.9, 0.99, 1])
  func returnsThatAgreeAtEachStepAreNoSignal(_ signal: Surrogate.Signal, _ discount: Double) {
    for scale in [1e-12, 1, 1e12] {
      let agreeing = batch([60, 60, 60, 60]) { _, step in scale * sin(Double(step)) }
      #expect(isZero(normalized(agreeing, signal, discount)))
      // to rounding
      let rounded = batch([60, 60, 60, 60]) { episode, step in
        scale * (sin(Double(step)) + (episode % 2 == 0 ? 0 : 1e-17))
      }
      #expect(isZero(normalized(rounded, signal, discount)))
      // large rewards whose sum is small hide nothing and pretend nothing
      let cancelling = batch([60, 60, 60]) { episode, step in
        scale * (step % 2 == 0 ? 1e6 : -1e6) * (episode == 0 ? 1 + 2e-16 : 1)
      }
      #expect(isZero(normalized(cancelling, signal, discount)))
    }
  }

  /// A difference in one trajectory is a signal, whatever its size beside the returns.
  @Test(arguments: Surrogate.Signal.allCases, [0.9, 1])
  func oneRewardThatDiffersIsASignal(_ signal: Surrogate.Signal, _ discount: Double) {
    for scale in [1e-12, 1, 1e12] {
      for difference in [1, 1e-3, 1e-6] {
        let differing = batch([50, 50, 50]) { episode, step in
          scale * (1 + (episode == 1 && step == 20 ? difference : 0))
        }
        #expect(hasUnitSize(normalized(differing, signal, discount)))
      }
    }
  }

  /// Noise on a large constant: the signal is that of the noise alone, as far as rounding permits.
  @Test(arguments: Surrogate.Signal.allCases)
  func smallNoiseOnALargeConstantIsResolved(_ signal: Surrogate.Signal) {
    let noise = normals(60, seed: 3)
    for scale in [1e-12, 1, 1e12] {
      for size in [1, 1e-3, 1e-6] {
        // one step an episode: the constant is the intercept
        let alone = batch([Int](repeating: 1, count: 60)) { episode, _ in
          scale * size * noise[episode]
        }
        let lifted = batch([Int](repeating: 1, count: 60)) { episode, _ in
          scale * (1e6 + size * noise[episode])
        }
        let (expected, found) = (normalized(alone, signal, 0.9), normalized(lifted, signal, 0.9))
        #expect(hasUnitSize(found))
        // a unit in the last place of 1e6 is 1.2e-10; a fit to others sums some of them
        #expect(distance(found, expected) < 50 * 1.2e-10 / size)
      }
      // nothing of 1e-12 is left beside 1e6
      let lost = batch([Int](repeating: 1, count: 60)) { episode, _ in
        scale * (1e6 + 1e-12 * noise[episode])
      }
      #expect(isZero(normalized(lost, signal, 0.9)))
    }
  }

  /// Signals do not depend on the unit of the rewards, and a constant that is added changes nothing
  /// where trajectories are of one step.
  @Test(arguments: Surrogate.Signal.allCases)
  func signalsDoNotDependOnTheUnitOfRewards(_ signal: Surrogate.Signal) {
    let plain = normalBatch(lengths: [1, 30, 7, 2, 50, 12], seed: 3)
    let expected = normalized(plain, signal, 0.99)
    #expect(hasUnitSize(expected))
    for scale in [1e-12, 1e-6, 1e6, 1e12] {
      var scaled = plain
      for row in scaled.rewards.indices { scaled.rewards[row] *= scale }
      #expect(distance(normalized(scaled, signal, 0.99), expected) < 1e-11)
    }
  }

  /// Constant rewards without a future: all that is left of the fit is rounding, though lengths differ.
  @Test func roundingOfAFitIsNoSignal() {
    for reward in [0.1, 3, 1e-9 / 3, 1e11 / 7] {
      for seed in 1...20 {
        let constant = batch([30, 7, 50, 12], seed: UInt64(seed)) { _, _ in reward }
        #expect(isZero(normalized(constant, .advantages, 0)))
      }
    }
  }

  /// Lengths that follow from actions are a return: with a reward of 1 a step the classical signal.
  @Test(arguments: Surrogate.Signal.allCases)
  func lengthsAreReturns(_ signal: Surrogate.Signal) {
    #expect(
      hasUnitSize(normalized(batch([9, 30, 14], terminated: true) { _, _ in 1 }, signal, 0.99)))
    let single = normalized(batch([30], terminated: true) { _, _ in 1 }, signal, 0.99)
    // an advantage is what a fit to the same trajectory leaves, and it leaves its misfit
    #expect(signal == .advantages ? isZero(single) : hasUnitSize(single))
  }

  @Test(arguments: Surrogate.Signal.allCases)
  func aSingleTrajectoryKeepsItsSignal(_ signal: Surrogate.Signal) {
    let rewards = normals(30, seed: 4)
    #expect(hasUnitSize(normalized(batch([30]) { _, step in rewards[step] }, signal, 0.99)))
  }

  /// Equation 5 and what is not normalised are left alone.
  @Test func rawSignalsStay() {
    let equal = batch([5, 5]) { _, _ in 1 }
    #expect(Surrogate().signals(of: equal, discount: 1) == equal.returns(discount: 1))
    #expect(Surrogate().signals(of: equal, discount: 1)[0] == 5)
  }

  @Test func whatIsNotANumberIsNotTakenForNothing() {
    var bad = batch([5, 5]) { _, _ in 1 }
    bad.rewards[3] = .nan
    for signal in Surrogate.Signal.allCases {
      #expect(normalized(bad, signal, 0.9).contains { $0.isNaN })
    }
  }
}
