import Foundation
import MetaTape

/// What people see: tables on standard output, progress and errors on standard error.
extension Console {
  /// Prints one line to standard error.
  static func error(_ message: String) { write("metatape: \(message)\n") }

  /// Prints one line to standard error.
  static func note(_ message: String) { write(message + "\n") }

  static func write(_ text: String) { StandardError.write(text) }

  /// Prints a JSON document to standard output.
  static func printJSON(_ data: Data) {
    StandardOutput.write(data + Data("\n".utf8))
  }

  /// Prints rows below a heading.
  static func printTable(_ heading: [String], _ rows: [[String]]) { print(table(heading, rows)) }

  /// The number of columns of the terminal behind standard error; nil where there is none.
  static var columns: Int? {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
