import Requirements
@_exported import Runs

/// Runs that differ only in their seeds.
public struct RunGroup: Sendable {
  /// The runs, sorted by seed.
  public let runs: [StoredRun]
  /// The estimator and, if that is ambiguous, the other values that distinguish the group.
  public let label: String
  /// The index among the groups of the same experiment, from 0.
  public let index: Int

  /// The configuration, with the seed of the first run.
  public var configuration: Configuration { runs[0].configuration }
  /// The runs behind curves and means: the finished ones or, if there are none, those that have
  /// begun.
  public var shown: [StoredRun] {
    let finished = runs.filter { $0.test != nil }
    return finished.isEmpty ? runs.filter { $0.epochs > 0 } : finished
  }
  /// The number of epochs that all shown runs have reached.
  public var epochs: Int { shown.map(\.epochs).min() ?? 0 }
  /// The tests of the finished runs, by seed.
  var tests: [Int: TestReport] {
    Dictionary(runs.compactMap { run in run.test.map { (run.configuration.seed, $0) } }) { $1 }
  }

  /// The numbers of adaptation steps that all tests have.
  var testedSteps: [Int] {
    tests.values.map { $0.rows.map(\.steps) }.min { $0.count < $1.count } ?? []
  }

  /// The mean of a column over the last tenth of the epochs, for each run that has any.
  func finalValues(_ column: String) -> [Int: Double] {
    let window = max(1, epochs / 10)
    let values = shown.compactMap { run -> (Int, Double)? in
      let last = run.metrics[column]?.prefix(epochs).suffix(window) ?? []
      guard !last.isEmpty else { return nil }
      return (run.configuration.seed, last.reduce(0, +) / Double(last.count))
    }
    return Dictionary(values) { $1 }
  }
}

/// Runs in groups, and groups in experiments by name.
public struct RunCollection: Sendable {
  /// The experiments, in the order of their names.
  public let experiments: [(name: String, groups: [RunGroup])]

  /// Why runs cannot be shown together.
  public struct ConflictError: ReportedError, Equatable {
    /// The two folders and the remedy.
    public let description: String
  }

  /// Groups runs.
  ///
  /// - Throws: ``ConflictError`` if two runs have the same configuration and seed. They are the
  ///   same run and would be counted twice.
  public init(_ runs: [StoredRun]) throws(ConflictError) {
    var byName: [String: [[String]: [StoredRun]]] = [:]
    for run in runs {
      byName[run.configuration.name, default: [:]][Self.signature(run), default: []].append(run)
    }
    var result: [(name: String, groups: [RunGroup])] = []
    for (name, bySignature) in byName.sorted(by: { $0.key < $1.key }) {
      let listed = bySignature.values.first?[0].configuration.catalog.estimators.map(\.name) ?? []
      let sorted = bySignature.sorted { Self.precedes($0.key, $1.key, listed) }.map { $0.value }
      var groups: [RunGroup] = []
      for (index, members) in sorted.enumerated() {
        let inOrder = members.sorted { $0.configuration.seed < $1.configuration.seed }
        for (run, next) in zip(inOrder, inOrder.dropFirst())
        where run.configuration.seed == next.configuration.seed {
          throw ConflictError(
            description:
              "\(run.directory.url.path) and \(next.directory.url.path) have the same configuration and seed \(run.configuration.seed): pass only one of them."
          )
        }
        groups.append(
          RunGroup(
            runs: inOrder, label: Self.label(inOrder[0], among: sorted.map { $0[0] }),
            index: index))
      }
      result.append((name, groups))
    }
    experiments = result
  }

  /// All groups.
  public var groups: [RunGroup] { experiments.flatMap(\.groups) }

  /// Every value of a configuration but the seed, the estimator first.
  private static func signature(_ run: StoredRun) -> [String] {
    [run.configuration.estimator.name]
      + run.configuration.comparedFields.map { $0.text(run.configuration) ?? "" }
  }

  /// Orders by estimator, as listed in the catalog, then by the other values.
  private static func precedes(_ a: [String], _ b: [String], _ listed: [String]) -> Bool {
    func rank(_ name: String) -> Int { listed.firstIndex(of: name) ?? listed.count }
    if a[0] != b[0] { return (rank(a[0]), a[0]) < (rank(b[0]), b[0]) }
    return a.lexicographicallyPrecedes(b)
  }

  private static func label(_ run: StoredRun, among others: [StoredRun]) -> String {
    let estimator = run.configuration.estimator.name
    let rivals = others.map(\.configuration).filter { $0.estimator.name == estimator }
    let differences = run.configuration.comparedFields.filter { field in
      Set(rivals.map(field.text)).count > 1
    }
    return ([estimator] + differences.map { "\($0.key) \($0.text(run.configuration) ?? "-")" })
      .joined(separator: ", ")
  }
}

extension Configuration {
  /// The fields in which groups of one experiment may differ, apart from the estimator.
  var comparedFields: [ConfigurationField] {
    catalog.fields.filter { !["name", "seed", "estimator"].contains($0.key) }
  }
}
