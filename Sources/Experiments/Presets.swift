/// A named configuration.
public struct Preset: Sendable {
  /// The name, also the name of the configuration.
  public let name: String
  /// The purpose, in a sentence or two.
  public let summary: String
  private let change: @Sendable (inout Configuration) -> Void

  /// Creates a preset.
  ///
  /// - Parameters:
  ///   - name: the name.
  ///   - summary: the purpose, in a sentence or two.
  ///   - change: changes the default configuration into this one.
  public init(
    _ name: String, _ summary: String, _ change: @escaping @Sendable (inout Configuration) -> Void
  ) {
    (self.name, self.summary, self.change) = (name, summary, change)
  }

  /// The configuration, with components of a catalog.
  public func configuration(in catalog: Catalog) -> Configuration {
    var configuration = Configuration(catalog)
    configuration.name = name
    change(&configuration)
    return configuration
  }
}

extension Preset {
  /// The presets of the package.
  static let standard: [Preset] =
    [
      navigationQuickstart, navigationRecommended, navigationPaper, navigationPaperLiteral,
      navigationPublishedCode,
    ] + locomotion + outerSteps + [tabular] + walkers + [body] + fieldTasks

  /// Weights of an outer gradient in units of returns: advantages that are not scaled, summed over time.
  static let advantagesOfReturns = Surrogate(
    signal: .advantages, gaeDecay: 0.997, average: .trajectories)
  /// Weights of the published code: advantages scaled over the batch and averaged over time.
  static let publishedAdvantages = Surrogate(
    signal: .advantages, gaeDecay: 0.997, isNormalized: true, average: .samples)
  /// The same, with returns instead of decayed advantages.
  static let normalizedAdvantages = Surrogate(
    signal: .advantages, gaeDecay: 1, isNormalized: true, average: .samples)

  // MARK: Navigation

  /// Two-dimensional navigation that learns within a minute.
  private static let navigationQuickstart = Preset(
    "navigation-2d.quickstart",
    "Learns to adapt within a minute: SG-MRL with an unbiased baseline, rewards and scaling of the published code."
  ) {
    applyPublishedNavigation(&$0)
    $0.estimator = PresetEstimatorOptions(.sgMRLOwnBatch)
    $0.policy = GaussianNetworkOptions(HiddenLayers([64, 64], activation: .tanh))
    $0.outer.surrogate = advantagesOfReturns
    $0.training.epochs = 300
  }

  /// Two-dimensional navigation with the settings that work best.
  private static let navigationRecommended = Preset(
    "navigation-2d.recommended",
    "SG-MRL with its debiasing term and little variance: the jackknife, outer gradients in units of returns; rewards and inner steps of the published code."
  ) {
    applyPublishedNavigation(&$0)
    $0.estimator = JackknifeOptions()
    $0.policy = GaussianNetworkOptions(HiddenLayers([64, 64], activation: .tanh))
    $0.outer.surrogate = advantagesOfReturns
    // steps that stay as long lose what they have gained in some seeds
    $0.outer.step = AdamOptions(StepSizeDecay(decayTime: 100))
    $0.training.epochs = 300
  }

  /// The paper's experiment, with inner losses scaled to suit the step size `α`.
  private static let navigationPaper = Preset(
    "navigation-2d.paper",
    "The paper's reward, activation and plain gradient ascent; inner losses with normalised advantages, averaged over time."
  ) {
    $0.inner.surrogate = normalizedAdvantages
    $0.outer.surrogate = normalizedAdvantages
  }

  /// The paper as printed.
  private static let navigationPaperLiteral = Preset(
    "navigation-2d.paper-literal",
    "The paper as printed, equation 5 with raw returns. It diverges: the raw inner step is about five times as long as the parameters."
  ) { _ in }

  /// The code that was published with the paper.
  private static let navigationPublishedCode = Preset(
    "navigation-2d.published-code",
    "The published code: distance reward, tanh, second order, Adam, normalised GAE, early termination; the score coefficient is the raw return, not the published zero."
  ) {
    applyPublishedNavigation(&$0)
    $0.outer.surrogate = $0.inner.surrogate
  }

  static func applyPublishedNavigation(
    _ configuration: inout Configuration, goals: Navigation2D.Goals = .square
  ) {
    configuration.tasks = Navigation2D(
      reward: .negativeDistance, clipsPosition: true, terminatesAtGoal: true, actionScale: 0.01,
      goals: goals)
    configuration.policy = GaussianNetworkOptions(HiddenLayers(activation: .tanh))
    configuration.inner.surrogate = publishedAdvantages
    configuration.outer.step = AdamOptions()
  }

  // MARK: Tabular

  /// A random process, on which estimators can be compared with the exact values at little cost.
  private static let tabular = Preset(
    "tabular.random",
    "A random process with 5 states and 3 actions, horizon 10, equation 5 and plain gradient ascent: for studies of estimators."
  ) {
    $0.tasks = RandomTabularOptions()
    $0.horizon = 11
    $0.policy = SoftmaxOptions()
    $0.discount = 0.95
    $0.inner.stepSize = 1
    $0.outer.step = GradientAscentOptions(StepSizeDecay(0.1))
    $0.training.epochs = 100
  }

  // MARK: Locomotion

  /// The differences between the presets of the locomotion tasks.
  struct Locomotion {
    let tasks: any LocomotionTasks & TaskOptions
    /// The tasks as in the published code.
    var published: (any LocomotionTasks & TaskOptions)?
    /// A remark in the summary of the published code's preset.
    var remark = ""
    /// The best settings; nil if there is no recommendation.
    var recommended: (@Sendable (inout Configuration) -> Void)?
    var recommendedScale = 0.1
  }

  /// The paper's locomotion tasks, in its order.
  private static var locomotionTasks: [Locomotion] {
    [
      Locomotion(
        tasks: HalfCheetahDirection(),
        // with a standard deviation of a tenth of the motors' range, training collapses after a
        // while
        recommended: {
          $0.inner.stepSize = 0.3
          // credit over fewer steps halves the variance of the predicted term
          $0.inner.surrogate.gaeDecay = 0.95
          $0.outer.step = recommendedStep(0.002, decayTime: 50)
          $0.training.epochs = 75
        }, recommendedScale: 0.3),
      Locomotion(
        tasks: HalfCheetahVelocity(),
        // slow gaits need less of the range; tasks differ little, so steps may be longer
        recommended: {
          $0.inner.stepSize = 0.3
          $0.training.epochs = 80
        }),
      Locomotion(
        tasks: SwimmerVelocity(), published: SwimmerVelocity(paysForMissing: true),
        remark:
          " Its reward has the wrong sign and pays for missing the goal velocity; it is kept here under that name.",
        // with steps of 0.1 the swimmer learns a gait for all tasks and does not adapt
        recommended: { $0.inner.stepSize = 0.5 }, recommendedScale: 0.3),
      Locomotion(
        tasks: SwimmerDirection(), remark: " The task itself is the paper's, not the code's."),
    ]
  }

  /// The names of the paper's locomotion tasks, in its order.
  package static var locomotionNames: [String] { locomotionTasks.map(\.tasks.name) }

  /// The presets of each task: as printed, scaled, as in the published code, and recommended.
  private static let locomotion: [Preset] =
    locomotionTasks.flatMap { item in
      let name = item.tasks.name
      return [
        Preset(
          "\(name).paper",
          "The paper's sizes, ReLU and plain gradient ascent; inner losses with normalised advantages, averaged over time."
        ) {
          applyPaperLocomotion(&$0, item.tasks)
          $0.inner.surrogate = normalizedAdvantages
          $0.outer.surrogate = normalizedAdvantages
        },
        Preset(
          "\(name).paper-literal",
          "The paper as printed, equation 5 with raw returns. It diverges, as navigation does."
        ) { applyPaperLocomotion(&$0, item.tasks) },
        Preset(
          "\(name).published-code",
          "The published code: tanh, second order, Adam, normalised GAE, actions divided by ten; the score coefficient is the raw return, not the published zero."
            + item.remark
        ) {
          applyPublishedLocomotion(&$0, item.published ?? item.tasks)
          $0.outer.surrogate = $0.inner.surrogate
        },
      ]
    }
    + locomotionTasks.compactMap { item in
      recommended(
        item,
        "MAML's gradient with most of the term that it misses, predicted (lvc-past); outer gradients in units of returns, clipped, steps that decay, half the tasks and at most a fifth of the epochs of the published code, single precision."
      ) {
        $0.estimator = LVCPastOptions()
        $0.training.precision = .single
      }
    }

  /// A locomotion task with the settings that work best.
  ///
  /// - Parameters:
  ///   - item: the task.
  ///   - summary: of the preset.
  ///   - change: of the settings that all bodies share; the task's own come after it.
  /// - Returns: The preset; nil if there is no recommendation.
  static func recommended(
    _ item: Locomotion, _ summary: String = withFiftieth,
    _ change: @escaping @Sendable (inout Configuration) -> Void = { _ in }
  ) -> Preset? {
    guard let own = item.recommended else { return nil }
    return Preset("\(item.tasks.name).recommended", summary) {
      applyRecommendedLocomotion(&$0, item.tasks, actionScale: item.recommendedScale)
      $0.outer.step = recommendedStep(decayTime: 50)
      $0.training.epochs = 60
      change(&$0)
      own(&$0)
    }
  }

  private static let withFiftieth =
    "SG-MRL with low-variance curvature for most of its debiasing term and the jackknife for a fiftieth; outer gradients in units of returns, clipped, steps that decay, half the tasks and at most a third of the epochs of the published code."

  /// The estimator and the sizes that suit simulated bodies.
  static func applyRecommendedLocomotion(
    _ configuration: inout Configuration, _ tasks: any LocomotionTasks & TaskOptions,
    actionScale: Double
  ) {
    applyPublishedLocomotion(&configuration, tasks, actionScale: actionScale)
    var estimator = JackknifeOptions(leftOut: 3)
    estimator.weighting.weight = 0.02
    estimator.weighting.complement = .lvc
    configuration.estimator = estimator
    configuration.outer.surrogate = advantagesOfReturns
    configuration.outer.tasks = 20
  }

  static func recommendedStep(_ size: Double = 0.001, decayTime: Double) -> AdamOptions {
    AdamOptions(StepSizeDecay(size, decayTime: decayTime), clipping: 3)
  }

  private static func applyPublishedLocomotion(
    _ configuration: inout Configuration, _ tasks: any LocomotionTasks & TaskOptions,
    actionScale: Double = 0.1
  ) {
    var tasks = tasks
    tasks.settings.actionScale = actionScale
    tasks.settings.clipsAction = true
    applyPaperLocomotion(&configuration, tasks)
    configuration.policy = GaussianNetworkOptions(HiddenLayers(activation: .tanh))
    configuration.inner.surrogate = publishedAdvantages
    configuration.outer.step = AdamOptions()
  }

  private static func applyPaperLocomotion(
    _ configuration: inout Configuration, _ tasks: any LocomotionTasks & TaskOptions
  ) {
    configuration.tasks = tasks
    configuration.horizon = 200
    configuration.outer.tasks = 40
  }
}
