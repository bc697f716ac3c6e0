/// Text from a format of `printf` and its arguments, such as `formatted("%.3g", x)`.
package func formatted(_ format: String, _ arguments: any CVarArg...) -> String {
  withVaList(arguments) { list in
    // more than any number needs; a longer text is cut off
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
      vsnprintf(text.baseAddress, text.count, format, list)
      return text.baseAddress.map { String(cString: $0) } ?? ""
    }
  }
}
