/// The results of training: the returns on fresh tasks of untrained and trained parameters, after
/// as many adaptation steps as in training.
///
/// Untrained parameters are tested when the results are created, on the tasks of each run's own
/// test.
public struct ReportResults: Sendable {
  /// The runs of one group.
  public struct Group: Sendable {
    /// The estimator and, if that is ambiguous, the other values that distinguish the group.
    public let label: String
    /// The index among the groups of the experiment, from 0.
    public let index: Int
    /// The seeds of the finished runs.
    public let seeds: [Int]
    /// The adaptation steps.
    public let steps: Int
    /// The return of untrained parameters.
    public let untrained: Estimate
    /// The return of trained parameters.
    public let trained: Estimate
    /// The difference of the two, paired by seed or, with one seed, by task.
    public let rise: Estimate
    /// The trained return minus that of MAML with otherwise equal values; nil if there is no such
    /// group.
    ///
    /// It is stored because the compiler of Swift 6.3 fails when it inlines the comparison's
    /// estimate.
    public private(set) var againstMAML: Estimate?
    let returns: PairedReturns
    let epochs: Int
    var comparison: (estimate: Estimate, how: String)? {
      didSet { againstMAML = comparison?.estimate }
    }
    /// The index of the MAML group that it is compared with.
    var reference: Int?
  }

  /// The groups of one experiment name.
  public struct Experiment: Sendable {
    /// The name.
    public let name: String
    /// The groups that have finished runs.
    public let groups: [Group]
    /// The score of standing still on the tasks, if all groups agree on it.
    public let standingStill: Double?
  }

  /// The experiments that have finished runs.
  public let experiments: [Experiment]

  /// Collects the results of runs.
  ///
  /// - Throws: The errors of testing: `SamplingError` if a policy cannot be simulated,
  ///   `SafeTensors.FormatError` if parameters are damaged.
  public init(_ context: ReportContext) async throws {
    var experiments: [Experiment] = []
    for (name, groups) in context.runs.experiments {
      var results: [Group] = []
      for group in groups where !group.tests.isEmpty {
        results.append(try await Self.result(group, context))
      }
      for (result, reference) in Self.pairs(groups, results) {
        results[result].comparison =
          results[result].returns.difference(to: results[reference].returns)
        results[result].reference = results[reference].index
      }
      if results.isEmpty { continue }
      let levels = groups.standingStill
      experiments.append(
        Experiment(
          name: name, groups: results, standingStill: levels.count == 1 ? levels[0].value : nil))
    }
    self.experiments = experiments
  }

  private static func result(_ group: RunGroup, _ context: ReportContext) async throws -> Group {
    let runs = group.runs.filter { $0.test != nil }
    let steps = min(group.configuration.inner.steps, group.testedSteps.max() ?? 0)
    let trained = try await group.returns(after: steps, context)
    var bySeed: [Int: Double] = [:]
    var byTask: [Double] = []
    for run in runs {
      let test = try await context.fresh.untrained(
        run.configuration, steps: steps, threads: context.threads)
      bySeed[run.configuration.seed] = test.undiscounted(after: steps).mean
      byTask = test.returns(after: steps)
    }
    let untrained =
      runs.count == 1
      ? PairedReturns(ofTasks: byTask, seed: runs[0].configuration.seed)
      : PairedReturns(bySeed: bySeed)
    return Group(
      label: group.label, index: group.index, seeds: bySeed.keys.sorted(), steps: steps,
      untrained: untrained.estimate, trained: trained.estimate,
      rise: trained.difference(to: untrained).estimate, returns: trained, epochs: group.epochs)
  }

  /// The indices of the groups that have a MAML counterpart, and of the counterparts.
  private static func pairs(
    _ groups: [RunGroup], _ results: [Group]
  ) -> [(result: Int, reference: Int)] {
    results.indices.compactMap { index in
      guard let group = groups.first(where: { $0.index == results[index].index }),
        let reference = group.counterpart(among: groups),
        let place = results.firstIndex(where: { $0.index == reference.index })
      else { return nil }
      return (index, place)
    }
  }
}

extension RunGroup {
  /// The undiscounted returns on fresh tasks after a number of steps: by seed or, for a single run,
  /// by task.
  func returns(after step: Int, _ context: ReportContext) async throws -> PairedReturns {
    let finished = runs.filter { $0.test != nil }
    if finished.count == 1 {
      let test = try await context.fresh.trained(finished[0], threads: context.threads)
      if step <= test.steps {
        return PairedReturns(
          ofTasks: test.returns(after: step), seed: finished[0].configuration.seed)
      }
    }
    return PairedReturns(
      bySeed: tests.compactMapValues { test in
        test.rows.first { $0.steps == step }?.undiscountedReturn
      })
  }

  /// The group with the estimator MAML and otherwise the same values as this one.
  func counterpart(among groups: [RunGroup]) -> RunGroup? {
    // values that only one of the estimators has do not count
    func agrees(_ other: Configuration) -> Bool {
      configuration.comparedFields.allSatisfy { field in
        guard let mine = field.text(configuration), let theirs = field.text(other) else {
          return true
        }
        return mine == theirs
      }
    }
    let reference = Estimator.maml.name
    guard configuration.estimator.name != reference else { return nil }
    return groups.first {
      $0.configuration.estimator.name == reference && agrees($0.configuration)
    }
  }
}

extension [RunGroup] {
  /// The score of standing still on the test tasks: one level if all groups have the same
  /// environment, otherwise one per environment; none if it is not known.
  var standingStill: [ChartLines.Level] { levels("standing still", \.standingStill) }

  /// The returns that results are to be seen beside: those of standing still, of the best policy for each task
  /// and of random actions, where they are known.
  var referenceLevels: [ChartLines.Level] {
    standingStill + levels("best policy", \.bestReturn)
      + levels("random actions", \.uniformReturn)
  }

  /// The mean of a number of the tests.
  private func levels(
    _ name: String, _ number: (TestReport) -> Double?
  ) -> [ChartLines.Level] {
    let known = compactMap { group -> (group: RunGroup, value: Double)? in
      let values = group.tests.sorted { $0.key < $1.key }.compactMap { number($0.value) }
      guard !values.isEmpty else { return nil }
      return (group, values.reduce(0, +) / Double(values.count))
    }
    guard let first = known.first else { return [] }
    let isShared = known.allSatisfy {
      $0.group.configuration.tasks.isEqual(first.group.configuration.tasks)
        && $0.group.configuration.horizon == first.group.configuration.horizon
    }
    if isShared {
      let mean = known.reduce(0) { $0 + $1.value } / Double(known.count)
      return [ChartLines.Level(name: name, value: mean)]
    }
    return known.map {
      ChartLines.Level(name: "\(name), \($0.group.index + 1)", value: $0.value)
    }
  }
}
