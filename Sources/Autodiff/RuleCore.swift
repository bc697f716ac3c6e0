import Requirements

/// A matrix on a tape, whatever its precision.
@usableFromInline
struct RawMatrix {
  @usableFromInline let pointer: UnsafeMutableRawPointer
  @usableFromInline let rows: Int
  @usableFromInline let columns: Int

  @usableFromInline
  init(_ pointer: UnsafeMutableRawPointer, rows: Int, columns: Int) {
    (self.pointer, self.rows, self.columns) = (pointer, rows, columns)
  }

  init(_ pointer: UnsafeMutableRawPointer, _ node: UnsafePointer<Node>) {
    self.init(pointer, rows: Int(node.pointee.rows), columns: Int(node.pointee.columns))
  }
}

/// What a ``RuleContext`` does, without the type of its numbers: it is compiled once, here.
@usableFromInline
struct RuleCore {
  let storage: UnsafeMutablePointer<TapeStorage>
  let index: Int

  init(_ storage: UnsafeMutablePointer<TapeStorage>, _ index: Int) {
    (self.storage, self.index) = (storage, index)
  }

  @inline(__always)
  var node: UnsafeMutablePointer<Node> { storage.pointee.nodes.start + index }

  @inline(__always)
  private func inputNode(_ k: Int) -> UnsafeMutablePointer<Node> {
    let node = node
    require(
      k >= 0 && k < node.pointee.inputCount,
      "\(node.pointee.operation.name) has \(node.pointee.inputCount) inputs; there is no input \(k)."
    )
    let target = storage.pointee.inputs.start[Int(node.pointee.firstInput) + k]
    return storage.pointee.nodes.start + Int(target)
  }

  @usableFromInline
  var inputCount: Int { Int(node.pointee.inputCount) }

  @usableFromInline
  func input(_ k: Int) -> RawMatrix {
    let node = inputNode(k)
    return RawMatrix(node.pointee.value, node)
  }

  @usableFromInline
  var output: RawMatrix { RawMatrix(node.pointee.value, node) }

  @usableFromInline
  func inputTangent(_ k: Int) -> RawMatrix? {
    let node = inputNode(k)
    return node.pointee.tangent.map { RawMatrix($0, node) }
  }

  @usableFromInline
  var outputTangent: RawMatrix {
    guard let tangent = node.pointee.tangent else {
      requirementFailure("\(node.pointee.operation.name): the tangent sweep has not run.")
    }
    return RawMatrix(tangent, node)
  }

  @usableFromInline
  var outputAdjoint: RawMatrix {
    guard let adjoint = node.pointee.adjoint else {
      requirementFailure("\(node.pointee.operation.name): the reverse sweep has not run.")
    }
    return RawMatrix(adjoint, node)
  }

  @usableFromInline
  var outputAdjointTangent: RawMatrix {
    guard let tangent = node.pointee.adjointTangent, node.pointee.hasAdjointTangent else {
      requirementFailure(
        "\(node.pointee.operation.name): its adjoint has no tangent: a later operation's reverseTangent contributes to fewer inputs than its reverse."
      )
    }
    return RawMatrix(tangent, node)
  }

  @usableFromInline
  func adjoint(_ k: Int) -> (matrix: RawMatrix, isFirst: Bool)? {
    let node = inputNode(k)
    guard node.pointee.isActive else { return nil }
    let adjoint =
      node.pointee.adjoint
      ?? storage.pointee.adjointArena.allocate(byteCount: byteCount(node.pointee.count))
    let isFirst = !node.pointee.hasAdjoint
    node.pointee.adjoint = adjoint
    node.pointee.hasAdjoint = true
    return (RawMatrix(adjoint, node), isFirst)
  }

  @usableFromInline
  func adjointTangent(_ k: Int) -> (matrix: RawMatrix, isFirst: Bool)? {
    let node = inputNode(k)
    guard node.pointee.isActive else { return nil }
    let tangent =
      node.pointee.adjointTangent
      ?? storage.pointee.sweeps.pointee.adjointTangents.allocate(
        byteCount: byteCount(node.pointee.count))
    let isFirst = !node.pointee.hasAdjointTangent
    node.pointee.adjointTangent = tangent
    node.pointee.hasAdjointTangent = true
    return (RawMatrix(tangent, node), isFirst)
  }

  @usableFromInline
  var scalars: SIMD2<Double> { node.pointee.scalars }

  @usableFromInline
  var integers: SIMD2<Int> { node.pointee.integers }

  @usableFromInline
  var indices: UnsafeBufferPointer<Int> {
    UnsafeBufferPointer(
      start: storage.pointee.integers.start + Int(node.pointee.firstIndex),
      count: Int(node.pointee.indexCount))
  }

  @usableFromInline
  func workspace(rows: Int, columns: Int) -> RawMatrix {
    let memory =
      node.pointee.workspace
      ?? storage.pointee.valueArena.allocate(byteCount: byteCount(rows * columns))
    node.pointee.workspace = memory
    return RawMatrix(memory, rows: rows, columns: columns)
  }

  @usableFromInline
  func workspaceTangent(rows: Int, columns: Int) -> RawMatrix {
    let memory =
      node.pointee.workspaceTangent
      ?? storage.pointee.sweeps.pointee.tangents.allocate(byteCount: byteCount(rows * columns))
    node.pointee.workspaceTangent = memory
    return RawMatrix(memory, rows: rows, columns: columns)
  }

  @usableFromInline
  func scratch(rows: Int, columns: Int) -> RawMatrix {
    RawMatrix(
      storage.pointee.scratchArena.allocate(byteCount: byteCount(rows * columns)), rows: rows,
      columns: columns)
  }

  @inline(__always)
  private func byteCount(_ count: Int) -> Int { count * storage.pointee.scalarSize }
}
