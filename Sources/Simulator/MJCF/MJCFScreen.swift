import Files

/// Refuses texts that should not reach the XML parser.
///
/// Model files consist of tags, comments and white space in UTF-8. Everything else that XML knows
/// is refused here: document types and entities, which could open files or grow without bound,
/// processing instructions, CDATA sections and namespaces.
enum MJCFScreen {
  /// The largest text accepted, in bytes.
  static let byteLimit = 1 << 20

  /// Returns the plain document in `text`: without byte order mark and XML declaration, with the
  /// same lines.
  static func plain(_ text: Data) throws(MJCFError) -> [UInt8] {
    guard text.count <= byteLimit else {
      throw fault(
        .tooLarge, "\(text.count) bytes are more than \(byteLimit)", "is this a model file?")
    }
    guard let string = String(validating: text, as: UTF8.self), !string.utf8.contains(0) else {
      throw fault(.malformed, "the text is not UTF-8", "convert it to UTF-8")
    }
    var rest = Substring(string)
    if rest.hasPrefix("\u{FEFF}") { rest.removeFirst() }
    let lines = try skipDeclaration(&rest)
    try checkMarkup(rest.utf8)
    return Array((String(repeating: "\n", count: lines) + rest).utf8)
  }

  /// Skips `<?xml ... ?>`, checks the encoding it declares, and returns its number of line ends.
  private static func skipDeclaration(_ rest: inout Substring) throws(MJCFError) -> Int {
    guard rest.hasPrefix("<?xml ") else { return 0 }
    guard let end = rest.firstRange(of: "?>") else {
      throw fault(.malformed, "the XML declaration does not end", "close it with ?>")
    }
    let declaration = rest[..<end.lowerBound].lowercased()
    guard !declaration.contains("encoding") || declaration.contains("utf-8") else {
      throw fault(.unsupported, "the declared encoding is not UTF-8", "convert it to UTF-8")
    }
    rest = rest[end.upperBound...]
    return declaration.utf8.count { $0 == UInt8(ascii: "\n") }
  }

  /// Looks for markup other than tags and comments, outside comments.
  private static func checkMarkup(_ text: Substring.UTF8View) throws(MJCFError) {
    let bytes = Array(text)
    func matches(_ word: String, at place: Int) -> Bool {
      bytes[place...].starts(with: word.utf8)
    }
    var place = 0
    while place < bytes.count {
      if matches("<!--", at: place) {
        place += 4
        while place < bytes.count, !matches("-->", at: place) { place += 1 }
      } else if matches("<!", at: place) || matches("<?", at: place) {
        throw fault(
          .unsupported, "document types, entities, CDATA and processing instructions",
          "equivalent is the file with the text that they stand for in their place")
      } else if matches("xmlns", at: place) {
        throw fault(
          .unsupported, "XML namespaces", "MJCF has none; write its elements without a prefix")
      }
      place += 1
    }
  }

  private static func fault(
    _ kind: MJCFError.Kind, _ problem: String, _ advice: String
  ) -> MJCFError {
    MJCFError(kind: kind, element: "file", line: 0, problem: problem, advice: advice)
  }
}
