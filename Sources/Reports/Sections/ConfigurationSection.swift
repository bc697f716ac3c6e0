/// In which values the runs differ, and what they share.
struct ConfigurationSection: ReportSection {
  let identifier = "configurations"
  let title = "Configurations"

  func content(_ context: ReportContext) -> HTML? {
    let groups = context.runs.groups
    let fields = Configuration.fields.filter { field in
      field.key != "seed" && groups.contains { field.isUsed($0.configuration) }
    }
    func values(_ field: ConfigurationField) -> [String] {
      groups.map { field.isUsed($0.configuration) ? field.text($0.configuration) : "not used" }
    }
    let differing = fields.filter { Set(values($0)).count > 1 }
    let shared = fields.filter { Set(values($0)).count == 1 }
    let names = groups.map { "\($0.configuration.name), \($0.label)" }
    let differences: HTML =
      differing.isEmpty
      ? "<p>All runs have the same configuration but for their seeds.</p>\n"
      : Table(
        caption: "Values in which the groups differ", heading: ["key"] + names,
        rows: differing.map { [$0.key] + values($0) }, holdsText: true
      ).html
    let common = Table(
      caption: "Values that all runs share", heading: ["key", "value", "meaning"],
      rows: shared.map { [$0.key, values($0).first ?? "", $0.documentation] }, holdsText: true)
    return "\(differences)\(common.folded)"
  }
}
