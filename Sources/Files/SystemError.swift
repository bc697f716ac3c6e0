import CLibrary

/// A system error number, with the system's description.
package struct SystemError: Error, CustomStringConvertible, Equatable, Sendable {
  /// The number, such as `ENOSPC`.
  package let code: Int32

  /// The system's sentence, such as "No space left on device".
  package var description: String { String(cString: strerror(code)) }

  /// An error with a number.
  package init(_ code: Int32) { self.code = code }

  /// The error of the last system call of this thread.
  package static var last: SystemError { SystemError(errno) }

  /// A short reason for a failure: the system's, if the error has an underlying system error.
  ///
  /// Foundation's own descriptions differ between systems and often say only that an operation
  /// could not be completed.
  package static func reason(of error: any Error) -> String {
    if let error = error as? SystemError { return error.description }
    if let error = error as? POSIXError { return SystemError(error.code.rawValue).description }
    guard let below = (error as? CocoaError)?.underlying else { return "\(error)" }
    return reason(of: below)
  }
}
