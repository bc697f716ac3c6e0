/// A piece of a document. Interpolated text is escaped; interpolated pieces are not.
///
/// <!-- snippet: Docs/Examples/Sources/Snippets/Reference.swift#html -->
/// ```swift
/// let cell: HTML = "<td>\("a < b")</td>"  // <td>a &lt; b</td>
/// ```
///
/// Elements are closed and attributes quoted, so a whole document is also well-formed XML.
public struct HTML: ExpressibleByStringInterpolation, Sendable {
  /// The markup.
  public let markup: String

  /// Creates a piece from markup, unchanged.
  public init(markup: String) { self.markup = markup }
  /// Creates a piece from markup, unchanged.
  public init(stringLiteral value: String) { markup = value }
  /// Creates a piece from an interpolation.
  public init(stringInterpolation: StringInterpolation) { markup = stringInterpolation.markup }

  /// The pieces of an interpolation.
  public struct StringInterpolation: StringInterpolationProtocol, Sendable {
    var markup = ""

    /// Begins empty.
    public init(literalCapacity: Int, interpolationCount: Int) {
      markup.reserveCapacity(2 * literalCapacity)
    }

    /// Appends markup.
    public mutating func appendLiteral(_ literal: String) { markup += literal }
    /// Appends text, escaped.
    public mutating func appendInterpolation(_ text: String) { markup += HTML.escaped(text) }
    /// Appends a number.
    public mutating func appendInterpolation(_ number: Int) { markup += "\(number)" }
    /// Appends another piece.
    public mutating func appendInterpolation(_ piece: HTML) { markup += piece.markup }
    /// Appends several pieces.
    public mutating func appendInterpolation(_ pieces: [HTML]) {
      for piece in pieces { markup += piece.markup }
    }
  }

  /// Text that may break after each dot between two letters, as in names of presets.
  static func breakable(_ text: String) -> HTML {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    return parts.dropFirst().reduce("\(parts.first ?? "")") { result, part in
      part.first?.isLetter == true ? "\(result).<wbr/>\(part)" : "\(result).\(part)"
    }
  }

  /// Text with the special characters of markup escaped. Control characters, which a document must
  /// not contain, become spaces.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{fffe}", "\u{ffff}": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
