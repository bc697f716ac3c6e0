import CLibrary
import Synchronization

/// What a fork of the process waits for, and how many there were.
///
/// The runtime sets up types and global values at their first use. A child whose parent's other thread was in
/// the middle of that would wait for it forever. A fork therefore waits for calls of other threads, but not for
/// one that has lasted ``patience``: by then it has set up what it needs, and may last for minutes.
enum Forks {
  private static let number = Atomic<UInt64>(0)
  /// The calls in the library; the caller's own functions, which they call, are outside.
  private static let running = Atomic<Int>(0)
  /// When the last of them began, in ns.
  private static let lastStart = Atomic<UInt64>(0)
  private static let isNear = Atomic(false)
  /// In ns.
  private static let patience: UInt64 = 200_000_000

  /// How often the process has forked before it became this one.
  static var count: UInt64 { number.load(ordering: .relaxed) }

  /// Whether forks are waited for and counted, from the first call on.
  private static let isWatching: Bool = {
    pthread_atfork(
      {
        close()
        Handles.lock()
      },
      {
        Handles.unlock()
        open()
      },
      {
        number.add(1, ordering: .relaxed)
        Handles.unlock()
        // the other threads are not here, and the forking one is in no call but outside, in a function of the caller
        running.store(0, ordering: .sequentiallyConsistent)
        open()
      }) == 0
  }()

  /// Does what a fork waits for.
  static func inside<Result>(_ body: () throws -> Result) rethrows -> Result {
    _ = isWatching
    enter()
    defer { leave() }
    return try body()
  }

  /// Does what a fork does not wait for, within ``inside(_:)``: it may wait for the fork or be it.
  static func outside<Result>(_ body: () throws -> Result) rethrows -> Result {
    leave()
    defer { enter() }
    return try body()
  }

  private static func enter() {
    while true {
      lastStart.store(now(), ordering: .relaxed)
      running.add(1, ordering: .sequentiallyConsistent)
      if !isNear.load(ordering: .sequentiallyConsistent) { return }
      leave()
      while isNear.load(ordering: .relaxed) { usleep(20) }
    }
  }

  private static func leave() { running.subtract(1, ordering: .sequentiallyConsistent) }

  private static func close() {
    // threads that fork at the same time follow each other
    while isNear.exchange(true, ordering: .sequentiallyConsistent) { usleep(20) }
    while running.load(ordering: .sequentiallyConsistent) > 0,
      now() &- lastStart.load(ordering: .relaxed) < patience
    { usleep(20) }
  }

  private static func open() { isNear.store(false, ordering: .sequentiallyConsistent) }

  private static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
