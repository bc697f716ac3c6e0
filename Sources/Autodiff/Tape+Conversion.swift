import LinearAlgebra

extension Tape {
  func allocateValue(_ count: Int) -> UnsafeMutableRawPointer {
    storage.pointee.valueArena.allocate(byteCount: count * precision.byteCount)
  }

  /// Writes numbers in the tape's precision.
  func write(_ view: MatrixView, to memory: UnsafeMutableRawPointer) {
    switch precision {
    case .double:
      MutableMatrixView(
        memory.assumingMemoryBound(to: Double.self), rows: view.rows, columns: view.columns
      ).copy(view)
    case .single:
      let target = memory.assumingMemoryBound(to: Float.self)
      for i in 0..<view.rows {
        let (row, source) = (target + i * view.columns, view.row(i))
        for j in 0..<view.columns { row[j] = Float(source[j]) }
      }
    }
  }

  /// Numbers of a node in double precision: the node's own memory, or a copy in `place`.
  func inDouble(
    _ memory: UnsafeMutableRawPointer, count: Int, _ place: inout UnsafeMutablePointer<Double>?,
    isCurrent: Bool
  ) -> UnsafeMutablePointer<Double> {
    if precision == .double { return memory.assumingMemoryBound(to: Double.self) }
    if isCurrent, let place { return place }
    let target =
      place
      ?? storage.pointee.doubleArena.allocate(byteCount: count * 8).assumingMemoryBound(
        to: Double.self)
    let source = memory.assumingMemoryBound(to: Float.self)
    for i in 0..<count { target[i] = Double(source[i]) }
    place = target
    return target
  }
}
