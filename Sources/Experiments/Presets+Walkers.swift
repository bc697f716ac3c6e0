extension Preset {
  /// Walkers and hoppers, which other papers have.
  static let walkers: [Preset] = walkerTasks.map { tasks in
    Preset(
      "\(tasks.name).recommended",
      "SG-MRL as for the half-cheetah: low-variance curvature for most of its debiasing term and the jackknife for a fiftieth; outer gradients in units of returns, clipped, single precision."
    ) {
      applyRecommendedLocomotion(&$0, tasks, actionScale: 0.3)
      $0.outer.step = recommendedStep(decayTime: 100)
      $0.training.epochs = 100
      $0.training.precision = .single
    }
  }

  /// Any body, which is to be given.
  static let body = Preset(
    "body.recommended",
    "A body of your own, --set environment.model=FILE.xml, with the estimator and the sizes of the walkers; without it, the half-cheetah."
  ) {
    applyRecommendedLocomotion(&$0, HalfCheetahDirection(), actionScale: 0.3)
    var tasks = UserBody()
    tasks.settings.actionScale = 0.3
    tasks.settings.clipsAction = true
    $0.tasks = tasks
    $0.outer.step = recommendedStep(decayTime: 100)
    $0.training.epochs = 100
    $0.training.precision = .single
  }

  private static let walkerTasks: [any LocomotionTasks & TaskOptions] = [
    Walker2DDirection(), Walker2DVelocity(), RandomBodies(.walker2d), RandomBodies(.hopper),
  ]
}
