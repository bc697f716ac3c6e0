import Files
import Foundation
import Yams

/// Why a configuration cannot be used.
public struct ConfigurationError: Error, CustomStringConvertible, Equatable, Sendable {
  /// The file and line, the key, what is wrong and what to do.
  public let description: String
}

extension Configuration {
  /// The complete configuration as YAML, every value with its documentation.
  public var yaml: String {
    var lines = [
      "# The version of this format.", "schema-version: \(Self.schemaVersion)",
    ]
    var section = ""
    for field in Self.fields where field.isUsed(self) {
      let parts = field.key.split(separator: ".").map(String.init)
      let indent = parts.count == 2 ? "  " : ""
      if parts.count == 2 && parts[0] != section {
        section = parts[0]
        lines += ["", "\(section):"]
      }
      let symbol = field.symbol.map { " (\($0))" } ?? ""
      lines.append("\(indent)# \(field.documentation)\(symbol) Expected: \(field.kind).")
      lines.append("\(indent)\(parts[parts.count - 1]): \(field.yaml(self))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Reads a configuration file.
  ///
  /// - Throws: ``ConfigurationError`` if the file cannot be read or is not UTF-8, and as
  ///   ``init(yaml:file:)``.
  public init(contentsOf url: URL) throws(ConfigurationError) {
    let text: String
    do { text = try InputFile.text(url.path) } catch {
      throw ConfigurationError(description: error.description)
    }
    try self.init(yaml: text, file: url.path)
  }

  /// Reads a configuration; values that are left out keep their defaults, but for the tasks.
  ///
  /// - Parameters:
  ///   - yaml: the text.
  ///   - file: the name of the file, for errors.
  /// - Throws: ``ConfigurationError`` with the line for text that is not YAML, for unknown keys, for
  ///   keys that are there twice and for values of the wrong kind; and where `environment.name` is
  ///   missing.
  public init(yaml: String, file: String) throws(ConfigurationError) {
    self.init()
    guard let mapping = try YAMLDocument.mapping(yaml, file: file) else {
      throw ConfigurationError(
        description:
          "\(file) does not hold keys and values. 'metatape presets show NAME' prints a complete example."
      )
    }
    var (hasVersion, hasTasks) = (false, false)
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
      } else if let section = node.mapping, Self.isSection(key) {
        for (innerKey, inner) in section {
          let innerName = "\(key).\(innerKey.string ?? "?")"
          try set(innerName, inner, Self.place(file, innerKey))
          if innerName == "environment.name" { hasTasks = true }
        }
      } else {
        try set(key, node, place)
      }
    }
    guard hasVersion else {
      throw ConfigurationError(
        description: "\(file): the key 'schema-version: \(Self.schemaVersion)' is missing.")
    }
    // the defaults of the rest are no experiment that anyone would mean
    guard hasTasks else {
      throw ConfigurationError(
        description:
          "\(file) names no experiment: the key 'name' below 'environment' is missing. 'metatape presets show NAME' prints a complete file to start from."
      )
    }
  }

  /// Sets one value from text of the form `key=value`, as on a command line.
  ///
  /// - Throws: ``ConfigurationError`` for an unknown key or a value of the wrong kind.
  public mutating func set(_ assignment: String) throws(ConfigurationError) {
    let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw ConfigurationError(
        description: "--set \(assignment): write it as key=value, such as inner.step-size=0.05.")
    }
    let node: Node?
    do { node = try Yams.compose(yaml: parts[1]) } catch {
      throw ConfigurationError(description: "--set \(assignment): the value is not YAML.")
    }
    guard let node else {
      throw ConfigurationError(description: "--set \(assignment): the value is empty.")
    }
    try set(parts[0], node, "--set \(assignment)")
  }

  /// Sets several values and refuses those that mean nothing to the tasks, the policy or the estimator.
  ///
  /// - Throws: ``ConfigurationError`` as for a single value.
  public mutating func set(all assignments: [String]) throws(ConfigurationError) {
    for assignment in assignments { try set(assignment) }
    for assignment in assignments {
      try requireUse(of: String(assignment.prefix { $0 != "=" }), "--set \(assignment)")
    }
  }

  /// Refuses a key that means nothing to the tasks, the policy or the estimator.
  func requireUse(of key: String, _ place: String) throws(ConfigurationError) {
    guard let field = Self.fields.first(where: { $0.key == key }), !field.isUsed(self) else {
      return
    }
    throw ConfigurationError(
      description:
        "\(place): '\(key)' means nothing to \(environment.name.rawValue) with a \(policy.kind.rawValue), \(estimator) and \(outer.optimizer.rawValue); leave it out."
    )
  }

  mutating func set(
    _ key: String, _ node: Node, _ place: String
  ) throws(ConfigurationError) {
    guard let field = Self.fields.first(where: { $0.key == key }) else {
      let known = Self.fields.map(\.key)
      let close = known.min { editDistance($0, key) < editDistance($1, key) } ?? ""
      let advice =
        editDistance(close, key) <= 3
        ? "did you mean '\(close)'?" : "'metatape presets show NAME' lists all keys."
      throw ConfigurationError(description: "\(place): there is no key '\(key)'; \(advice)")
    }
    let content: FieldContent
    if let scalar = node.scalar {
      content = .scalar(scalar.string)
    } else if let sequence = node.sequence {
      content = .sequence(sequence.map { $0.scalar?.string ?? "?" })
    } else {
      throw ConfigurationError(description: "\(place): '\(key)' should be \(field.kind).")
    }
    guard field.set(&self, content) else {
      let found: String
      switch content {
      case .scalar(let text): found = "'\(text)'"
      case .sequence(let texts): found = "[\(texts.joined(separator: ", "))]"
      }
      throw ConfigurationError(
        description: "\(place): '\(key)' should be \(field.kind), not \(found).")
    }
  }

  private static func isSection(_ key: String) -> Bool {
    fields.contains { $0.key.hasPrefix(key + ".") }
  }

  static func place(_ file: String, _ node: Node) -> String {
    node.mark.map { "\(file), line \($0.line)" } ?? file
  }
}

/// The number of single-letter changes between two words.
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var row = Array(0...b.count)
  for i in 0..<a.count {
    var diagonal = row[0]
    row[0] = i + 1
    for j in 0..<b.count {
      let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
