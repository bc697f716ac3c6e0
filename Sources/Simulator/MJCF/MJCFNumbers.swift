/// Numbers as model files write them: separated by white space, plain decimal, finite.
enum MJCFNumbers {
  /// The largest magnitude accepted; anything larger is a mistake or an attack.
  static let limit = 1e10

  /// The numbers in `text`, or nil if something in it is not a finite number of sensible size.
  static func parse(_ text: String) -> [Double]? {
    var result: [Double] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      // Double's own parser accepts "nan", "inf" and hexadecimal; model files do not
      guard word.utf8.count <= 40, word.utf8.allSatisfy({ isNumeric($0) }),
        let value = Double(word), value.magnitude <= limit
      else { return nil }
      result.append(value)
    }
    return result
  }

  /// The one whole number of 32 bits in `text`, or nil.
  static func integer(_ text: String) -> Int32? {
    let words = text.split(whereSeparator: \.isWhitespace)
    return words.count == 1 ? Int32(words[0]) : nil
  }

  /// Whether two attribute values mean the same: as numbers if they are, else as text.
  static func same(_ first: String, _ second: String) -> Bool {
    if let a = parse(first), let b = parse(second) { return !a.isEmpty && a == b }
    return first == second
  }

  private static func isNumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}
