import Experiments

/// The presets and components of a catalog: `presets --json`.
public struct CatalogListing: Document {
  /// A preset or a component.
  public struct Entry: Codable, Sendable {
    /// The name.
    public let name: String
    /// What it is, in a sentence.
    public let summary: String
  }

  /// The version of the format.
  public var schemaVersion = 1
  /// The presets.
  public let presets: [Entry]
  /// The estimators.
  public let estimators: [Entry]
  /// The distributions of tasks.
  public let tasks: [Entry]
  /// The policies.
  public let policies: [Entry]
  /// The outer steps.
  public let outerSteps: [Entry]

  /// Lists a catalog.
  public init(_ catalog: Catalog) {
    func entries(_ components: [any ComponentOptions]) -> [Entry] {
      components.map { Entry(name: $0.name, summary: $0.summary) }
    }
    presets = catalog.presets.map { Entry(name: $0.name, summary: $0.summary) }
    (estimators, tasks) = (entries(catalog.estimators), entries(catalog.tasks))
    (policies, outerSteps) = (entries(catalog.policies), entries(catalog.outerSteps))
  }
}

/// Every value of a configuration by its key, as text: `presets show --json`.
public struct ConfigurationListing: Document {
  /// The version of the format.
  public var schemaVersion = Configuration.schemaVersion
  /// The values.
  public let values: [String: String]

  /// Lists a configuration.
  public init(_ configuration: Configuration) {
    values = Dictionary(
      uniqueKeysWithValues: configuration.fields.map { ($0.key, $0.text(configuration) ?? "") })
  }
}
