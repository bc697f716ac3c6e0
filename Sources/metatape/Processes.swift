import Foundation
import MetaTape
import Synchronization

/// The processes that `mpirun` has started, if it has.
enum Processes {
  private static let isShared = Mutex(false)
  private static let isFollower = Mutex(false)

  /// Joins the other processes, if there are any.
  static func join() throws -> any Communicator {
    guard count > 1 else { return SingleProcess() }
    #if MPI
    let communicator = try OpenMPI()
    isShared.withLock { $0 = true }
    isFollower.withLock { $0 = !communicator.isFirst }
    atexit { OpenMPI.finish() }
    return communicator
    #else
    throw Failure(
      code: 64,
      message:
        "mpirun has started \(count) processes, but this program was built without MPI: they would all write the same run. Build it with 'swift build -c release --traits MPI'."
    )
    #endif
  }

  /// Ends the other processes too, where one alone has met a failure.
  static func end(code: Int32) {
    #if MPI
    if isShared.withLock({ $0 }) && isSpeaker { OpenMPI.abort(code: code) }
    #endif
  }

  /// Whether this process speaks to the user.
  static var isSpeaker: Bool { !isFollower.withLock { $0 } }

  /// The processes on this machine.
  static var localCount: Int { number("OMPI_COMM_WORLD_LOCAL_SIZE") }

  private static var count: Int { number("OMPI_COMM_WORLD_SIZE") }

  private static func number(_ name: String) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? 1
  }
}
