import CLibrary
import Synchronization

/// Something that callers name by a number.
///
/// One thread at a time uses it. After a fork, what another thread was using is unusable in the child: its
/// state is that of the middle of a call.
class Resource {
  /// What it is, for messages.
  class var kind: String { "object" }
  /// 0, or 1 + the number of forks at which a thread took it.
  private let owner = Atomic<UInt64>(0)

  func use<Result>(_ body: () throws -> Result) throws -> Result {
    let mine = Forks.count + 1
    while true {
      let (isTaken, found) = owner.compareExchange(
        expected: 0, desired: mine, ordering: .acquiring)
      if isTaken { break }
      guard found == mine else {
        throw CallError(
          METATAPE_FORKED,
          "This \(Self.kind) was in use by another thread when the process forked: make a new one in the child."
        )
      }
      usleep(20)
    }
    defer { owner.store(0, ordering: .releasing) }
    return try body()
  }
}

/// The code of what a body does with the resource of a handle.
func answer<Kind: Resource>(
  with handle: UInt64, _ kind: Kind.Type, _ body: (Kind) throws -> Void
) -> Int32 {
  answer { try Handles.use(handle, kind, body) }
}

/// The table of all resources.
enum Handles {
  nonisolated(unsafe) private static var resources: [UInt64: Resource] = [:]
  nonisolated(unsafe) private static var next: UInt64 = 1
  private static let isLocked = Atomic(false)

  /// Keeps the other threads from the table, also for a fork.
  static func lock() {
    while isLocked.exchange(true, ordering: .acquiring) { sched_yield() }
  }
  static func unlock() { isLocked.store(false, ordering: .releasing) }

  private static func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
    lock()
    defer { unlock() }
    return try body()
  }

  /// The number of a new resource.
  static func add(_ resource: Resource) -> UInt64 {
    locked {
      defer { next += 1 }
      resources[next] = resource
      return next
    }
  }

  /// Lets a body use a resource.
  static func use<Kind: Resource, Result>(
    _ handle: UInt64, _ kind: Kind.Type, _ body: (Kind) throws -> Result
  ) throws -> Result {
    let resource = try find(handle, kind) { resources[handle] }
    return try resource.use { try body(resource) }
  }

  /// Forgets a resource; a call in another thread that is using it goes on to its end.
  static func remove<Kind: Resource>(_ handle: UInt64, _ kind: Kind.Type) throws {
    _ = try find(handle, kind) {
      guard resources[handle] is Kind else { return resources[handle] }
      return resources.removeValue(forKey: handle)
    }
  }

  private static func find<Kind: Resource>(
    _ handle: UInt64, _ kind: Kind.Type, _ body: () -> Resource?
  ) throws -> Kind {
    let found = locked(body)
    guard let resource = found as? Kind else {
      throw CallError(
        METATAPE_INVALID_HANDLE,
        found.map {
          "The handle \(handle) is that of a \(type(of: $0).kind), not of a \(kind.kind)."
        } ?? "There is no \(kind.kind) with the handle \(handle): it was freed or never made.")
    }
    return resource
  }
}
