import Files
import Foundation
import MetaTape
import Synchronization

/// Standard output, where everything goes that the program prints for its caller.
///
/// What cannot be written is not lost without a word: the first failure is kept, later text is
/// dropped, the work goes on, and the process ends with ``exitCode``.
enum StandardOutput {
  /// The exit code of a process whose output could not be written.
  static let exitCode: Int32 = 74

  private static let failure = Mutex<SystemError?>(nil)

  /// Why something could not be written; nil if all was.
  static var error: SystemError? { failure.withLock { $0 } }

  /// Writes text.
  static func write(_ text: String) { write(Data(text.utf8)) }

  /// Writes bytes.
  static func write(_ data: Data) {
    // one writer at a time
    failure.withLock { failure in
      guard failure == nil else { return }
      do throws(SystemError) { try Descriptor.write(data, to: STDOUT_FILENO) } catch {
        failure = error
      }
    }
  }

  /// Keeps a failure that was met elsewhere.
  static func fail(_ error: SystemError) { failure.withLock { $0 = $0 ?? error } }

  /// Ends work of which nobody would see anything.
  ///
  /// - Throws: ``ClosedError`` if something could not be written.
  static func require() throws(ClosedError) { if error != nil { throw ClosedError() } }

  /// Standard output takes no more; ``finish(_:)`` says so.
  struct ClosedError: Error {}

  /// The exit code of the process, after a sentence if what was printed did not arrive.
  ///
  /// A reader that has seen enough, such as `head`, needs no sentence.
  static func finish(_ code: Int32) -> Int32 {
    // what libraries print goes through C's buffer
    if fflush(nil) != 0 { fail(.last) }
    guard let error else { return code }
    switch error.code {
    case EPIPE: break
    case EBADF: Console.error("standard output is closed: what was to be printed is lost.")
    default: Console.error("standard output cannot be written (\(error)).")
    }
    return code == 0 ? exitCode : code
  }
}

/// Standard error, for progress and errors: what cannot be written there is dropped.
enum StandardError {
  static func write(_ text: String) {
    try? Descriptor.write(Data(text.utf8), to: STDERR_FILENO)
  }
}

/// The descriptors that a process starts with.
enum StandardStreams {
  /// Keeps files that are opened later from taking the place of a stream that is closed, and turns
  /// a broken pipe into an error of the write; to be called first of all.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(stream, F_GETFD) < 0 && errno == EBADF {
      // the lowest free number, which is this one
      _ = open("/dev/null", stream == STDIN_FILENO ? O_RDONLY : O_WRONLY)
      if stream == STDOUT_FILENO { StandardOutput.fail(SystemError(EBADF)) }
    }
  }
}

/// Prints to standard output. It stands before the function of the standard library, which does not
/// say what could not be written.
func print(_ text: String, terminator: String = "\n") {
  StandardOutput.write(text + terminator)
}

/// Prints an empty line. With a default value above, `print()` would be the standard library's.
func print() { StandardOutput.write("\n") }
