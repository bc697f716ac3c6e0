import LinearAlgebra

/// Memory for the matrices of a tape: allocated in order, released all at once.
///
/// A request is served from the current chunk. Full chunks are kept, and the next chunk is at least
/// twice as large. ``reset()`` keeps all chunks, so requests of the same sizes in the same order
/// allocate nothing. Addresses stay valid until ``reset()``. Every request is aligned to 64 bytes.
final class Arena {
  private struct Chunk {
    let start: UnsafeMutablePointer<Double>
    let capacity: Int
  }

  private var chunks: [Chunk] = []
  private var current = 0
  private var used = 0

  /// The number of chunks allocated so far.
  private(set) var allocations = 0

  /// The memory held, in bytes.
  var capacity: Int { chunks.reduce(0) { $0 + $1.capacity } * MemoryLayout<Double>.stride }

  /// Memory for a number of elements, uninitialised.
  func allocate(_ count: Int) -> UnsafeMutablePointer<Double> {
    // whole cache lines of eight numbers
    let size = max(8, (count + 7) / 8 * 8)
    while current < chunks.count {
      if used + size <= chunks[current].capacity {
        defer { used += size }
        return chunks[current].start + used
      }
      current += 1
      used = 0
    }
    let capacity = max(size, 2 * (chunks.last?.capacity ?? 2048))
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: capacity * MemoryLayout<Double>.stride, alignment: 64)
    let start = memory.bindMemory(to: Double.self, capacity: capacity)
    start.initialize(repeating: 0, count: capacity)
    chunks.append(Chunk(start: start, capacity: capacity))
    allocations += 1
    used = size
    return start
  }

  /// Releases all memory for reuse; earlier addresses are no longer valid.
  func reset() {
    current = 0
    used = 0
  }

  deinit { for chunk in chunks { UnsafeMutableRawPointer(chunk.start).deallocate() } }
}

/// A growing array of trivial values behind a plain pointer.
///
/// An array in a class would cost the tape's inner loops exclusivity checks and reference counting.
struct Pool<Element: BitwiseCopyable> {
  private(set) var start: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 64) {
    start = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  subscript(index: Int) -> Element {
    get { start[index] }
    nonmutating set { start[index] = newValue }
  }

  mutating func append(_ element: Element) {
    if count == capacity {
      let larger = UnsafeMutablePointer<Element>.allocate(capacity: 2 * capacity)
      larger.update(from: start, count: count)
      start.deallocate()
      start = larger
      capacity *= 2
    }
    start[count] = element
    count += 1
  }

  mutating func removeAll() { count = 0 }

  func deallocate() { start.deallocate() }
}
