import LinearAlgebra
import Requirements

extension Tape {
  /// Adds the gradient of `Σ seed ⊙ output` to ``Parameters/gradient``.
  ///
  /// The adjoints are kept for ``reverseTangent(from:seedTangent:)``.
  ///
  /// - Parameters:
  ///   - output: a variable of this recording.
  ///   - seed: the adjoint of the output, of its shape.
  /// - Complexity: two to three times the forward sweep; no allocation after the first recording.
  public func reverse(from output: Variable, seed: MatrixView) {
    requireSweepable(output, seed, "seed")
    let (storage, nodes) = (storage, storage.pointee.nodes)
    for i in 0..<nodes.count { nodes.start[i].hasAdjoint = nodes.start[i].isParameter }
    reverseOutput = output.index
    sweepCounts.reverse += 1
    let start = nodes.start + output.index
    guard start.pointee.isActive else { return }

    let adjoint =
      start.pointee.adjoint
      ?? storage.pointee.adjointArena.allocate(byteCount: byteCount(of: start))
    start.pointee.adjoint = adjoint
    start.pointee.hasAdjoint = true
    sweepBack(
      from: output.index, seed: seed, in: adjoint, addingTo: parameters.gradients,
      double: { $0.reverse($1) }, single: { $0.reverse($1) })
  }

  /// Computes the tangent of every variable along ``Parameters/tangent``.
  ///
  /// - Complexity: one to two times the forward sweep; no allocation after the first recording.
  public func tangent() {
    require(isRecording, "A tape that does not record has no tangent sweep.")
    let (storage, nodes) = (storage, storage.pointee.nodes)
    hasTangents = true
    sweepCounts.tangent += 1
    let sweeps = storage.pointee.sweeps
    sweeps.pointee.tangents.reset()
    for i in 0..<nodes.count {
      let node = nodes.start + i
      if !node.pointee.isActive || node.pointee.isParameter { continue }
      node.pointee.tangent = sweeps.pointee.tangents.allocate(byteCount: byteCount(of: node))
      node.pointee.workspaceTangent = nil
      let core = RuleCore(storage, i)
      switch precision {
      case .double: node.pointee.operation.tangent(RuleContext<Double>(core))
      case .single: node.pointee.operation.tangent(RuleContext<Float>(core))
      }
      storage.pointee.scratchArena.reset()
    }
  }

  /// Adds the derivative of the gradient along the tangent to ``Parameters/gradientTangent``.
  ///
  /// With `s` the seed of the last reverse sweep, `v` the direction and `ṡ` the seed's tangent,
  /// this is `∇²(Σ s ⊙ output) v + Σ ṡ_n ∇output_n`.
  ///
  /// - Parameters:
  ///   - output: the variable that the last reverse sweep started from.
  ///   - seedTangent: the tangent of the seed; nil is zero.
  /// - Precondition: a reverse sweep from `output` and a tangent sweep have run.
  /// - Complexity: three to four times the forward sweep; no allocation after the first recording.
  public func reverseTangent(from output: Variable, seedTangent: MatrixView?) {
    require(
      hasTangents && reverseOutput == output.index,
      "The reverse tangent sweep needs a reverse sweep from the same output and a tangent sweep.")
    requireSweepable(output, seedTangent, "seed tangent")
    let (storage, nodes) = (storage, storage.pointee.nodes)
    let sweeps = storage.pointee.sweeps
    sweeps.pointee.adjointTangents.reset()
    for i in 0..<nodes.count {
      let node = nodes.start + i
      node.pointee.hasAdjointTangent = node.pointee.isParameter
      if !node.pointee.isParameter { node.pointee.adjointTangent = nil }
    }
    sweepCounts.reverseTangent += 1
    let start = nodes.start + output.index
    guard start.pointee.isActive else { return }

    let adjointTangent =
      start.pointee.adjointTangent
      ?? sweeps.pointee.adjointTangents.allocate(byteCount: byteCount(of: start))
    start.pointee.adjointTangent = adjointTangent
    start.pointee.hasAdjointTangent = true
    sweepBack(
      from: output.index, seed: seedTangent, in: adjointTangent,
      addingTo: parameters.gradientTangents,
      double: { $0.reverseTangent($1) }, single: { $0.reverseTangent($1) })
  }

  /// Writes a seed and runs the rules of all operations with an adjoint, from the output to the leaves.
  @inline(__always)
  private func sweepBack(
    from output: Int, seed: MatrixView?, in memory: UnsafeMutableRawPointer,
    addingTo sums: UnsafeMutablePointer<Double>,
    double: (any TapeOperation.Type, RuleContext<Double>) -> Void,
    single: (any TapeOperation.Type, RuleContext<Float>) -> Void
  ) {
    let (storage, nodes) = (storage, storage.pointee.nodes)
    if precision == .single { parameters.clearSingleResults() }
    self.seed(memory, nodes.start + output, with: seed)
    for i in (0...output).reversed() {
      let node = nodes.start + i
      guard node.pointee.hasAdjoint && !node.pointee.isParameter else { continue }
      let core = RuleCore(storage, i)
      switch precision {
      case .double: double(node.pointee.operation, RuleContext(core))
      case .single: single(node.pointee.operation, RuleContext(core))
      }
      storage.pointee.scratchArena.reset()
    }
    if precision == .single { parameters.addSingleResults(to: sums) }
  }

  private func requireSweepable(_ output: Variable, _ seed: MatrixView?, _ what: String) {
    require(isRecording, "A tape that does not record cannot be swept.")
    require(
      output.tape === self && output.generation == generation,
      "The output is not a variable of this recording.")
    let node = storage.pointee.nodes[output.index]
    if let seed {
      require(
        seed.rows == Int(node.rows) && seed.columns == Int(node.columns),
        "The \(what) has the shape [\(seed.rows), \(seed.columns)], the output [\(node.rows), \(node.columns)]."
      )
    }
  }

  private func byteCount(of node: UnsafeMutablePointer<Node>) -> Int {
    node.pointee.count * precision.byteCount
  }

  /// Writes a seed where a sweep starts; if that is a parameter, adds it to the results.
  private func seed(
    _ memory: UnsafeMutableRawPointer, _ node: UnsafeMutablePointer<Node>, with seed: MatrixView?
  ) {
    if node.pointee.isParameter {
      if let seed { add(seed, to: memory) }
    } else if let seed {
      write(seed, to: memory)
    } else {
      // the bits of zero are zeros in either precision
      memory.initializeMemory(
        as: UInt8.self, repeating: 0, count: byteCount(of: node))
    }
  }

  private func add(_ seed: MatrixView, to memory: UnsafeMutableRawPointer) {
    for i in 0..<seed.rows {
      for j in 0..<seed.columns {
        let place = i * seed.columns + j
        switch precision {
        case .double: memory.assumingMemoryBound(to: Double.self)[place] += seed[i, j]
        case .single: memory.assumingMemoryBound(to: Float.self)[place] += Float(seed[i, j])
        }
      }
    }
  }
}

extension Tape {
  /// The size of a tape and the number of its sweeps.
  public struct Statistics: Equatable, Sendable {
    /// The number of runs of each sweep since the tape was created.
    public struct Sweeps: Equatable, Sendable {
      /// Reverse sweeps.
      public var reverse = 0
      /// Tangent sweeps.
      public var tangent = 0
      /// Reverse tangent sweeps.
      public var reverseTangent = 0
    }
    /// The number of nodes of the current recording.
    public let nodes: Int
    /// The memory of all arenas, in bytes.
    public let arenaBytes: Int
    /// The number of arena allocations since the tape was created.
    public let arenaAllocations: Int
    /// The sweeps since the tape was created.
    public let sweeps: Sweeps
  }

  /// Nodes, memory and sweeps.
  public var statistics: Statistics {
    let sweeps = storage.pointee.sweeps.pointee
    let arenas =
      storage.pointee.arenas + (ownsSweepMemory ? [sweeps.tangents, sweeps.adjointTangents] : [])
    return Statistics(
      nodes: storage.pointee.nodes.count, arenaBytes: arenas.reduce(0) { $0 + $1.byteCount },
      arenaAllocations: arenas.reduce(0) { $0 + $1.allocations }, sweeps: sweepCounts)
  }
}

extension Tape: CustomStringConvertible {
  /// The recording, one line per node: number, operation, inputs and shape.
  public var description: String {
    let (nodes, inputs) = (storage.pointee.nodes, storage.pointee.inputs)
    return (0..<nodes.count).map { i in
      let node = nodes[i]
      var line = "%\(i) = \(node.operation.name)"
      if let activation = node.activation { line += "+\(activation.name)" }
      if node.isParameter {
        let block = parameters.layout.blocks.first { $0.offset == Int(node.firstIndex) }
        line += " '\(block?.name ?? "")'"
      }
      let operands = (0..<Int(node.inputCount)).map { "%\(inputs[Int(node.firstInput) + $0])" }
      if !operands.isEmpty { line += "(" + operands.joined(separator: ", ") + ")" }
      return line + " [\(node.rows), \(node.columns)]"
    }.joined(separator: "\n")
  }
}
