import Yams

/// The keys and values of a YAML file, or one sentence about what is wrong with it.
enum YAMLDocument {
  /// Reads text as a mapping; nil if it is YAML, but no mapping.
  ///
  /// - Throws: `ConfigurationError` with the line for text that is not YAML and for keys that are
  ///   there twice.
  static func mapping(_ text: String, file: String) throws(ConfigurationError) -> Node.Mapping? {
    do { return try Yams.compose(yaml: text)?.mapping } catch {
      throw ConfigurationError(description: problem(error, text, file))
    }
  }

  private static func problem(_ error: any Error, _ text: String, _ file: String) -> String {
    switch error as? YamlError {
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? "?"
      let lines = lines(of: key, from: context.mark, text).map(String.init)
      let places =
        lines.count > 1 ? "lines \(lines.joined(separator: " and "))" : "line \(lines[0])"
      return "\(file), \(places): the key '\(key)' is there twice; leave one out."
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return "\(file), line \(mark.line): this is not YAML (\(problem))."
    case .reader(let problem, _, _, _): return "\(file) is not YAML (\(problem))."
    default: return "\(file) is not YAML."
    }
  }

  /// The lines on which a key of a mapping stands, the first of which is known.
  private static func lines(of key: String, from first: Mark, _ text: String) -> [Int] {
    let spellings = [key, "\"\(key)\"", "'\(key)'"]
    var found = [first.line]
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated().dropFirst(first.line) {
      let indent = line.prefix { $0 == " " }.count
      let content = line.dropFirst(indent)
      if content.isEmpty || content.hasPrefix("#") || content == "\r" { continue }
      // the mapping has ended
      if indent < first.column - 1 { break }
      if indent > first.column - 1 { continue }
      let name = content.prefix { $0 != ":" }.trimmingSuffix(while: \.isWhitespace)
      if spellings.contains(String(name)) { found.append(index + 1) }
    }
    return found
  }
}

extension Substring {
  fileprivate func trimmingSuffix(while isLeftOut: (Character) -> Bool) -> Substring {
    var result = self
    while let last = result.last, isLeftOut(last) { result.removeLast() }
    return result
  }
}
