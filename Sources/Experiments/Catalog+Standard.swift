extension Catalog {
  /// The components of the package, one row each.
  public static let standard = Catalog(
    estimators + [
      // tasks
      Navigation2D(),
      Navigation2D(goals: .corners),
      PointRobot(.goals),
      PointRobot(.wind),
      HalfCheetahDirection(),
      HalfCheetahVelocity(),
      HalfCheetahRandomMasses(),
      HalfCheetahRandomLimbs(),
      SwimmerVelocity(),
      SwimmerDirection(),
      Walker2DDirection(),
      Walker2DVelocity(),
      HopperDirection(),
      RandomBodies(.walker2d),
      RandomBodies(.hopper),
      InvertedPendulum(),
      InvertedDoublePendulum(),
      Reacher(),
      UserBody(),
      RandomTabularOptions(),
      Bandits(.bernoulli),
      Bandits(.gaussian),
      RandomProcesses(),

      // policies
      GaussianNetworkOptions(),
      FullCovarianceGaussianNetworkOptions(),
      CategoricalNetworkOptions(),
      SoftmaxOptions(),

      // outer steps
      GradientAscentOptions(),
      AdamOptions(),
      TrustRegionOptions(),
      EvolutionStrategiesOptions(),
      ProximalSearchOptions(),
    ], presets: Preset.standard)

  /// Every estimator of `Estimator.presets`, with options of its own where it has any.
  private static let estimators: [any ComponentOptions] = Estimator.presets.map { preset in
    ownOptions.first { $0.name == preset.name } ?? PresetEstimatorOptions(preset)
  }

  /// One row for each estimator with options of its own.
  private static let ownOptions: [any EstimatorOptions] = [
    LoadedDiCEOptions(), LVCPastOptions(), JackknifeOptions(),
  ]
}
