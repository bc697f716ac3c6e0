import Theory

/// What the theory says of the estimates of a group of runs.
struct GradientBounds: Equatable {
  /// Assumptions 1 to 3 and the sizes of the adaptation.
  let constants: ProblemConstants
  /// The bounds that hold, with `G_V` for every estimate.
  let corrected: TheoryBounds
  /// The bounds that hold and are closer in the mean.
  let tightened: TheoryBounds
  /// The bounds of the paper, or why its assumptions fail.
  let printed: Coverage<TheoryBounds>

  /// The greatest root mean square of an estimate's norm, which bounds `‖∇V_ζ‖` too.
  var rootMeanSquare: Double { tightened.secondMoment.squareRoot() }

  /// The bounds for a configuration.
  ///
  /// - Returns: The bounds, or why the theory has none.
  /// - Throws: `ConfigurationError` if the values of the configuration do not go together.
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
