/// What a page of runs shows: `report --json`.
public struct PageSummary: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// The file of the page.
  public let output: String
  /// Its size.
  public let bytes: Int
  /// The number of runs.
  public let runs: Int
  /// Those of them that are not finished.
  public let unfinishedRuns: Int
  /// The groups of runs that differ in their seeds alone.
  public let groups: Int
  /// The identifiers of the page's sections.
  public let sections: [String]
  /// The files of the pictures.
  public let pictures: [String]
  /// The results of each experiment.
  public let results: [Experiment]

  /// Creates a summary.
  public init(
    output: String, bytes: Int, runs: Int, unfinishedRuns: Int, groups: Int, sections: [String],
    pictures: [String], results: [Experiment]
  ) {
    (self.output, self.bytes, self.runs) = (output, bytes, runs)
    (self.unfinishedRuns, self.groups) = (unfinishedRuns, groups)
    (self.sections, self.pictures, self.results) = (sections, pictures, results)
  }

  /// The results of runs of one name.
  public struct Experiment: Codable, Sendable {
    /// The name.
    public let name: String
    /// What standing still would score.
    public let standingStill: Double?
    /// The results in sentences.
    public let sentences: [String]
    /// One for each group.
    public let groups: [Group]

    /// Creates results.
    public init(name: String, standingStill: Double?, sentences: [String], groups: [Group]) {
      (self.name, self.standingStill) = (name, standingStill)
      (self.sentences, self.groups) = (sentences, groups)
    }
  }

  /// The results of runs that differ in their seeds alone.
  public struct Group: Codable, Sendable {
    /// What sets the group apart.
    public let label: String
    /// The seeds.
    public let seeds: [Int]
    /// The adaptation steps.
    public let steps: Int
    /// The return of untrained parameters.
    public let untrained: Value
    /// The return of trained ones.
    public let trained: Value
    /// The second less the first.
    public let difference: Value
    /// The trained return less MAML's; nil without such a group.
    public let minusMAML: Value?

    /// Creates results.
    public init(
      label: String, seeds: [Int], steps: Int, untrained: Value, trained: Value, difference: Value,
      minusMAML: Value?
    ) {
      (self.label, self.seeds, self.steps) = (label, seeds, steps)
      (self.untrained, self.trained) = (untrained, trained)
      (self.difference, self.minusMAML) = (difference, minusMAML)
    }

    private enum CodingKeys: String, CodingKey {
      case label, seeds, steps, untrained, trained, difference
      case minusMAML = "minusMaml"
    }
  }

  /// A mean; its bounds are absent where there are too few values.
  public struct Value: Codable, Sendable {
    /// The mean.
    public let value: Double
    /// The lower bound of its 95 % interval.
    public let low: Double?
    /// The upper bound.
    public let high: Double?

    /// Creates a mean with its bounds.
    public init(value: Double, low: Double?, high: Double?) {
      (self.value, self.low, self.high) = (value, low, high)
    }
  }
}
