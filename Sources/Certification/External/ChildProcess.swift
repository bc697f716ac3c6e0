import CLibrary
import Files

/// A program that was started, with its three standard streams: it is written to and read from with time
/// limits, whatever it does, and nothing of it is left behind at the end.
///
/// The shell runs the command in a process group of its own, and the whole group is ended.
final class ChildProcess {
  /// Why a line could not be exchanged.
  enum Failure: Error, Equatable {
    case timedOut
    case ended(String)
    case tooLong
    case stopped
    case system(SystemError)
  }

  /// The last bytes of the standard error that are kept.
  private static let keptErrors = 2000
  private let identifier: pid_t
  /// A socket: writing to a program that has ended is an error then, not a signal.
  private let input: Int32
  private let output: Int32
  private let errors: Int32
  private let isStopped: () -> Bool
  private var unread: [UInt8] = []
  private var lastErrors: [UInt8] = []
  private var hasEnded = false
  /// Whether its standard error has not ended; one that has would be ready for ever.
  private var hasErrors = true

  /// Starts a command.
  ///
  /// - Parameters:
  ///   - command: for the shell.
  ///   - isStopped: asked ten times a second, whether the user wants to end.
  /// - Throws: `SystemError` if it cannot be started.
  init(_ command: String, isStopped: @escaping () -> Bool) throws(SystemError) {
    var sockets: [Int32] = [0, 0]
    var (outputs, others): ([Int32], [Int32]) = ([0, 0], [0, 0])
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0,
      pipe(&outputs) == 0, pipe(&others) == 0
    else { throw .last }
    let ends = sockets + outputs + others
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    for end in [sockets[0], outputs[0], others[0]] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    for (number, end) in [sockets[1], outputs[1], others[1]].enumerated() {
      posix_spawn_file_actions_adddup2(&actions, end, Int32(number))
    }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
    posix_spawnattr_setpgroup(&attributes, 0)
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    let words: [String] = ["/bin/sh", "-c", command]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var identifier: pid_t = 0
    let status = posix_spawn(&identifier, "/bin/sh", &actions, &attributes, &arguments, environ)
    for end in [sockets[1], outputs[1], others[1]] { close(end) }
    (input, output, errors) = (sockets[0], outputs[0], others[0])
    (self.identifier, self.isStopped) = (identifier, isStopped)
    if status != 0 {
      hasEnded = true
      throw SystemError(status)
    }
  }

  deinit {
    end()
    for descriptor in [input, output, errors] { close(descriptor) }
  }

  /// Writes a line and reads the next one.
  ///
  /// - Parameters:
  ///   - line: with its end.
  ///   - seconds: the time limit.
  ///   - limit: the greatest number of bytes of the answer.
  /// - Returns: The answer, without its end.
  /// - Throws: ``Failure`` if there is none.
  func exchange(
    _ line: [UInt8], within seconds: Double, atMost limit: Int
  ) throws(Failure) -> [UInt8] {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var rest = line[...]
    while true {
      if rest.isEmpty, let answer = nextLine() { return answer }
      if unread.count > limit { throw .tooLong }
      if try turn(&rest, until: deadline) == .inputClosed {
        // what it said before it ended may say more
        while read(output, into: &unread) > 0 {}
        if let answer = nextLine() { return answer }
        throw .ended(statusAtEnd())
      }
    }
  }

  /// Reads bytes that follow a line.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - seconds: the time limit.
  /// - Returns: The bytes.
  /// - Throws: ``Failure`` if they do not come.
  func read(_ count: Int, within seconds: Double) throws(Failure) -> [UInt8] {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var nothing: ArraySlice<UInt8> = []
    while unread.count < count { _ = try turn(&nothing, until: deadline) }
    defer { unread.removeFirst(count) }
    return Array(unread[..<count])
  }

  /// What a turn of waiting found.
  private enum Turn {
    /// Something may have been read or written.
    case moved
    /// It does not read any more.
    case inputClosed
  }

  /// Waits a tenth of a second at most for something to read, or to write of a rest.
  private func turn(
    _ rest: inout ArraySlice<UInt8>, until deadline: ContinuousClock.Instant
  ) throws(Failure) -> Turn {
    if isStopped() { throw .stopped }
    if ContinuousClock.now >= deadline { throw .timedOut }
    var requests = [
      pollfd(fd: output, events: Int16(POLLIN), revents: 0),
      // numbers below zero are left out
      pollfd(fd: hasErrors ? errors : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: rest.isEmpty ? -1 : input, events: Int16(POLLOUT), revents: 0),
    ]
    let ready = poll(&requests, 3, 100)
    if ready < 0, errno != EINTR { throw .system(.last) }
    // its children may hold its output open
    if ready == 0, let how = statusIfEnded() { throw .ended(how) }
    if requests[2].revents != 0 {
      let count = rest.withUnsafeBytes {
        send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 { rest = rest.dropFirst(count) }
      if count < 0, errno != EAGAIN, errno != EINTR { return .inputClosed }
    }
    if requests[1].revents != 0 { readErrors() }
    if requests[0].revents != 0, read(output, into: &unread) == 0 { throw .ended(statusAtEnd()) }
    return .moved
  }

  /// The end of what it wrote to its standard error.
  var errorText: String {
    readErrors()
    let text = String(decoding: lastErrors.suffix(Self.keptErrors), as: UTF8.self)
    let lines = text.split(separator: "\n").suffix(6)
    return lines.joined(separator: "\n")
  }

  /// Ends it and what it has started: its input ends, then it is asked, then killed.
  func end() {
    if hasEnded { return }
    shutdown(input, Int32(SHUT_WR))
    for (signal, patience) in [(Int32(0), 1.0), (SIGTERM, 0.5), (SIGKILL, 10)] {
      if signal != 0 { kill(-identifier, signal) }
      if statusIfEnded(within: patience) != nil { return }
    }
    hasEnded = true
  }

  /// The first line of what was read.
  private func nextLine() -> [UInt8]? {
    guard let end = unread.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    defer { unread.removeFirst(end + 1) }
    return Array(unread[..<end])
  }

  private func readErrors() {
    while hasErrors {
      let count = read(errors, into: &lastErrors)
      if count == 0 { hasErrors = false }
      if count <= 0 { return }
      if lastErrors.count > 100 * Self.keptErrors {
        lastErrors.removeFirst(lastErrors.count - Self.keptErrors)
        return
      }
    }
  }

  /// Appends what there is; zero at the end, below that if there is nothing.
  private func read(_ descriptor: Int32, into bytes: inout [UInt8]) -> Int {
    var part = [UInt8](repeating: 0, count: 1 << 16)
    let count = CLibrary.read(descriptor, &part, part.count)
    if count > 0 { bytes.append(contentsOf: part[..<count]) }
    return count
  }

  /// How a program ended whose streams are closed.
  private func statusAtEnd() -> String {
    shutdown(input, Int32(SHUT_WR))
    return statusIfEnded(within: 1) ?? "closed its standard output"
  }

  /// How it ended, if it has within some seconds; its children are ended then.
  private func statusIfEnded(within seconds: Double = 0) -> String? {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var status: Int32 = 0
    while true {
      let found = waitpid(identifier, &status, WNOHANG)
      // below zero: somebody else has asked, or nobody can
      if found == identifier || (found < 0 && errno == ECHILD) { break }
      if ContinuousClock.now >= deadline { return nil }
      usleep(5000)
    }
    hasEnded = true
    kill(-identifier, SIGKILL)
    let signal = status & 0x7f
    return signal == 0
      ? "ended with exit code \((status >> 8) & 0xff)" : "was ended by signal \(signal)"
  }
}
