/// One value of a component: its key, its meaning, and its conversion from text.
///
/// <!-- snippet: Docs/Examples/Sources/OwnComponents/CartTasks.swift#fields -->
/// ```swift
/// var fields: [Field<Self>] {
///   [.number("friction", "The fraction of velocity lost in each step.", \.friction, 0...1)]
/// }
/// ```
public struct Field<Owner> {
  /// The name within the component's section, in lower case with hyphens.
  public let key: String
  /// The symbol in the paper, if it has one.
  public let symbol: String?
  /// The meaning of the value, in a sentence.
  public let documentation: String
  /// The expected kind of value, in words.
  public let kind: String
  /// The permitted words; empty if the value is not one of a few words.
  public let choices: [String]
  /// Whether the value is a number with a fraction.
  public let isReal: Bool
  /// Whether the key has no effect on results at its current value.
  public private(set) var isNeutral: (Owner) -> Bool = { _ in false }
  /// The value.
  public let value: (Owner) -> FieldValue
  /// Sets the value. Returns false, and changes nothing, if the value is not of the kind.
  public let set: (inout Owner, FieldValue) -> Bool

  /// Creates a field of a kind that the functions below do not cover.
  ///
  /// - Parameters:
  ///   - key: the name within the section.
  ///   - documentation: the meaning of the value, in a sentence.
  ///   - kind: the expected kind, such as `a whole number`.
  ///   - symbol: the symbol in the paper.
  ///   - choices: the permitted words, if the value is one of a few.
  ///   - isReal: whether it is a number with a fraction.
  ///   - value: reads the value.
  ///   - set: sets it from text; returns false if the text is not of the kind.
  public init(
    key: String, documentation: String, kind: String, symbol: String? = nil,
    choices: [String] = [], isReal: Bool = false, value: @escaping (Owner) -> FieldValue,
    set: @escaping (inout Owner, FieldValue) -> Bool
  ) {
    (self.key, self.documentation, self.kind, self.symbol) = (key, documentation, kind, symbol)
    (self.choices, self.isReal, self.value, self.set) = (choices, isReal, value, set)
  }

  /// The value as text, in a form that does not change between versions of this program.
  public func text(_ owner: Owner) -> String { value(owner).text }

  /// The same field, with a condition under which its value has no effect.
  ///
  /// Such a value is left out of fingerprints, so runs made before the key existed keep theirs.
  public func neutral(_ isNeutral: @escaping (Owner) -> Bool) -> Field {
    var field = self
    field.isNeutral = isNeutral
    return field
  }

  /// The same field, for an owner that contains this one.
  public func on<Whole>(_ path: WritableKeyPath<Whole, Owner>) -> Field<Whole> {
    let field = Field<Whole>(
      key: key, documentation: documentation, kind: kind, symbol: symbol, choices: choices,
      isReal: isReal, value: { value($0[keyPath: path]) }, set: { set(&$0[keyPath: path], $1) })
    return field.neutral { isNeutral($0[keyPath: path]) }
  }

  /// The same field with a prefix before its key.
  public func prefixed(_ prefix: String) -> Field {
    let field = Field(
      key: prefix + key, documentation: documentation, kind: kind, symbol: symbol,
      choices: choices, isReal: isReal, value: value, set: set)
    return field.neutral(isNeutral)
  }
}

/// The text of a value, or those of a list.
public enum FieldValue: Equatable, Sendable {
  /// A single value.
  case scalar(String)
  /// A list of values.
  case sequence([String])

  /// The text as written in a file.
  public var text: String {
    switch self {
    case .scalar(let text): text
    case .sequence(let texts): "[\(texts.joined(separator: ", "))]"
    }
  }
}
