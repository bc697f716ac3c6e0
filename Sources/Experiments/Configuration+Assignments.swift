/// A value for a key of a configuration, and the place where it was given.
public struct Assignment: Sendable {
  /// The key.
  public let key: String
  /// The value; nil if it is neither a value nor a list.
  public let value: FieldValue?
  /// The place, for error messages.
  public let place: String

  /// Creates an assignment; `outer.step` is another name of `outer.optimizer`.
  public init(_ key: String, _ value: FieldValue?, place: String) {
    (self.value, self.place) = (value, place)
    self.key = key == "outer.step" ? Slot.outerStep.nameKey : key
  }
}

extension Configuration {
  /// Sets several values: first the components, then their values.
  ///
  /// Files, command lines and sweeps all use this function.
  ///
  /// - Throws: `ConfigurationError` for an unknown key, a value that is not of its kind, or a key that does
  ///   not apply to the components.
  public mutating func set(all assignments: [Assignment]) throws(ConfigurationError) {
    let names = Set(Slot.allCases.map(\.nameKey))
    for assignment in assignments where names.contains(assignment.key) { try set(assignment) }
    for assignment in assignments where !names.contains(assignment.key) { try set(assignment) }
  }

  private mutating func set(_ assignment: Assignment) throws(ConfigurationError) {
    let (key, place) = (assignment.key, assignment.place)
    guard let field = fields.first(where: { $0.key == key }) else { throw unknown(key, place) }
    guard let value = assignment.value else {
      throw ConfigurationError(description: "\(place): '\(key)' should be \(field.kind).")
    }
    guard field.set(&self, value) else {
      let found = if case .scalar(let text) = value { "'\(text)'" } else { value.text }
      throw ConfigurationError(
        description: "\(place): '\(key)' should be \(field.kind), not \(found).")
    }
  }

  /// The error for a key that no component has.
  private func unknown(_ key: String, _ place: String) -> ConfigurationError {
    let known = catalog.fields.map(\.key)
    if known.contains(key) {
      return ConfigurationError(
        description:
          "\(place): '\(key)' does not apply to \(tasks.name) with a \(policy.name), \(estimator.name) and \(outer.step.name); remove it."
      )
    }
    let close = known.min { editDistance($0, key) < editDistance($1, key) } ?? ""
    let advice =
      editDistance(close, key) <= 3
      ? "did you mean '\(close)'?"
      : "a preset's text lists the keys with their documentation."
    return ConfigurationError(description: "\(place): there is no key '\(key)'; \(advice)")
  }

  /// Refuses values that are not of their kinds, wherever they come from; the error names the first.
  ///
  /// - Throws: `ConfigurationError` with the key and what is expected.
  public func validate() throws(ConfigurationError) {
    var copy = self
    for field in fields {
      guard let value = field.value(self), !field.set(&copy, value) else { continue }
      throw ConfigurationError(
        description: "'\(field.key)' should be \(field.kind), not \(value.text).")
    }
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
