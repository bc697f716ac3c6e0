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
  var tangentArena = Arena()
  var adjointArena = Arena()
  var adjointTangentArena = Arena()
  var scratchArena = Arena()
  /// Numbers in double precision that were asked for, on a tape of single precision.
  var doubleArena = Arena()

  init(_ precision: Precision) {
    (self.precision, scalarSize) = (precision, precision.byteCount)
  }

  /// Discards the recording and keeps its memory.
  mutating func reset() {
    nodes.removeAll()
    inputs.removeAll()
    integers.removeAll()
    valueArena.reset()
    tangentArena.reset()
    adjointArena.reset()
    adjointTangentArena.reset()
    doubleArena.reset()
  }

  /// A number of bytes and of allocations of all arenas.
  var memory: (bytes: Int, allocations: Int) {
    let arenas = [
      valueArena, tangentArena, adjointArena, adjointTangentArena, scratchArena, doubleArena,
    ]
    return arenas.reduce((0, 0)) { ($0.0 + $1.byteCount, $0.1 + $1.allocations) }
  }

  func deallocate() {
    nodes.deallocate()
    inputs.deallocate()
    integers.deallocate()
    for arena in [
      valueArena, tangentArena, adjointArena, adjointTangentArena, scratchArena, doubleArena,
    ] { arena.deallocate() }
  }
}
