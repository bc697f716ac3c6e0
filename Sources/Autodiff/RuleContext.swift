import LinearAlgebra
import Requirements

/// The data of one use of a ``TapeOperation``: inputs, output, their tangents and adjoints, and the
/// attributes given when it was recorded.
///
/// A rule is valid only during the call that it is passed to.
public struct RuleContext {
  unowned(unsafe) let tape: Tape
  let index: Int

  private var node: Node { tape.nodes[index] }

  private func inputIndex(_ k: Int) -> Int {
    let node = node
    require(
      k >= 0 && k < node.inputCount,
      "\(node.operation.name) has \(node.inputCount) inputs; there is no input \(k).")
    return Int(tape.inputs[Int(node.firstInput) + k])
  }

  private func mutableView(_ pointer: UnsafeMutablePointer<Double>, _ node: Node)
    -> MutableMatrixView
  {
    MutableMatrixView(pointer, rows: Int(node.rows), columns: Int(node.columns))
  }

  // MARK: Values

  /// The number of inputs.
  public var inputCount: Int { Int(node.inputCount) }

  /// The value of input `k`.
  public func input(_ k: Int) -> MatrixView {
    let node = tape.nodes[inputIndex(k)]
    return mutableView(node.value, node).view
  }

  /// The value of the output: `forward` writes it, the other rules may read it.
  public var output: MutableMatrixView { mutableView(node.value, node) }

  // MARK: Tangents

  /// The tangent of input `k`, or nil when the input does not depend on a parameter.
  public func inputTangent(_ k: Int) -> MatrixView? {
    let node = tape.nodes[inputIndex(k)]
    guard let tangent = node.tangent else { return nil }
    return mutableView(tangent, node).view
  }

  /// The tangent of the output: `tangent` writes it.
  public var outputTangent: MutableMatrixView {
    guard let tangent = node.tangent else {
      requirementFailure("\(node.operation.name): the tangent sweep has not run.")
    }
    return mutableView(tangent, node)
  }

  // MARK: Adjoints

  /// The adjoint of the output.
  ///
  /// `reverse` may overwrite it; `reverseTangent` then reads the overwritten value.
  public var outputAdjoint: MutableMatrixView {
    guard let adjoint = node.adjoint else {
      requirementFailure("\(node.operation.name): the reverse sweep has not run.")
    }
    return mutableView(adjoint, node)
  }

  /// The tangent of the adjoint of the output.
  public var outputAdjointTangent: MutableMatrixView {
    guard let tangent = node.adjointTangent, node.hasAdjointTangent else {
      requirementFailure(
        "\(node.operation.name): its adjoint has no tangent: a later operation's reverseTangent contributes to fewer inputs than its reverse."
      )
    }
    return mutableView(tangent, node)
  }

  /// Where to add to the adjoint of input `k`; nil if nothing needs it.
  ///
  /// Write the whole contribution before asking for the next accumulator: two inputs may be the
  /// same variable.
  public func adjoint(_ k: Int) -> Accumulator? {
    let target = inputIndex(k)
    let node = tape.nodes[target]
    guard node.isActive else { return nil }
    let adjoint = node.adjoint ?? tape.adjointArena.allocate(node.count)
    tape.nodes.start[target].adjoint = adjoint
    tape.nodes.start[target].hasAdjoint = true
    return Accumulator(view: mutableView(adjoint, node), isFirst: !node.hasAdjoint)
  }

  /// Where to add to the tangent of the adjoint of input `k`; nil if nothing needs it.
  public func adjointTangent(_ k: Int) -> Accumulator? {
    let target = inputIndex(k)
    let node = tape.nodes[target]
    guard node.isActive else { return nil }
    let tangent = node.adjointTangent ?? tape.adjointTangentArena.allocate(node.count)
    tape.nodes.start[target].adjointTangent = tangent
    tape.nodes.start[target].hasAdjointTangent = true
    return Accumulator(view: mutableView(tangent, node), isFirst: !node.hasAdjointTangent)
  }

  // MARK: Attributes and memory

  /// The real attributes.
  public var scalars: SIMD2<Double> { node.scalars }

  /// The integer attributes.
  public var integers: SIMD2<Int> { node.integers }

  /// The indices among the attributes.
  public var indices: UnsafeBufferPointer<Int> {
    UnsafeBufferPointer(
      start: tape.integers.start + Int(node.firstIndex), count: Int(node.indexCount))
  }

  var activation: (any Activation.Type)? { node.activation }

  /// Memory of this use for numbers that `forward` stores for the other rules.
  public func workspace(rows: Int, columns: Int) -> MutableMatrixView {
    let memory = node.workspace ?? tape.valueArena.allocate(rows * columns)
    tape.nodes.start[index].workspace = memory
    return MutableMatrixView(memory, rows: rows, columns: columns)
  }

  /// Memory of this use for numbers that `tangent` stores for `reverseTangent`.
  public func workspaceTangent(rows: Int, columns: Int) -> MutableMatrixView {
    let memory = node.workspaceTangent ?? tape.tangentArena.allocate(rows * columns)
    tape.nodes.start[index].workspaceTangent = memory
    return MutableMatrixView(memory, rows: rows, columns: columns)
  }

  /// Temporary memory, released when the rule returns.
  public func scratch(rows: Int, columns: Int) -> MutableMatrixView {
    MutableMatrixView(tape.scratchArena.allocate(rows * columns), rows: rows, columns: columns)
  }
}

/// The destination to which a rule adds its contribution.
public struct Accumulator {
  /// The memory of the sum.
  public let view: MutableMatrixView
  /// Whether this is the first contribution; nothing has been written yet then.
  public let isFirst: Bool

  @usableFromInline
  init(view: MutableMatrixView, isFirst: Bool) {
    self.view = view
    self.isFirst = isFirst
  }

  /// The factor of the present content: 0 at the first contribution, else 1.
  @inlinable
  public var beta: Double { isFirst ? 0 : 1 }

  /// Adds a number to the element at row `i`, column `j`. Visit each element exactly once.
  @inlinable
  public func add(_ value: Double, _ i: Int, _ j: Int) {
    view[i, j] = isFirst ? value : view[i, j] + value
  }

  /// Sets the sum to zero if it has no contribution yet, and returns its view.
  ///
  /// For rules that visit elements several times, or not all of them.
  public func cleared() -> MutableMatrixView {
    if isFirst { view.fill(0) }
    return view
  }
}
