/// The values in which the runs differ, and those they share.
struct ConfigurationSection: ReportSection {
  let identifier = "configurations"
  let title = "Configurations"

  func content(_ context: ReportContext) -> HTML? {
    "\(context.runs.experiments.map { Self.experiment($0.name, $0.groups) })"
  }

  private static func experiment(_ name: String, _ groups: [RunGroup]) -> HTML {
    let catalog = groups[0].configuration.catalog
    let fields = catalog.fields.filter { field in
      !["name", "seed"].contains(field.key)
        && groups.contains { field.text($0.configuration) != nil }
    }
    func values(_ field: ConfigurationField) -> [String] {
      groups.map { field.text($0.configuration) ?? "not used" }
    }
    let differing = fields.filter { Set(values($0)).count > 1 }
    let shared = fields.filter { Set(values($0)).count == 1 }
    let differences: HTML =
      differing.isEmpty
      ? "<p>All runs of \(name) have the same configuration except for their seeds.</p>\n"
      : Table(
        caption: "\(name): values in which the groups differ",
        heading: ["key"] + groups.map { "\($0.index + 1) \($0.label)" },
        rows: differing.map { [$0.key] + values($0) }, holdsText: true
      ).html
    let common = Table(
      caption: "\(name): values that all runs share", heading: ["key", "value", "meaning"],
      rows: shared.map { [$0.key, values($0).first ?? "", $0.documentation] }, holdsText: true)
    return "\(differences)\(common.folded)"
  }
}
