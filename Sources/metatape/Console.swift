import Foundation

/// What people see: tables on standard output, progress and errors on standard error.
enum Console {
  /// Prints one line to standard error.
  static func error(_ message: String) { write("metatape: \(message)\n") }

  /// Prints one line to standard error.
  static func note(_ message: String) { write(message + "\n") }

  static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  /// Prints a JSON document to standard output.
  static func printJSON(_ data: Data) {
    FileHandle.standardOutput.write(data)
    FileHandle.standardOutput.write(Data("\n".utf8))
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

/// The progress of a run: a bar with the remaining time on a terminal, else plain lines.
struct Progress {
  private let total: Int
  private let isTerminal: Bool
  private let isSilent: Bool
  private let start = ContinuousClock.now
  /// How many steps were done before.
  private var first = 0
  private var nextLine = 0
  /// Whether the bar's line is not ended.
  private var isOpen = false

  init(total: Int, isSilent: Bool = false) {
    self.total = total
    self.isSilent = isSilent
    isTerminal = isatty(STDERR_FILENO) == 1
  }

  /// Says that a number of steps was done before, which tell nothing of the time that is left.
  mutating func begin(at done: Int) { first = done }

  /// Shows that a number of steps is done.
  mutating func show(_ done: Int, _ detail: String) {
    if isSilent { return }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let remaining = done > first ? seconds / Double(done - first) * Double(total - done) : 0
    let left = done < total ? ", \(Console.duration(remaining)) left" : ""
    if isTerminal {
      let text = "\(done)/\(total)  \(detail)\(left)"
      // a line that wraps could not be overwritten: the bar takes what the text leaves
      let columns = Console.columns ?? 80
      let width = min(24, columns - text.count - 2)
      let filled = total > 0 ? max(0, width) * done / total : max(0, width)
      let bar =
        width < 4
        ? ""
        : String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
          + " "
      Console.write("\r\u{1b}[2K\((bar + text).prefix(columns - 1))")
      isOpen = done != total
      if !isOpen { Console.write("\n") }
    } else if done >= nextLine || done == total {
      Console.note("\(done)/\(total)  \(detail)\(left)")
      nextLine = done + max(1, total / 20)
    }
  }

  /// Leaves the line of an unfinished bar.
  mutating func interrupt() {
    if isOpen { Console.write("\n") }
    isOpen = false
  }
}
