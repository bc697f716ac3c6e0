import ChainSupport
import RolloutSupport
import SGMRL
import Testing

@Suite struct RewindTests {
  /// A chain that goes back and takes another branch is the chain that took it at once, to the bit.
  @Test(arguments: Estimator.presets.map(\.name)) func branches(name: String) throws {
    let estimator = try #require(Estimator.preset(name))
    let policy = GaussianNetworkPolicy(
      observationSize: 2, actionSize: 2, hiddenSizes: [4], activation: .tanh)
    let settings = MetaSettings(innerSteps: 3, innerStepSize: 0.05, estimator: estimator)
    let start = normals(policy.layout.count, seed: 1)
    let batches = (0..<5).map { normalBatch(lengths: [3, 2, 4], seed: UInt64($0)) }

    let rewound = ChainWalk(policy, settings: settings)
    rewound.begin(at: start)
    for k in [0, 1, 2] { rewound.takeInnerStep(batches[k]) }
    _ = rewound.estimate(outer: batches[4])
    rewound.rewind(to: 1)
    #expect(rewound.stepCount == 1)
    for k in [3, 2] { rewound.takeInnerStep(batches[k]) }

    let fresh = ChainWalk(policy, settings: settings)
    fresh.begin(at: start)
    for k in [0, 3, 2] { fresh.takeInnerStep(batches[k]) }
    #expect(rewound.adapted == fresh.adapted)
    #expect(rewound.estimate(outer: batches[4]) == fresh.estimate(outer: batches[4]))
  }
}
