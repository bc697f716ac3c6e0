extension Catalog {
  /// The components of the package, one row each.
  public static let standard = Catalog(
    [
      // tasks
      Navigation2D(),
      HalfCheetahDirection(),
      HalfCheetahVelocity(),
      SwimmerVelocity(),
      SwimmerDirection(),
      RandomTabularOptions(),

      // policies
      GaussianNetworkOptions(),
      FullCovarianceGaussianNetworkOptions(),
      CategoricalNetworkOptions(),
      SoftmaxOptions(),

      // estimators
      PresetEstimatorOptions(.sgMRL),
      PresetEstimatorOptions(.sgMRLEquation9),
      PresetEstimatorOptions(.firstOrderSGMRL),
      PresetEstimatorOptions(.maml),
      PresetEstimatorOptions(.firstOrderMAML),
      PresetEstimatorOptions(.mamlEquation9),
      PresetEstimatorOptions(.eMAML),
      PresetEstimatorOptions(.diceMAML),
      PresetEstimatorOptions(.lvc),
      PresetEstimatorOptions(.lsf),
      PresetEstimatorOptions(.sgMRLOwnBatch),
      PresetEstimatorOptions(.sgMRLLeaveOneOut),
      PresetEstimatorOptions(.sgMRLRunningBaseline),
      PresetEstimatorOptions(.sgMRLControlVariate),
      JackknifeOptions(),

      // outer steps
      GradientAscentOptions(),
      AdamOptions(),
    ], presets: Preset.standard)
}
