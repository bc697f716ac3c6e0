/// An element of a parsed model file.
struct MJCFElement {
  var tag: String
  var attributes: [String: String]
  var line: Int
  var children: [MJCFElement] = []

  /// The element as messages name it: its tag and name.
  var label: String {
    attributes["name"].map { "\(tag) \"\($0.prefix(60))\"" } ?? tag
  }

  /// An error about this element.
  func error(_ kind: MJCFError.Kind, _ problem: String, _ advice: String) -> MJCFError {
    MJCFError(kind: kind, element: label, line: line, problem: problem, advice: advice)
  }

  /// An error about something valid in MuJoCo that is not simulated here.
  func unsupported(_ problem: String, _ advice: String) -> MJCFError {
    error(.unsupported, problem, advice)
  }

  /// The children with one of these tags.
  func children(_ tag: String) -> [MJCFElement] { children.filter { $0.tag == tag } }

  /// Throws at the first child that is neither used nor known to be without effect.
  func requireChildren(used: Set<String>, ignored: Set<String>) throws(MJCFError) {
    for child in children where !used.contains(child.tag) && !ignored.contains(child.tag) {
      throw child.unsupported(
        "<\(child.tag)> inside <\(tag)> is not supported",
        "remove it, or use MuJoCo for this model")
    }
  }

  /// Throws at the first attribute that is neither used, nor without effect, nor at the only
  /// value that is supported.
  func requireAttributes(
    used: Set<String>, ignored: Set<String> = [], fixed: [String: [String]] = [:]
  ) throws(MJCFError) {
    for (name, value) in attributes.sorted(by: { $0.key < $1.key })
    where !used.contains(name) && !ignored.contains(name) {
      guard let allowed = fixed[name] else {
        throw unsupported("attribute \(name) is not supported", "remove it")
      }
      guard allowed.contains(where: { MJCFNumbers.same($0, value) }) else {
        throw unsupported(
          "\(name)=\"\(value.prefix(60))\" is not supported", "only \(name)=\"\(allowed[0])\" is")
      }
    }
  }
}
