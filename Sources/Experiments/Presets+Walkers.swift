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

  private static let walkerTasks: [any LocomotionTasks & TaskOptions] = [
    Walker2DDirection(), Walker2DVelocity(), RandomBodies(.walker2d), RandomBodies(.hopper),
  ]
}
