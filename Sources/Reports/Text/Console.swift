import CLibrary

/// Numbers and tables as a terminal shows them.
package enum Console {
  /// Rows below a heading, numbers and words aligned to the right but for the first column.
  package static func table(_ heading: [String], _ rows: [[String]]) -> String {
    let all = [heading] + rows
    let widths = heading.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    var lines = all.map { row in
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + padding : padding + row[column]
      }
      return cells.joined(separator: "  ")
    }
    lines.insert(
      widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "), at: 1)
    return lines.joined(separator: "\n")
  }

  /// A number with a given count of digits behind the point.
  package static func number(_ value: Double, _ digits: Int = 3) -> String {
    formatted("%.\(digits)f", value)
  }

  /// A number that may not be known, then a dash.
  package static func known(_ value: Double?) -> String { value.map { number($0) } ?? "-" }

  /// A count, however large.
  package static func count(_ value: Double) -> String {
    value < 1e15 ? formatted("%.0f", value) : formatted("%.1e", value)
  }

  /// A rate, in thousands or millions where it is large.
  package static func rate(_ value: Double) -> String {
    if value >= 1e6 { return formatted("%.1fM", value / 1e6) }
    return value >= 1e4 ? formatted("%.0fk", value / 1e3) : formatted("%.0f", value)
  }

  /// A small number in scientific notation.
  package static func scientific(_ value: Double) -> String { formatted("%.2e", value) }

  /// A number with four significant digits, however large or small.
  package static func significant(_ value: Double) -> String { formatted("%.4g", value) }

  /// A time span for people.
  package static func duration(_ seconds: Double) -> String {
    if seconds < 60 { return formatted("%.0f s", seconds.rounded(.up)) }
    let minutes = Int((seconds / 60).rounded(.up))
    return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }
}
