/// An error that comes from outside of the program and that its user can do something about.
///
/// Its description names what is wrong, where, and what to do. A caller's own mistakes are no errors: they stop
/// the program by ``require(_:_:)``.
public protocol ReportedError: Error, CustomStringConvertible, Sendable {
  /// How a program ends that meets it and does nothing about it.
  var exitStatus: ExitStatus { get }
}

extension ReportedError {
  /// ``ExitStatus/badInput``
  public var exitStatus: ExitStatus { .badInput }
}

/// How a process ends, in the numbers of `sysexits.h` where there is one.
public enum ExitStatus: Int32, Sendable {
  /// All is fine.
  case success = 0
  /// A check or a run failed.
  case failure = 1
  /// The command line makes no sense.
  case usage = 64
  /// A file or a value from outside cannot be used.
  case badInput = 65
  /// A fault of the program itself.
  case fault = 70
  /// Output cannot be written.
  case unwritable = 74
}
