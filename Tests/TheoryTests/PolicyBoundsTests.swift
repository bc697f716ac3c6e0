import Foundation
import SGMRL
import Testing
import Theory

@Suite struct PolicyBoundsTests {
  @Test func tabularSoftmax() throws {
    let policy = SoftmaxPolicy(observationSize: 3, actionCount: 4)
    let bounds = try #require(policy.statedBounds(over: .identity(3)).value)
    #expect((bounds.score - 2.0.squareRoot()).magnitude < 1e-15)
    #expect((bounds.hessian - 0.5).magnitude < 1e-15)
    #expect((bounds.hessianLipschitz - 2.0.squareRoot() / (3 * 3.0.squareRoot())).magnitude < 1e-15)
  }

  @Test func featuresDecide() throws {
    let policy = SoftmaxPolicy(observationSize: 1, actionCount: 2, featureCount: 2) {
      action, observation in
      [Double(action) * 3, Double(action) * observation[0]]
    }
    let observations = Matrix(rows: 2, columns: 1, elements: [0, 4])
    let bounds = try #require(policy.statedBounds(over: observations).value)
    #expect(bounds == PolicyBounds(softmaxFeatureDiameter: 5))
  }

  /// A sigmoid policy, `D = 1`: the derivatives `p (1 - p)` and `p (1 - p) (1 - 2p)` reach `L` and
  /// `ρ`, the score comes as close to `G` as one likes.
  @Test func softmaxBoundsAreReached() {
    let bounds = PolicyBounds(softmaxFeatureDiameter: 1)
    #expect(bounds.hessian == 0.25)
    let p = (1 - 1 / 3.0.squareRoot()) / 2
    #expect((bounds.hessianLipschitz - p * (1 - p) * (1 - 2 * p)).magnitude < 1e-16)
    let policy = SoftmaxPolicy(observationSize: 1, actionCount: 2, featureCount: 1) { action, _ in
      [Double(action)]
    }
    #expect(bounds.score - policy.score(1, [0], [-20])[0] < 1e-8)
    #expect(policy.score(1, [0], [-20])[0] <= bounds.score)
    #expect((policy.hessian([0], [0])[0, 0] + bounds.hessian).magnitude < 1e-16)
  }

  @Test func networksWithoutHiddenLayersAreSoftmax() throws {
    let policy = CategoricalNetworkPolicy(observationSize: 2, actionCount: 3, hiddenSizes: [])
    let observations = Matrix(rows: 2, columns: 2, elements: [1, 2, -2, 0])
    let bounds = try #require(policy.statedBounds(over: observations).value)
    // ‖(x, 1)‖² = 6 for the longer row, once for each of two actions
    let expected = PolicyBounds(softmaxFeatureDiameter: 12.0.squareRoot())
    #expect(bounds == expected)
  }

  @Test func whatHasNoConstantsSaysWhy() {
    let gaussian = GaussianNetworkPolicy(observationSize: 2, actionSize: 2)
    let reasons = gaussian.statedBounds(over: nil).reasons.joined(separator: " ")
    #expect(reasons.contains("Gaussian") && reasons.contains("ReLU"))
    let smooth = FullCovarianceGaussianPolicy(
      observationSize: 2, actionSize: 2, hiddenSizes: [], activation: .tanh)
    #expect(smooth.statedBounds(over: nil).reasons.count == 1)
    let tanh = CategoricalNetworkPolicy(
      observationSize: 2, actionCount: 2, hiddenSizes: [3], activation: .tanh)
    #expect(tanh.statedBounds(over: .identity(2)).reasons.count == 1)
    // states that cannot be listed have features without a bound
    let softmax = SoftmaxPolicy(observationSize: 2, actionCount: 2)
    #expect(softmax.statedBounds(over: nil).value == nil)
    #expect(softmax.statedBounds(over: nil).reasons.count == 1)
  }

  /// A policy of one's own states its constants, or is told how to.
  @Test func policiesOfOnesOwn() {
    #expect(StatedPolicy().statedBounds(over: .identity(1)).value?.score == 2)
    let reason = SilentPolicy().statedBounds(over: .identity(1)).reasons.first ?? ""
    #expect(reason.contains("SilentPolicy") && reason.contains("BoundedPolicy"))
  }

  @Test func rewards() throws {
    let process = try TabularMDP(initial: [1], transition: [[[1], [1]]], reward: [[-2, 1]])
    let bounds = try #require(TabularTasks([process], horizon: 1).statedRewardBounds.value)
    #expect(bounds.largestMagnitude == 2 && !bounds.isNonnegative)
    #expect(Navigation2D().statedRewardBounds.reasons.first?.contains("Assumption 1") == true)
  }
}

private struct SilentPolicy: Policy {
  let observationSize = 1
  let actionSize = 1
  let layout = ParameterLayout([("weight", 1, 2)])

  func initialParameters(using stream: inout RandomStream) -> [Double] { [0, 0] }

  func distribution(given observations: Variable) -> any ActionDistribution {
    CategoricalDistribution(
      logits: observations.matrixProduct(observations.tape.parameter("weight")))
  }
}

private struct StatedPolicy: BoundedPolicy {
  private let inner = SilentPolicy()
  var observationSize: Int { inner.observationSize }
  var actionSize: Int { inner.actionSize }
  var layout: ParameterLayout { inner.layout }

  func initialParameters(using stream: inout RandomStream) -> [Double] { [0, 0] }

  func distribution(given observations: Variable) -> any ActionDistribution {
    inner.distribution(given: observations)
  }

  func bounds(over observations: Matrix) -> Coverage<PolicyBounds> {
    .covered(PolicyBounds(score: 2, hessian: 1, hessianLipschitz: 1))
  }
}
