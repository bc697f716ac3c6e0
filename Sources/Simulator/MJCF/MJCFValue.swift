/// What the text of an attribute has to be for MuJoCo to accept it.
///
/// What the reader uses it checks again by meaning. This looks at every attribute of a file, also at
/// one that a later class overrides or that has no effect.
enum MJCFValue {
  /// Any text.
  case text
  /// One whole number of 32 bits.
  case integer
  /// Numbers, as many as the range says.
  case numbers(ClosedRange<Int>)
  /// One of some words.
  case words([String])

  /// One number.
  static let number = numbers(1...1)
  /// True or false.
  static let logical = words(["true", "false"])
  /// Any number of numbers.
  static let list = numbers(0...Int.max)

  /// What is wrong with a text, or nil.
  func fault(_ text: String) -> String? {
    switch self {
    case .text: return nil
    case .integer: return MJCFNumbers.integer(text) == nil ? "a whole number" : nil
    case .numbers(let count):
      guard let values = MJCFNumbers.parse(text) else { return "a list of numbers up to 1e10" }
      let range =
        count.lowerBound == count.upperBound
        ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
      return count.contains(values.count) ? nil : "\(range) numbers"
    case .words(let words): return words.contains(text) ? nil : "one of \(words)"
    }
  }
}
