/// The runs, their progress, and their returns.
struct OverviewSection: ReportSection {
  let identifier = "runs"
  let title = "Runs"

  func content(_ context: ReportContext) -> HTML? {
    let tables = context.runs.experiments.map { experiment -> HTML in
      let rows = experiment.groups.map { group in
        [
          "\(group.index + 1) \(group.label)",
          Format.ranges(group.shown.map(\.configuration.seed)),
          Self.progress(group), Self.final(group, "return_before"),
          Self.final(group, "return_after"),
        ]
      }
      return Table(
        caption: "\(experiment.name): returns over the last tenth of training",
        heading: ["estimator", "seeds", "epochs", "before adaptation", "after adaptation"],
        rows: rows
      ).html
    }
    let unfinished = context.runs.groups.flatMap(\.runs).filter { $0.test == nil }
    let notes = unfinished.map { run -> HTML in
      """
      <li>\(run.configuration.name), \(run.configuration.estimator.name), seed \
      \(run.configuration.seed): \(run.epochs) of \(run.configuration.training.epochs) epochs</li>

      """
    }
    let note: HTML =
      unfinished.isEmpty
      ? ""
      : """
      <div class="note" role="note"><p>\(Format.count(unfinished.count, "run")) in progress, not \
      tested yet. Runs in progress are left out of groups that have finished runs; other groups \
      are shown up to the epoch that all of their runs have reached.</p><ul>
      \(notes)</ul></div>

      """
    let findings = context.runs.groups.flatMap(\.runs).flatMap { run in
      run.findings.map { finding -> HTML in
        """
        <li>\(run.configuration.name), \(run.configuration.estimator.name), seed \
        \(run.configuration.seed), epoch \(finding.epoch): \(finding.message)</li>

        """
      }
    }
    let warning: HTML =
      findings.isEmpty
      ? ""
      : """
      <div class="note" role="note"><p>Some of these policies may not have learnt what their returns \
      suggest:</p><ul>
      \(findings)</ul></div>

      """
    return """
      \(note)\(warning)\(tables)<p class="caption">Runs that differ only in their seeds form a group. The number \
      of a group is at the ends of its lines. Means are over seeds, with 95 % intervals if there are \
      two seeds or more.</p>

      """
  }

  private static func progress(_ group: RunGroup) -> String {
    let planned = group.configuration.training.epochs
    return group.epochs == planned ? "\(planned)" : "\(group.epochs) of \(planned)"
  }

  private static func final(_ group: RunGroup, _ column: String) -> String {
    let values = group.finalValues(column)
    return values.isEmpty ? "" : Format.estimate(Estimate(Array(values.values)))
  }
}
