extension Configuration {
  /// The complete configuration as YAML, each value with its documentation.
  public var yaml: String {
    var lines = [
      "# The version of this format.", "schema-version: \(Self.schemaVersion)",
    ]
    var section = ""
    for field in fields {
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
}
