extension Preset {
  /// The presets of tasks of the field that are not the paper's.
  static let fieldTasks: [Preset] = points + finite + bodies + control

  // MARK: Points

  /// Points in the plane whose tasks are corners, goals with sparse rewards, or wind.
  private static let points: [Preset] = [
    Preset(
      "navigation-2d-corners.recommended",
      "Navigation to one of four corners with the settings that work best in the square: SG-MRL with the jackknife, outer gradients in units of returns."
    ) {
      applyPublishedNavigation(&$0, goals: .corners)
      $0.estimator = JackknifeOptions()
      $0.policy = GaussianNetworkOptions(HiddenLayers([64, 64], activation: .tanh))
      $0.outer.surrogate = advantagesOfReturns
      $0.training.epochs = 200
    },
    Preset(
      "sparse-point-robot.quickstart",
      "PEARL's point robot with dense rewards, as in its training: goals on a half circle, learns within a minute."
    ) {
      applyPointRobot(&$0, PointRobot(.goals, reward: .dense, actionScale: 0.1))
      $0.training.epochs = 200
    },
    Preset(
      "sparse-point-robot.recommended",
      "PEARL's point robot with rewards only near the goal: a policy has to explore before its inner steps."
    ) {
      applyPointRobot(&$0, PointRobot(.goals, actionScale: 0.1))
      $0.outer.tasks = 40
      $0.training.epochs = 500
    },
    Preset(
      "point-robot-wind.recommended",
      "FOCAL's point robot in wind: one goal, another drift in every task."
    ) {
      applyPointRobot(&$0, PointRobot(.wind, actionScale: 0.1))
      $0.training.epochs = 200
    },
  ]

  private static func applyPointRobot(_ configuration: inout Configuration, _ tasks: PointRobot) {
    configuration.tasks = tasks
    configuration.horizon = 20
    configuration.policy = GaussianNetworkOptions(HiddenLayers([64, 64], activation: .tanh))
    configuration.estimator = JackknifeOptions()
    configuration.inner.surrogate = publishedAdvantages
    configuration.outer.surrogate = advantagesOfReturns
    configuration.outer.step = AdamOptions()
  }

  // MARK: Finite states

  /// Bandits and the processes of RL².
  private static let finite: [Preset] = [
    Preset(
      "bernoulli-bandit.recommended",
      "Bandits of 5 arms that pay 0 or 1, 10 pulls an episode as in RL²: SG-MRL with an unbiased baseline and a learned inner step size."
    ) { applyFinite(&$0, Bandits(.bernoulli), stepSize: 2) },
    Preset(
      "gaussian-bandit.recommended",
      "Bandits of 5 arms that pay Gaussian rewards, 10 pulls an episode: SG-MRL with an unbiased baseline and a learned inner step size."
    ) { applyFinite(&$0, Bandits(.gaussian), stepSize: 2) },
    Preset(
      "random-mdp.recommended",
      "Random processes of RL², 10 states and 5 actions, 10 steps an episode: SG-MRL with an unbiased baseline and a learned inner step size."
    ) { applyFinite(&$0, RandomProcesses(), stepSize: 1) },
  ]

  private static func applyFinite(
    _ configuration: inout Configuration, _ tasks: any TaskOptions, stepSize: Double
  ) {
    configuration.tasks = tasks
    configuration.horizon = 10
    configuration.policy = SoftmaxOptions()
    configuration.discount = 1
    configuration.estimator = PresetEstimatorOptions(.sgMRLOwnBatch)
    configuration.inner.stepSize = stepSize
    configuration.inner.learnsStepSize = .one
    configuration.inner.surrogate = Surrogate(signal: .centeredReturns)
    configuration.outer.surrogate = Surrogate(signal: .centeredReturns)
    configuration.outer.step = AdamOptions(StepSizeDecay(0.02))
    configuration.training.epochs = 200
  }

  // MARK: Bodies

  /// Half-cheetahs whose bodies differ, and the hopper.
  private static let bodies: [Preset] = [
    Locomotion(tasks: HalfCheetahRandomMasses(), recommended: { $0.inner.stepSize = 0.3 }),
    Locomotion(tasks: HalfCheetahRandomLimbs(), recommended: { $0.inner.stepSize = 0.3 }),
    Locomotion(tasks: HopperDirection(), recommended: { $0.training.epochs = 100 }),
  ].compactMap { recommended($0) }

  /// Pendulums and the reacher.
  private static let control: [Preset] = [
    Preset(
      "inverted-pendulum.recommended",
      "Gymnasium's inverted pendulum with poles of unknown length and mass."
    ) {
      var tasks = InvertedPendulum()
      tasks.settings.actionScale = 0.5
      applyControl(&$0, tasks, horizon: 200)
    },
    Preset(
      "inverted-double-pendulum.recommended",
      "Gymnasium's inverted double pendulum with poles of unknown masses."
    ) {
      var tasks = InvertedDoublePendulum()
      tasks.settings.actionScale = 0.3
      applyControl(&$0, tasks, horizon: 200)
      $0.training.epochs = 200
    },
    Preset(
      "reacher.recommended",
      "Gymnasium's reacher as a task for adaptation: the target is not seen, so inner steps have to find it."
    ) {
      var tasks = Reacher()
      tasks.settings.actionScale = 0.1
      applyControl(&$0, tasks, horizon: 50)
      $0.training.epochs = 200
    },
  ]

  private static func applyControl(
    _ configuration: inout Configuration, _ tasks: any BodyTasks & TaskOptions, horizon: Int
  ) {
    configuration.tasks = tasks
    configuration.horizon = horizon
    configuration.policy = GaussianNetworkOptions(HiddenLayers([64, 64], activation: .tanh))
    configuration.estimator = JackknifeOptions()
    configuration.inner.surrogate = publishedAdvantages
    configuration.outer.surrogate = advantagesOfReturns
    configuration.outer.step = AdamOptions(clipping: 3)
    configuration.training.epochs = 100
  }
}
