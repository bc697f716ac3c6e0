import CLibrary
import Files
import Findings

/// The version of the interface.
@c @implementation public func metatape_interface() -> Int32 { METATAPE_INTERFACE }

/// What went wrong in this thread's last call that failed.
@c @implementation public func metatape_error() -> UnsafePointer<CChar>? {
  Forks.inside { LastError.text ?? noError }
}

/// An empty text that lives as long as the process.
nonisolated(unsafe) private let noError = strdup("").map { UnsafePointer($0) }

/// Frees a text.
@c @implementation public func metatape_free(_ text: UnsafeMutablePointer<CChar>?) { free(text) }

/// Versions and the processor, as JSON.
@c @implementation public func metatape_build(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  answer {
    try requireUsableKernels()
    let facts = MachineFacts()
    try give(
      try jsonText(
        Build(
          version: Release.version, interface: metatape_interface(), processor: facts.processor,
          vectors: facts.vectors, blas: facts.blas, blasCore: facts.blasCore)), json)
  }
}

private struct Build: Encodable {
  let version: String
  let interface: Int32
  let processor: String
  let vectors: String?
  let blas: String
  let blasCore: String
}

/// Tasks, policies, estimators, presets and models, as JSON.
@c @implementation public func metatape_catalog(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  answer { try give(try jsonText(CatalogFacts(.standard)), json) }
}

/// A catalog with the options of its components.
private struct CatalogFacts: Encodable {
  struct Component: Encodable {
    let name, summary: String
    let options: [Option]
    /// The steps of an episode, of tasks that say so.
    var horizon: Int?
  }
  struct Option: Encodable {
    let key, kind, documentation, `default`: String
    let choices: [String]
  }
  struct Estimator: Encodable {
    let name, summary: String
    let unbiased: Bool
  }
  let tasks, policies, outerSteps: [Component]
  let estimators: [Estimator]
  let presets, models: [String]

  init(_ catalog: Catalog) {
    tasks = catalog.tasks.map(Self.component)
    policies = catalog.policies.map(Self.component)
    outerSteps = catalog.outerSteps.map(Self.component)
    estimators = catalog.estimators.map {
      Estimator(
        name: $0.name, summary: $0.summary, unbiased: $0.makeEstimator().isDeclaredUnbiased)
    }
    presets = catalog.presets.map(\.name)
    models = KnownModel.names
  }

  private static func component(_ options: any ComponentOptions) -> Component {
    Component(
      name: options.name, summary: options.summary, options: listed(options),
      horizon: (options as? any TaskDistribution)?.horizon)
  }

  private static func listed<Owner: ComponentOptions>(_ owner: Owner) -> [Option] {
    owner.fields.map {
      Option(
        key: $0.key, kind: $0.kind, documentation: $0.documentation, default: $0.text(owner),
        choices: $0.choices)
    }
  }
}

/// A value as JSON in one line, with keys in snake case.
func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  encoder.keyEncodingStrategy = .convertToSnakeCase
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
