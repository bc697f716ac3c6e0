/// What a tape consists of, in plain memory: rules and sweeps access it by a pointer, without the
/// checks of class properties.
@usableFromInline
struct TapeStorage {
  let precision: Precision
  /// The size of a number in bytes.
  let scalarSize: Int
  var nodes = Pool<Node>()
  var inputs = Pool<Int32>()
  var integers = Pool<Int>()
  var valueArena = Arena()
  var adjointArena = Arena()
  /// Tangents, and tangents of adjoints.
  let sweeps: UnsafeMutablePointer<SweepMemory.Arenas>
  var scratchArena = Arena()
  /// Numbers in double precision that were asked for, on a tape of single precision.
  var doubleArena = Arena()

  init(_ precision: Precision, _ sweeps: UnsafeMutablePointer<SweepMemory.Arenas>) {
    (self.precision, scalarSize, self.sweeps) = (precision, precision.byteCount, sweeps)
  }

  /// Discards the recording and keeps its memory.
  mutating func reset() {
    nodes.removeAll()
    inputs.removeAll()
    integers.removeAll()
    valueArena.reset()
    adjointArena.reset()
    doubleArena.reset()
  }

  /// The arenas of this tape alone.
  var arenas: [Arena] { [valueArena, adjointArena, scratchArena, doubleArena] }

  func deallocate() {
    nodes.deallocate()
    inputs.deallocate()
    integers.deallocate()
    for arena in arenas { arena.deallocate() }
  }
}
