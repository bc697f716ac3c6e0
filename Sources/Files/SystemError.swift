import CLibrary

/// An error number of the system, with what the system says about it.
package struct SystemError: Error, CustomStringConvertible, Equatable, Sendable {
  /// The number, such as `ENOSPC`.
  package let code: Int32

  /// The system's sentence, such as "No space left on device".
  package var description: String { String(cString: strerror(code)) }

  /// An error with a number.
  package init(_ code: Int32) { self.code = code }

  /// The error of the last system call of this thread.
  package static var last: SystemError { SystemError(errno) }

  /// The reason of a failure in a few words: the system's, where the error has one below it.
  ///
  /// Foundation's own sentences differ from system to system and often say no more than that an
  /// operation could not be completed.
  package static func reason(of error: any Error) -> String {
    if let error = error as? SystemError { return error.description }
    if let error = error as? POSIXError { return SystemError(error.code.rawValue).description }
    guard let below = (error as? CocoaError)?.underlying else { return "\(error)" }
    return reason(of: below)
  }
}
