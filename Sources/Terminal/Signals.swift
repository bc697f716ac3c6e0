import CLibrary
import Runs

/// What the first SIGINT or SIGTERM asks of the run; it lives as long as the process, since a
/// signal's handler can carry nothing.
private let stopRequest = StopRequest()
/// What is said then.
nonisolated(unsafe) private var announcement: StaticString = ""

/// Signals to a training run.
package enum Signals {
  /// Lets SIGINT (Ctrl-C) and SIGTERM end runs after their epoch; a second one ends the process.
  ///
  /// - Parameter text: what is said at the first one.
  /// - Returns: What a signal asks for.
  package static func takeOver(
    saying text: StaticString = "\nStopping after the current epoch; once more to stop at once.\n"
  ) -> StopRequest {
    announcement = text
    let stop = stopRequest
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        guard stopRequest.make(signal: number) else { _exit(Signals.exitCode(number)) }
        Signals.say(announcement)
      }
    }
    return stop
  }

  /// Prepares the process; to be called on its main thread, which takes the signals.
  ///
  /// A file that is too large becomes an error of the write instead of a signal. A program that
  /// starts this one on a thread with blocked signals passes them on blocked.
  package static func prepare() {
    signal(SIGXFSZ, SIG_IGN)
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM] { sigaddset(&set, number) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// The exit code of a process that a signal ended, as shells count: 130 and 143.
  package static func exitCode(_ number: Int32) -> Int32 { 128 + number }

  /// The exit code of a run that was asked to stop.
  package static var exitCodeOfStop: Int32 { stopRequest.signal.map(exitCode) ?? 1 }

  /// Prints to standard error with nothing but a system call.
  package static func say(_ text: StaticString) {
    text.withUTF8Buffer { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
