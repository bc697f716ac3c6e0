import Foundation
import SGMRL
import Testing
import Theory

@Suite struct TheoryBoundsTests {
  static func constants(
    discount: Double = 0.9, horizon: Int = 3, innerEpisodes: Int = 2, innerSteps: Int = 1,
    innerStepSize: Double = 0.5, rewardBound: Double = 1,
    policy: PolicyBounds = PolicyBounds(score: 1, hessian: 0.25, hessianLipschitz: 0.1)
  ) -> ProblemConstants {
    ProblemConstants(
      rewardBound: rewardBound, policy: policy, discount: discount, horizon: horizon,
      innerEpisodes: innerEpisodes, innerSteps: innerSteps, innerStepSize: innerStepSize)
  }

  @Test func sumsOfDiscounts() {
    let whole = Self.constants(discount: 1, horizon: 9)
    #expect(whole.discountSum == 10 && whole.weightedDiscountSum == 55)
    let c = Self.constants(discount: 0.5, horizon: 2)
    #expect(c.discountSum == 1.75 && c.weightedDiscountSum == 1 + 2 * 0.5 + 3 * 0.25)
    // they stay below what they replace, and approach it
    let long = Self.constants(discount: 0.9, horizon: 2000)
    #expect((long.discountSum - 10).magnitude < 1e-9)
    #expect((long.weightedDiscountSum - 100).magnitude < 1e-7)
  }

  /// Theorem 3 for one inner step, written out by hand.
  @Test func oneInnerStep() {
    let c = Self.constants()
    let (g, l, rho, alpha) = (1.0, 0.25, 0.1, 0.5)
    let (n, sum1, sum2) = (8.0, c.discountSum, c.weightedDiscountSum)
    let kappa = 1 + alpha * l * sum2
    let (etaG, etaH) = (g * sum2, (g * g + l) * sum2)
    let b = TheoryBounds(.corrected, c)
    #expect(b.innerJacobian == kappa && b.gradient == etaG && b.hessian == etaH)
    #expect((b.estimateNorm - (kappa * etaG + sum1 * n * g)).magnitude < 1e-12)
    let m = alpha * rho * sum2
    let smoothness =
      m * etaG + kappa * kappa * etaH + n * (sum1 * l + 2 * kappa * etaG * g + sum1 * n * g * g)
    #expect((b.smoothness - smoothness).magnitude < 1e-10)
    let t = TheoryBounds(.tightened, c)
    let scores = g * n.squareRoot()
    #expect((t.metaGradient - (kappa * etaG + sum1 * scores)).magnitude < 1e-12)
    let tightened =
      m * etaG + kappa * kappa * etaH + 2 * kappa * etaG * scores + sum1 * n * (l + g * g)
    #expect((t.smoothness - tightened).magnitude < 1e-10)
    #expect(t.estimateNorm == b.estimateNorm && t.objectiveSpan == 2 * sum1)
  }

  /// Theorem 3 for two inner steps, `M_1 = αρRΓ₂` and `M_2 = αρRΓ₂ κ (1 + κ)`.
  @Test func twoInnerSteps() {
    let c = Self.constants(innerSteps: 2)
    let (l, n, sum1, sum2) = (0.25, 8.0, c.discountSum, c.weightedDiscountSum)
    let kappa = 1 + 0.5 * l * sum2
    let (etaG, etaH) = (sum2, 1.25 * sum2)
    let first = 0.5 * 0.1 * sum2
    let second = first * kappa * (1 + kappa)
    let k = 1 + kappa
    let sum = first + (1 + kappa * kappa) * l
    let b = TheoryBounds(.corrected, c)
    #expect((b.estimateNorm - (kappa * kappa * etaG + sum1 * n * k)).magnitude < 1e-10)
    let smoothness =
      second * etaG + kappa * kappa * kappa * kappa * etaH
      + n * (sum1 * sum + 2 * kappa * kappa * etaG * k + sum1 * n * k * k)
    #expect((b.smoothness / smoothness - 1).magnitude < 1e-12)
  }

  /// Equation 49 for one and two inner steps, written out by hand.
  @Test func printed() {
    for zeta in [1, 2] {
      let c = Self.constants(innerSteps: zeta)
      let (g, l, r, d) = (1.0, 0.25, 1.0, 2.0)
      let (etaG, etaH, etaRho) = (100.0, 425.0, 210.0)
      let b = TheoryBounds(.printed, c)
      #expect((b.gradient - etaG).magnitude < 1e-9 && (b.hessian - etaH).magnitude < 1e-9)
      #expect((b.hessianLipschitz - etaRho).magnitude < 1e-9)
      let two: Double = zeta == 1 ? 2 : 4
      #expect((b.estimateNorm - two * (etaG + d * g * r * 4)).magnitude < 1e-8)
      let z = Double(zeta)
      let inside =
        r * (two * l + (z + two) * d * g * g * 4 + (z - 1) * 0.5 * etaRho * g)
        + 2 * two * etaG * g
      let smoothness =
        z * two / 2 * 0.5 * etaRho * etaG + two * two * etaH + two * d * 4 * inside
      #expect((b.smoothness / smoothness - 1).magnitude < 1e-12)
    }
    let whole = TheoryBounds(.printed, Self.constants(discount: 1))
    #expect(whole.gradient == .infinity && whole.smoothness == .infinity)
    #expect(TheoryBounds(.corrected, Self.constants(discount: 1)).smoothness.isFinite)
  }

  /// Scores as martingale differences can only help.
  @Test(arguments: [1, 2, 3]) func tightenedIsBelowCorrected(zeta: Int) {
    for innerEpisodes in [1, 5, 50] {
      let c = Self.constants(innerEpisodes: innerEpisodes, innerSteps: zeta)
      let (corrected, tightened) = (TheoryBounds(.corrected, c), TheoryBounds(.tightened, c))
      #expect(tightened.smoothness <= corrected.smoothness)
      #expect(tightened.secondMoment <= corrected.secondMoment)
      #expect(tightened.metaGradient <= corrected.metaGradient)
    }
  }

  /// Both settings of corollary 1 keep the theorem's right side at `ε²`.
  @Test func schedules() throws {
    let c = Self.constants()
    let (accuracy, outer) = (0.1, 5)
    for version in TheoryBounds.Version.allCases {
      let b = TheoryBounds(version, c)
      let divisor = b.varianceDivisor == .tasks ? 1.0 : 5.0
      for regime in [ConvergenceSchedule.Regime.largeBatch, .smallStep(tasks: 3)] {
        let s = try #require(
          ConvergenceSchedule(accuracy: accuracy, b, c, regime, outerEpisodes: outer))
        let noise = 2 * b.secondMoment * b.smoothness * s.stepSize / (s.tasks * divisor)
        #expect((noise - s.noise).magnitude < 1e-12)
        #expect(noise <= accuracy * accuracy / 4 * (1 + 1e-9))
        #expect(s.stepSize <= 1 / b.smoothness)
        // as many steps leave 2 ΔV / (β T) + half the noise within ε²
        let left = 2 * b.objectiveSpan / (s.stepSize * s.iterations) + noise / 2
        #expect(left <= accuracy * accuracy)
        #expect(s.trajectoriesPerIteration == s.tasks * 7)
      }
      // (i): ε^-2 in batch and steps; (ii): ε^-4 in steps
      let half = try #require(
        ConvergenceSchedule(accuracy: 0.05, b, c, .smallStep(tasks: 3), outerEpisodes: outer))
      let full = try #require(
        ConvergenceSchedule(accuracy: 0.1, b, c, .smallStep(tasks: 3), outerEpisodes: outer))
      #expect((half.iterations / full.iterations - 16).magnitude < 1e-3)
    }
    let whole = Self.constants(discount: 1)
    #expect(
      ConvergenceSchedule(
        accuracy: 0.1, TheoryBounds(.printed, whole), whole, .largeBatch, outerEpisodes: 5) == nil)
  }

  @Test func otherWeightsAreNotCovered() {
    let policy = SoftmaxPolicy(observationSize: 2, actionCount: 2)
    func reasons(_ settings: MetaSettings) -> [String] {
      ProblemConstants.of(
        policy, over: .identity(2), rewards: .covered(RewardBounds(least: 0, greatest: 1)),
        horizon: 1, settings: settings
      ).reasons
    }
    #expect(reasons(MetaSettings()).isEmpty)
    #expect(reasons(MetaSettings(inner: Surrogate(isNormalized: true))).count == 1)
    #expect(reasons(MetaSettings(scoreCoefficient: .meanSignal)).count == 1)
    var half = MetaSettings()
    half.estimator.scoreWeight = 0.5
    #expect(reasons(half).count == 1)
    #expect(reasons(MetaSettings(innerSteps: 0, innerStepSize: -1)).count == 2)
  }

  /// Tabular tasks state what the constants need, the plane does not.
  @Test func tasksStateWhatTheyKnow() throws {
    var stream = RandomStream(seed: 3, purpose: .other, at: StreamPlace())
    let process = TabularMDP.random(states: 3, actions: 2, rewards: -1..<2, using: &stream)
    let tasks = TabularTasks([process], horizon: 4)
    let policy = SoftmaxPolicy(observationSize: 3, actionCount: 2)
    let settings = MetaSettings(discount: 0.9)
    let c = try #require(ProblemConstants.of(policy, on: tasks, settings: settings).value)
    #expect(c.horizon == 3 && c.policy == PolicyBounds(softmaxFeatureDiameter: 2.0.squareRoot()))
    #expect(c.rewardBound == tasks.rewardBounds?.largestMagnitude)
    let plane = ProblemConstants.of(
      GaussianNetworkPolicy(observationSize: 2, actionSize: 2, hiddenSizes: [4]),
      on: Navigation2D(), settings: settings)
    #expect(plane.reasons.contains { $0.contains("Gaussian") })
    #expect(plane.reasons.contains { $0.contains("Assumption 1") })
  }

  @Test func printedAssumptionsThatFailAreNamed() {
    let rewards = RewardBounds(least: 0, greatest: 1)
    let small = Self.constants(innerStepSize: 1e-6)
    #expect(TheoryBounds.printedFailures(small, rewards: rewards).isEmpty)
    let failures = TheoryBounds.printedFailures(
      Self.constants(discount: 1), rewards: RewardBounds(least: -1, greatest: 1))
    #expect(failures.map { $0.prefix(7) } == ["assumpt", "theorem", "lemma 1"])
  }

  /// `MetaObjective.moments` holds the estimators without a gap against `G_V`.
  @Test func estimatorsThatTheBoundsAreAbout() {
    #expect(
      Estimator.presets.filter { TheoryBounds.gaps(for: $0).isEmpty }.map(\.name) == [
        "sg-mrl", "first-order-sg-mrl", "maml", "first-order-maml", "e-maml",
      ])
    #expect(TheoryBounds.gaps(for: .lvc).first?.contains("lvc") == true)
    #expect(TheoryBounds.gaps(for: .sgMRLControlVariate).first?.contains("baseline") == true)
  }
}
