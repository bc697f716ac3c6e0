import Files

extension Console {
  /// Prints a JSON document to standard output.
  static func printJSON(_ data: Data) { StandardOutput.write(data + Data("\n".utf8)) }

  /// Prints rows below a heading.
  static func printTable(_ heading: [String], _ rows: [[String]]) { print(table(heading, rows)) }
}

/// Prints to standard output. It stands before the function of the standard library, which does not
/// say what could not be written.
func print(_ text: String, terminator: String = "\n") {
  StandardOutput.write(text + terminator)
}

/// Prints an empty line. With a default value above, `print()` would be the standard library's.
func print() { StandardOutput.write("\n") }
