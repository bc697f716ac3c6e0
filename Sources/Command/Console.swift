import Foundation

/// What people see: tables on standard output, progress and errors on standard error.
enum Console {
  /// Prints one line to standard error.
  static func error(_ message: String) { write("metatape: \(message)\n") }

  /// Prints one line to standard error.
  static func note(_ message: String) { write(message + "\n") }

  static func write(_ text: String) { StandardError.write(text) }

  /// Prints a JSON document to standard output.
  static func printJSON(_ data: Data) {
    StandardOutput.write(data + Data("\n".utf8))
  }

  /// Prints rows below a heading, numbers and words aligned to the right but for the first column.
  static func printTable(_ heading: [String], _ rows: [[String]]) {
    let all = [heading] + rows
    let widths = heading.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    for (index, row) in all.enumerated() {
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + padding : padding + row[column]
      }
      print(cells.joined(separator: "  "))
      if index == 0 {
        print(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "))
      }
    }
  }

  /// A number with a given count of digits behind the point.
  static func number(_ value: Double, _ digits: Int = 3) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// A number that may not be known, then a dash.
  static func known(_ value: Double?) -> String { value.map { number($0) } ?? "-" }

  /// A count, however large.
  static func count(_ value: Double) -> String {
    value < 1e15 ? String(format: "%.0f", value) : String(format: "%.1e", value)
  }

  /// A rate, in thousands or millions where it is large.
  static func rate(_ value: Double) -> String {
    if value >= 1e6 { return String(format: "%.1fM", value / 1e6) }
    return value >= 1e4 ? String(format: "%.0fk", value / 1e3) : String(format: "%.0f", value)
  }

  /// The number of columns of the terminal behind standard error; nil where there is none.
  static var columns: Int? {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// A small number in scientific notation.
  static func scientific(_ value: Double) -> String { String(format: "%.2e", value) }

  /// A number with four significant digits, however large or small.
  static func significant(_ value: Double) -> String { String(format: "%.4g", value) }

  /// A time span for people.
  static func duration(_ seconds: Double) -> String {
    if seconds < 60 { return String(format: "%.0f s", seconds.rounded(.up)) }
    let minutes = Int((seconds / 60).rounded(.up))
    return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }
}
