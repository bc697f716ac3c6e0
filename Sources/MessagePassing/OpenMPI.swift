#if MPI
import COpenMPI

/// The processes that Open MPI's `mpirun` has started.
public struct OpenMPI: Communicator {
  /// The number of this process.
  public let rank: Int
  /// The number of processes.
  public let size: Int

  /// Joins the processes; call it once in the life of a process.
  ///
  /// - Throws: ``CommunicationError`` if Open MPI does not start.
  public init() throws(CommunicationError) {
    try Self.require(metatape_mpi_start(), "start")
    var (rank, size) = (Int32(0), Int32(0))
    try Self.require(metatape_mpi_rank(&rank), "return the rank")
    try Self.require(metatape_mpi_size(&size), "return the number of processes")
    (self.rank, self.size) = (Int(rank), Int(size))
  }

  /// Sends bytes to all processes and waits for theirs.
  public func gather(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]] {
    var counts = [Int32](repeating: 0, count: size)
    let mine = Int32(clamping: bytes.count)
    try Self.require(metatape_mpi_gather_counts(mine, &counts), "exchange sizes")
    let total = counts.reduce(0) { $0 + Int($1) }
    guard bytes.count < Int32.max, total < Int(Int32.max) else {
      throw CommunicationError(
        description:
          "The messages of \(size) processes have \(total) bytes, more than Open MPI can send at once. Use fewer tasks or a smaller policy."
      )
    }
    var places: [Int32] = []
    var place: Int32 = 0
    for count in counts {
      places.append(place)
      place += count
    }
    var all = [UInt8](repeating: 0, count: total)
    try Self.require(
      metatape_mpi_gather_bytes(bytes, mine, &all, counts, places), "exchange results")
    return zip(places, counts).map { Array(all[Int($0)..<Int($0 + $1)]) }
  }

  /// Leaves the processes; no communication is possible afterwards.
  public static func finish() { _ = metatape_mpi_finish() }

  /// Aborts all processes, for errors that only this one has met.
  public static func abort(code: Int32) { metatape_mpi_abort(code) }

  private static func require(_ status: Int32, _ what: String) throws(CommunicationError) {
    guard status == 0 else {
      throw CommunicationError(
        description:
          "Open MPI could not \(what) (error \(status)). Was the program started with mpirun?")
    }
  }
}
#endif
