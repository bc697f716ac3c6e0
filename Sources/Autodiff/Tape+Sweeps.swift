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
    for i in 0..<nodes.count { nodes.start[i].hasAdjoint = nodes.start[i].isParameter }
    reverseOutput = output.index
    sweepCounts.reverse += 1
    guard nodes[output.index].isActive else { return }

    let rule = RuleContext(tape: self, index: output.index)
    rule.seed(&nodes.start[output.index].adjoint, from: adjointArena, with: seed)
    nodes.start[output.index].hasAdjoint = true
    var i = output.index
    while i >= 0 {
      let node = nodes[i]
      if node.hasAdjoint && !node.isParameter {
        node.operation.reverse(RuleContext(tape: self, index: i))
        scratchArena.reset()
      }
      i -= 1
    }
  }

  /// Computes the tangent of every variable along ``Parameters/tangent``.
  ///
  /// - Complexity: one to two times the forward sweep; no allocation after the first recording.
  public func tangent() {
    require(isRecording, "A tape that does not record has no tangent sweep.")
    hasTangents = true
    sweepCounts.tangent += 1
    for i in 0..<nodes.count {
      let node = nodes[i]
      if !node.isActive || node.isParameter { continue }
      if node.tangent == nil { nodes.start[i].tangent = tangentArena.allocate(node.count) }
      node.operation.tangent(RuleContext(tape: self, index: i))
      scratchArena.reset()
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
    for i in 0..<nodes.count { nodes.start[i].hasAdjointTangent = nodes.start[i].isParameter }
    sweepCounts.reverseTangent += 1
    guard nodes[output.index].isActive else { return }

    let rule = RuleContext(tape: self, index: output.index)
    rule.seed(
      &nodes.start[output.index].adjointTangent, from: adjointTangentArena, with: seedTangent)
    nodes.start[output.index].hasAdjointTangent = true
    var i = output.index
    while i >= 0 {
      let node = nodes[i]
      if node.hasAdjoint && !node.isParameter {
        node.operation.reverseTangent(RuleContext(tape: self, index: i))
        scratchArena.reset()
      }
      i -= 1
    }
  }

  private func requireSweepable(_ output: Variable, _ seed: MatrixView?, _ what: String) {
    require(isRecording, "A tape that does not record cannot be swept.")
    require(
      output.tape === self && output.generation == generation,
      "The output is not a variable of this recording.")
    let node = nodes[output.index]
    if let seed {
      require(
        seed.rows == Int(node.rows) && seed.columns == Int(node.columns),
        "The \(what) has the shape [\(seed.rows), \(seed.columns)], the output [\(node.rows), \(node.columns)]."
      )
    }
  }
}

extension RuleContext {
  /// Writes a seed where a sweep starts; if that is a parameter, adds it to the results.
  fileprivate func seed(
    _ place: inout UnsafeMutablePointer<Double>?, from arena: Arena, with seed: MatrixView?
  ) {
    let node = tape.nodes[index]
    let memory = place ?? arena.allocate(node.count)
    place = memory
    let view = MutableMatrixView(memory, rows: Int(node.rows), columns: Int(node.columns))
    guard let seed else {
      if !node.isParameter { view.fill(0) }
      return
    }
    if node.isParameter {
      for i in 0..<seed.rows { for j in 0..<seed.columns { view[i, j] += seed[i, j] } }
    } else {
      view.copy(seed)
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
    let arenas = [valueArena, tangentArena, adjointArena, adjointTangentArena, scratchArena]
    return Statistics(
      nodes: nodes.count, arenaBytes: arenas.reduce(0) { $0 + $1.capacity },
      arenaAllocations: arenas.reduce(0) { $0 + $1.allocations }, sweeps: sweepCounts)
  }
}

extension Tape: CustomStringConvertible {
  /// The recording, one line per node: number, operation, inputs and shape.
  public var description: String {
    (0..<nodes.count).map { i in
      let node = nodes[i]
      var line = "%\(i) = \(node.operation.name)"
      if let activation = node.activation { line += "+\(activation.name)" }
      if node.isParameter {
        let offset = node.value - parameters.values
        let block = parameters.layout.blocks.first { $0.offset == offset }
        line += " '\(block?.name ?? "")'"
      }
      let operands = (0..<Int(node.inputCount)).map { "%\(inputs[Int(node.firstInput) + $0])" }
      if !operands.isEmpty { line += "(" + operands.joined(separator: ", ") + ")" }
      return line + " [\(node.rows), \(node.columns)]"
    }.joined(separator: "\n")
  }
}
