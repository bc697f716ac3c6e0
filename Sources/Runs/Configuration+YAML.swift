import Files
import Foundation
import Yams

extension Configuration {
  /// Reads a configuration file.
  ///
  /// - Throws: `ConfigurationError` if the file cannot be read or is not UTF-8, and as
  ///   ``init(yaml:file:catalog:)``.
  public init(
    contentsOf url: URL, catalog: Catalog = .standard
  ) throws(ConfigurationError) {
    let text: String
    do { text = try InputFile.text(url.path) } catch {
      throw ConfigurationError(description: error.description)
    }
    try self.init(yaml: text, file: url.path, catalog: catalog)
  }

  /// Reads a configuration; values that are left out keep their defaults, but for the tasks.
  ///
  /// - Parameters:
  ///   - yaml: the text.
  ///   - file: the name of the file, for errors.
  ///   - catalog: where names are looked up.
  /// - Throws: `ConfigurationError` with the line for text that is not YAML, for unknown keys, for
  ///   keys that are there twice, for values of the wrong kind and for keys that mean nothing to the
  ///   components; and where `environment.name` is missing.
  public init(
    yaml: String, file: String, catalog: Catalog = .standard
  ) throws(ConfigurationError) {
    self.init(catalog)
    guard let mapping = try YAMLDocument.mapping(yaml, file: file) else {
      throw ConfigurationError(
        description:
          "\(file) does not hold keys and values. A preset's text is a complete example."
      )
    }
    let sections = Set(catalog.fields.compactMap { $0.key.split(separator: ".").dropLast().first })
    var hasVersion = false
    var assignments: [Assignment] = []
    for (keyNode, node) in mapping {
      let key = keyNode.string ?? "?"
      let place = Self.place(file, keyNode)
      if key == "schema-version" {
        hasVersion = true
        guard node.scalar?.string == "\(Self.schemaVersion)" else {
          throw ConfigurationError(
            description:
              "\(place): this program reads schema-version \(Self.schemaVersion), not '\(node.scalar?.string ?? "?")'."
          )
        }
      } else if let section = node.mapping, sections.contains(key[...]) {
        for (innerKey, inner) in section {
          assignments.append(
            Assignment(
              "\(key).\(innerKey.string ?? "?")", inner.fieldValue,
              place: Self.place(file, innerKey)))
        }
      } else {
        assignments.append(Assignment(key, node.fieldValue, place: place))
      }
    }
    guard hasVersion else {
      throw ConfigurationError(
        description: "\(file): the key 'schema-version: \(Self.schemaVersion)' is missing.")
    }
    try set(all: assignments)
    // the defaults of the rest are no experiment that anyone would mean
    guard assignments.contains(where: { $0.key == "environment.name" }) else {
      throw ConfigurationError(
        description:
          "\(file) names no experiment: the key 'name' below 'environment' is missing. A preset's text is a complete file to start from."
      )
    }
  }

  /// Sets values from text of the form `key=value`, as on a command line.
  ///
  /// - Throws: `ConfigurationError` for an unknown key, a value of the wrong kind, or a key that means
  ///   nothing to the components.
  public mutating func set(all assignments: [String]) throws(ConfigurationError) {
    var parsed: [Assignment] = []
    for assignment in assignments { parsed.append(try Self.parse(assignment)) }
    try set(all: parsed)
  }

  /// Sets one value, as ``set(all:)``.
  public mutating func set(_ assignment: String) throws(ConfigurationError) {
    try set(all: [assignment])
  }

  private static func parse(_ assignment: String) throws(ConfigurationError) -> Assignment {
    let place = "'\(assignment)'"
    let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw ConfigurationError(
        description: "\(place): write it as key=value, such as inner.step-size=0.05.")
    }
    let node: Node?
    do { node = try Yams.compose(yaml: parts[1]) } catch {
      throw ConfigurationError(description: "\(place): the value is not YAML.")
    }
    guard let node else { throw ConfigurationError(description: "\(place): the value is empty.") }
    return Assignment(parts[0], node.fieldValue, place: place)
  }

  static func place(_ file: String, _ node: Node) -> String {
    node.mark.map { "\(file), line \($0.line)" } ?? file
  }
}

extension Node {
  /// The text of a scalar or those of a sequence; nil for a mapping.
  var fieldValue: FieldValue? {
    if let scalar { return .scalar(scalar.string) }
    return sequence.map { .sequence($0.map { $0.scalar?.string ?? "?" }) }
  }
}
