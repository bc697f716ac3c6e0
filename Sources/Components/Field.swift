/// One value of a component: its key, what it means, and how text becomes it.
///
/// ```swift
/// var fields: [Field<Self>] {
///   [.number("friction", "The friction of the ground.", \.friction, 0...10)]
/// }
/// ```
public struct Field<Owner> {
  /// The name within the component's section, in lower case with hyphens.
  public let key: String
  /// The symbol in the paper, if it has one.
  public let symbol: String?
  /// What the value means: a sentence.
  public let documentation: String
  /// What kind of value is expected, for people.
  public let kind: String
  /// The words that the value may be; empty where it may be anything else.
  public let choices: [String]
  /// Whether the value is a number with a fraction.
  public let isReal: Bool
  /// Whether results are the same as if there were no such key.
  public private(set) var isNeutral: (Owner) -> Bool = { _ in false }
  /// The value.
  public let value: (Owner) -> FieldValue
  /// Sets the value; false if it is not of the kind, and nothing is changed then.
  public let set: (inout Owner, FieldValue) -> Bool

  /// Creates a field of a kind that the functions below do not have.
  ///
  /// - Parameters:
  ///   - key: the name within the section.
  ///   - documentation: what the value means: a sentence.
  ///   - kind: what is expected, such as `a whole number`.
  ///   - symbol: the symbol in the paper.
  ///   - choices: the words that the value may be, if it is one of few.
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

  /// The value as text, the same in all versions of this program.
  public func text(_ owner: Owner) -> String { value(owner).text }

  /// The same field, whose value changes nothing in some states of its owner.
  ///
  /// Such a value is left out of fingerprints: runs from before the key was there stay known.
  public func neutral(_ isNeutral: @escaping (Owner) -> Bool) -> Field {
    var field = self
    field.isNeutral = isNeutral
    return field
  }

  /// The same field of a part of something else.
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

  /// As it is written in a file.
  public var text: String {
    switch self {
    case .scalar(let text): text
    case .sequence(let texts): "[\(texts.joined(separator: ", "))]"
    }
  }
}
