import CLibrary
import Files
import MessagePassing
import Requirements
import Synchronization

/// The processes that `mpirun`, or Slurm's `srun`, has started, if one has.
package enum Processes {
  /// Processes that were started in a way that cannot work.
  package struct UsageError: ReportedError {
    package let description: String
    package var exitStatus: ExitStatus { .usage }
  }

  private static let isShared = Mutex(false)
  private static let isFollower = Mutex(false)

  /// Joins the other processes, if there are any.
  package static func join() throws -> any Communicator {
    guard count > 1 else { return SingleProcess() }
    #if MPI
    let communicator = try OpenMPI()
    guard communicator.size == count else {
      throw UsageError(
        description:
          "\(count) processes were started, but Open MPI sees \(communicator.size). Start them with Open MPI's mpirun, or with 'srun --mpi=pmix' where Open MPI was built for it."
      )
    }
    isShared.withLock { $0 = true }
    isFollower.withLock { $0 = !communicator.isFirst }
    atexit { OpenMPI.finish() }
    return communicator
    #else
    throw UsageError(
      description:
        "\(count) processes were started together, but this program was built without MPI: they would all write the same run. Build it with 'swift build -c release --traits MPI'."
    )
    #endif
  }

  /// Refuses commands that would be run by every process on its own.
  package static func require(_ isTraining: Bool) throws {
    guard isTraining || count == 1 else {
      throw UsageError(
        description: "Only 'metatape train' is shared by several processes; start others alone.")
    }
  }

  /// Ends the other processes too, where one has met a failure.
  package static func end(code: Int32) {
    #if MPI
    if isShared.withLock({ $0 }) { OpenMPI.abort(code: code) }
    #endif
  }

  /// Whether this process speaks to the user.
  package static var isFirst: Bool { !isFollower.withLock { $0 } }

  /// The processes on this machine.
  package static var localCount: Int { number("OMPI_COMM_WORLD_LOCAL_SIZE") }

  private static var count: Int {
    // a batch script of Slurm has the number of tasks too, but no rank
    let hasRank = ["PMIX_RANK", "PMI_RANK"].contains { environment[$0] != nil }
    return max(
      number("OMPI_COMM_WORLD_SIZE"), number("PMI_SIZE"), hasRank ? number("SLURM_NTASKS") : 1)
  }

  private static func number(_ name: String) -> Int { environment[name].flatMap(Int.init) ?? 1 }

  private static var environment: [String: String] { ProcessInfo.processInfo.environment }
}
