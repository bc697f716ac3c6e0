import Theory

/// The theory's bounds for the estimates of a group of runs.
struct GradientBounds: Equatable {
  /// Assumptions 1 to 3 and the sizes of the adaptation.
  let constants: ProblemConstants
  /// The corrected bounds, with `G_V` for every estimate.
  let corrected: TheoryBounds
  /// The corrected bounds, tightened in the mean.
  let tightened: TheoryBounds
  /// The paper's bounds, or why its assumptions fail.
  let printed: Coverage<TheoryBounds>

  /// The maximum root mean square of an estimate's norm, which also bounds `‖∇V_ζ‖`.
  var rootMeanSquare: Double { tightened.secondMoment.squareRoot() }

  /// The bounds for a configuration.
  ///
  /// - Returns: The bounds, or why the theory has none.
  /// - Throws: `ConfigurationError` if the values of the configuration contradict each other.
  static func of(
    _ configuration: Configuration
  ) throws(ConfigurationError) -> Coverage<GradientBounds> {
    let experiment = try Experiment(configuration)
    let constants = ProblemConstants.of(
      experiment.policy, on: experiment.tasks, settings: experiment.settings)
    let gaps = constants.reasons + TheoryBounds.gaps(for: experiment.settings.estimator)
    guard gaps.isEmpty, let constants = constants.value,
      let rewards = experiment.tasks.statedRewardBounds.value
    else { return .notCovered(gaps) }
    let failures = TheoryBounds.printedFailures(constants, rewards: rewards)
    return .covered(
      GradientBounds(
        constants: constants, corrected: TheoryBounds(.corrected, constants),
        tightened: TheoryBounds(.tightened, constants),
        printed: failures.isEmpty
          ? .covered(TheoryBounds(.printed, constants)) : .notCovered(failures)))
  }
}
