import Files

/// An element of a parsed model file.
struct MJCFElement {
  var tag: String
  var attributes: [String: String]
  var line: Int
  /// The included file that it stands in; nil for the main one.
  var file: String?
  var children: [MJCFElement] = []

  /// The element as messages name it: its tag and name.
  var label: String {
    attributes["name"].map { "\(tag) \"\($0.prefix(60))\"" } ?? tag
  }

  /// An error about this element.
  func error(_ kind: MJCFError.Kind, _ problem: String, _ advice: String) -> MJCFError {
    MJCFError(kind: kind, element: label, line: line, problem: problem, advice: advice)
      .inFile(file)
  }

  /// An error about something that MuJoCo simulates and this engine does not.
  ///
  /// Nothing is advised but what moves in the same way: `equivalent`, if there is such a thing.
  func unsupported(_ problem: String, equivalent: String? = nil) -> MJCFError {
    error(
      .unsupported, problem,
      equivalent.map { "equivalent is \($0)" } ?? MJCFError.notRepresentable)
  }

  /// Adds tags and attributes, not lines and files.
  func add(to fingerprint: inout Fingerprint) {
    fingerprint.add("<\(tag)".utf8)
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
      fingerprint.add(" \(name)=\"\(value)\"".utf8)
    }
    for child in children { child.add(to: &fingerprint) }
    fingerprint.add(">".utf8)
  }

  /// The children with one of these tags.
  func children(_ tag: String) -> [MJCFElement] { children.filter { $0.tag == tag } }

  /// Throws at the first child that is neither used nor known to be without effect.
  func requireChildren(used: Set<String>, ignored: Set<String>) throws(MJCFError) {
    for child in children where !used.contains(child.tag) && !ignored.contains(child.tag) {
      throw child.unsupported(
        "<\(child.tag)> inside <\(tag)> is not simulated",
        equivalent: MJCFSchema.equivalent(of: child))
    }
  }

  /// Throws at the first attribute that is malformed, or neither used, nor without effect, nor at
  /// the only value that is simulated.
  func requireAttributes(
    used: [String: MJCFValue], ignored: [String: MJCFValue] = [:], fixed: [String: [String]] = [:]
  ) throws(MJCFError) {
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
      if let kind = used[name] ?? ignored[name] {
        guard let fault = kind.fault(value) else { continue }
        throw error(
          .invalidValue, "\(name)=\"\(value.prefix(60))\" is not \(fault)",
          "correct it, or leave it out if it is empty; larger numbers cannot be represented here")
      }
      let allowed = fixed[name] ?? []
      guard !allowed.contains(where: { MJCFNumbers.same($0, value) }) else { continue }
      throw unsupported(
        "\(name)=\"\(value.prefix(60))\" is not simulated",
        equivalent: MJCFSchema.equivalent(of: name, in: tag))
    }
  }
}
