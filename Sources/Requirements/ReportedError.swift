/// An external failure that the user of the program can act on.
///
/// The description states what is wrong, where, and what to do. Programming errors are not reported this way:
/// they trap in ``require(_:_:)``.
public protocol ReportedError: Error, CustomStringConvertible, Sendable {
  /// The exit status of a program that does not handle the error.
  var exitStatus: ExitStatus { get }
}

extension ReportedError {
  /// ``ExitStatus/badInput``
  public var exitStatus: ExitStatus { .badInput }
}

/// The exit status of a process, from `sysexits.h` where that has one.
public enum ExitStatus: Int32, Sendable {
  /// Success.
  case success = 0
  /// A check or a run failed.
  case failure = 1
  /// The command line is invalid.
  case usage = 64
  /// A file or a value from outside cannot be used.
  case badInput = 65
  /// A bug in the program itself.
  case fault = 70
  /// Output cannot be written.
  case unwritable = 74
}
