/// The memory of the two tangent sweeps, which tapes may share.
///
/// Each sweep starts it anew. Blocks of a batch that are swept one after the other then use the same
/// memory, which stays in the cache.
final class SweepMemory {
  /// What the sweeps use, behind a plain pointer.
  struct Arenas {
    var tangents = Arena()
    var adjointTangents = Arena()
    /// The tape whose tangents are there.
    var owner: UnsafeMutablePointer<TapeStorage>?
  }

  let arenas: UnsafeMutablePointer<Arenas>

  init() {
    arenas = .allocate(capacity: 1)
    arenas.initialize(to: Arenas())
  }

  deinit {
    arenas.pointee.tangents.deallocate()
    arenas.pointee.adjointTangents.deallocate()
    arenas.deinitialize(count: 1)
    arenas.deallocate()
  }
}
