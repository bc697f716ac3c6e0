/// Memory for the matrices of a tape: allocated in order, released all at once.
///
/// A request is served from the current chunk. Full chunks are kept, and the next chunk is at least
/// twice as large. ``reset()`` keeps all chunks, so requests of the same sizes in the same order
/// allocate nothing. Addresses stay valid until ``reset()``. Every request is aligned to 64 bytes.
struct Arena {
  private struct Chunk: BitwiseCopyable {
    let start: UnsafeMutableRawPointer
    let byteCount: Int
  }

  private static let leastByteCount = 32768

  private var chunks = Pool<Chunk>(capacity: 16)
  private var current = 0
  private var used = 0

  /// The number of chunks allocated so far.
  private(set) var allocations = 0

  /// The memory held, in bytes.
  var byteCount: Int { (0..<chunks.count).reduce(0) { $0 + chunks[$1].byteCount } }

  /// Memory for a number of bytes; it holds anything.
  mutating func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    // whole cache lines
    let size = max(64, (byteCount + 63) & ~63)
    while current < chunks.count {
      let chunk = chunks[current]
      if used + size <= chunk.byteCount {
        defer { used += size }
        return chunk.start + used
      }
      current += 1
      used = 0
    }
    let last = chunks.count > 0 ? chunks[chunks.count - 1].byteCount : Self.leastByteCount / 2
    let capacity = max(size, 2 * last)
    let start = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
    start.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
    chunks.append(Chunk(start: start, byteCount: capacity))
    allocations += 1
    used = size
    return start
  }

  /// Releases all memory for reuse; earlier addresses are no longer valid.
  mutating func reset() {
    current = 0
    used = 0
  }

  func deallocate() {
    for k in 0..<chunks.count { chunks[k].start.deallocate() }
    chunks.deallocate()
  }
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
