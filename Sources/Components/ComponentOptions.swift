/// The options of a component of an experiment: its name and the values that configure it.
///
/// An options type is defined next to the component that it makes: tasks (`TaskOptions`), policies
/// (`PolicyOptions`), estimators (`EstimatorOptions`) and outer steps (`OuterStepOptions`). Files, command
/// lines, fingerprints, checkpoints, sweeps and reports are derived from its ``fields``.
public protocol ComponentOptions: Equatable, Sendable {
  /// The name that selects the component, in lower case with hyphens.
  var name: String { get }
  /// A description in one sentence.
  var summary: String { get }
  /// The values that configure it, in the order of a file.
  var fields: [Field<Self>] { get }
}

extension ComponentOptions {
  /// No fields.
  public var fields: [Field<Self>] { [] }
}

extension ComponentOptions {
  /// The keys of all fields.
  public var keys: [String] { fields.map(\.key) }

  /// The value of a key as text; nil if there is no such key.
  public func text(of key: String) -> String? { value(of: key)?.text }

  /// The value of a key; nil if there is no such key.
  public func value(of key: String) -> FieldValue? {
    fields.first { $0.key == key }?.value(self)
  }

  /// Sets the value of a key.
  ///
  /// - Returns: Whether the key exists and the value is of its kind.
  public mutating func set(_ key: String, to value: FieldValue) -> Bool {
    guard let field = fields.first(where: { $0.key == key }) else { return false }
    return field.set(&self, value)
  }

  /// Copies the values of another component that this one has under the same keys.
  public func adopting(_ other: any ComponentOptions) -> Self {
    var result = self
    for field in fields {
      if let value = other.value(of: field.key) { _ = field.set(&result, value) }
    }
    return result
  }

  /// Whether another component has the same type and the same values.
  public func isEqual(_ other: any ComponentOptions) -> Bool { self == other as? Self }
}
