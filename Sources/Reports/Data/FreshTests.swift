/// Tests of untrained and of trained parameters on the fresh tasks of runs, each computed once.
///
/// The tasks and episodes are those of each run's own test, so their returns can be compared task
/// by task.
actor FreshTests {
  private var untrained: [String: MetaTest] = [:]
  private var trained: [String: MetaTest] = [:]

  /// The test of a configuration's initial parameters, up to a number of adaptation steps.
  func untrained(
    _ configuration: Configuration, steps: Int, threads: Int
  ) async throws -> MetaTest {
    var configuration = configuration
    configuration.test.steps = steps
    let key = Self.key(configuration)
    if let known = untrained[key] { return known }
    let experiment = try Experiment(configuration)
    let test = try await experiment.metaTest(experiment.initialParameters, threads: threads)
    untrained[key] = test
    return test
  }

  /// The test of a finished run, with the returns of each task.
  func trained(_ run: StoredRun, threads: Int) async throws -> MetaTest {
    let key = run.directory.url.path
    if let known = trained[key] { return known }
    let experiment = try Experiment(run.configuration)
    let parameters = try SafeTensors.read(run.directory.parametersURL, experiment.policy.layout)
    let test = try await experiment.metaTest(parameters, threads: threads)
    trained[key] = test
    return test
  }

  /// The values that the test of untrained parameters depends on: none of the outer step's.
  private static func key(_ configuration: Configuration) -> String {
    configuration.fields.filter { field in
      !["name", "estimator"].contains(field.key) && !field.key.hasPrefix("outer.")
        && !field.key.hasPrefix("training.")
    }.map { "\($0.key): \($0.text(configuration) ?? "")" }.joined(separator: "\n")
  }
}

extension MetaTest {
  /// The undiscounted return of each task after a number of adaptation steps.
  func returns(after step: Int) -> [Double] {
    returns.map { $0[step].summary.undiscounted }
  }
}
