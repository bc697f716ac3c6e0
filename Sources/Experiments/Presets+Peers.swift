import SGMRL

extension Preset {
  /// The half-cheetah with the sizes and the outer steps of other libraries.
  static let outerSteps: [Preset] = [
    Preset(
      "half-cheetah-direction.trpo",
      "TRPO as in maml_rl and its successors: MAML, 20 tasks of 20 episodes of 100 steps, 64-64 tanh, a divergence of at most 0.01; actions scaled as in the recommended preset."
    ) {
      applyPeers(&$0)
      $0.estimator = PresetEstimatorOptions(.maml)
      $0.outer.step = TrustRegionOptions()
    },
    Preset(
      "half-cheetah-direction.promp",
      "ProMP as published: low-variance curvature, 5 steps of Adam on clipped ratios, a penalty on the divergence; the same sizes."
    ) {
      applyPeers(&$0)
      $0.estimator = PresetEstimatorOptions(.lvc)
      $0.outer.step = ProximalSearchOptions()
    },
  ]

  private static func applyPeers(_ configuration: inout Configuration) {
    // with noise of the motors' whole range, learning takes several times as long
    var tasks = HalfCheetahDirection()
    tasks.settings.actionScale = 0.3
    tasks.settings.clipsAction = true
    configuration.tasks = tasks
    configuration.horizon = 100
    configuration.policy = GaussianNetworkOptions(HiddenLayers([64, 64], activation: .tanh))
    configuration.inner.surrogate = normalizedAdvantages
    configuration.outer.surrogate = normalizedAdvantages
    configuration.outer.tasks = 20
    configuration.training.epochs = 300
    // several requests an epoch: keep the recordings between them
    configuration.training.memoryLimit = 4000
  }
}
