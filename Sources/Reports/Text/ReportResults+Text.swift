extension ReportResults.Experiment {
  /// The results as a table and in sentences.
  public var text: String {
    func interval(_ estimate: Estimate) -> String {
      guard let bounds = estimate.interval95 else { return "" }
      return "\(Console.number(bounds.lowerBound, 2)) … \(Console.number(bounds.upperBound, 2))"
    }
    let table = Console.table(
      [
        "estimator", "seeds", "steps", "untrained", "trained", "95 % interval", "minus MAML",
        "95 % interval",
      ],
      groups.map { group in
        [
          group.label, group.seeds.map(String.init).joined(separator: ","), "\(group.steps)",
          Console.number(group.untrained.mean, 2), Console.number(group.trained.mean, 2),
          interval(group.trained), group.againstMAML.map { Console.number($0.mean, 2) } ?? "",
          group.againstMAML.map(interval) ?? "",
        ]
      })
    return "\(name)\n\n\(table)\n\n\(sentences.joined(separator: "\n"))\n"
  }
}

extension PageSummary.Experiment {
  /// The results of an experiment as a document.
  public init(_ experiment: ReportResults.Experiment) {
    self.init(
      name: experiment.name, standingStill: experiment.standingStill,
      sentences: experiment.sentences, groups: experiment.groups.map(PageSummary.Group.init))
  }
}

extension PageSummary.Group {
  /// The results of a group as a document.
  public init(_ group: ReportResults.Group) {
    self.init(
      label: group.label, seeds: group.seeds, steps: group.steps,
      untrained: PageSummary.Value(group.untrained), trained: PageSummary.Value(group.trained),
      difference: PageSummary.Value(group.rise),
      minusMAML: group.againstMAML.map(PageSummary.Value.init))
  }
}

extension PageSummary.Value {
  /// An estimate as a document.
  public init(_ estimate: Estimate) {
    let interval = estimate.interval95
    self.init(
      value: estimate.mean, low: interval?.lowerBound, high: interval?.upperBound)
  }
}
