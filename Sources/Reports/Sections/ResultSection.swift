/// The results, in a few sentences and a table.
struct ResultSection: ReportSection {
  let identifier = "result"
  let title = "Result"

  func content(_ context: ReportContext) async throws -> HTML? {
    let experiments = try await ReportResults(context).experiments
    guard !experiments.isEmpty else { return nil }
    let parts = experiments.map { experiment -> HTML in
      let text = experiment.sentences.joined(separator: " ")
      let table: HTML = experiment.groups.count > 1 ? Self.table(experiment).html : ""
      return """
        <h3>\(experiment.name)</h3>
        <p class="result">\(text)</p>
        \(table)
        """
    }
    return """
      \(parts)<p class="caption">Undiscounted returns on the tasks of each run’s test, after as many \
      adaptation steps as in training; untrained parameters are tested on the same tasks. Intervals \
      are over seeds or, with one seed, over its tasks.</p>

      """
  }

  private static func table(_ experiment: ReportResults.Experiment) -> Table {
    let isCompared = experiment.groups.contains { $0.comparison != nil }
    return Table(
      caption: "\(experiment.name): return on fresh tasks after adaptation",
      heading: ["estimator", "seeds", "steps", "untrained", "trained", "difference"]
        + (isCompared ? ["minus MAML"] : []),
      rows: experiment.groups.map { group in
        [
          "\(group.index + 1) \(group.label)", Format.ranges(group.seeds), "\(group.steps)",
          Format.number(group.untrained.mean), Format.estimate(group.trained),
          Format.estimate(group.rise),
        ] + (isCompared ? [group.againstMAML.map(Format.estimate) ?? ""] : [])
      })
  }
}
