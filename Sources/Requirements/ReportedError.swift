/// An external failure that the user of the program can act on.
///
/// The description states what is wrong, where, and what to do. Programming errors are not reported this way:
/// they trap in ``require(_:_:)``.
public protocol ReportedError: Error, CustomStringConvertible, Sendable {
  /// The exit status of a program that does not handle the error.
  var exitStatus: ExitStatus { get }

  /// What may be done about it, for a program to name its own options; none unless the type says otherwise.
  var remedies: [Remedy] { get }
}

extension ReportedError {
  /// ``ExitStatus/badInput``
  public var exitStatus: ExitStatus { .badInput }

  /// None
  public var remedies: [Remedy] { [] }
}

/// What can be done about an error.
public enum Remedy: Sendable {
  /// Choose another folder.
  case otherFolder
  /// Replace the run that is there.
  case replaceRun
  /// Resume the run that is there.
  case resumeRun
  /// Train the configuration of a folder in a new folder.
  case trainConfiguration
  /// Enumerate batches in every order.
  case enumerateOrders
  /// Raise the limit of an enumeration.
  case raiseLimit
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
