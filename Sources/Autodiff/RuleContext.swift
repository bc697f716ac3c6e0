import LinearAlgebra

/// The data of one use of a ``TapeOperation``: inputs, output, their tangents and adjoints, and the
/// attributes given when it was recorded, as numbers of the tape's precision.
///
/// A rule is valid only during the call that it is passed to.
public struct RuleContext<Scalar: TapeScalar> {
  @usableFromInline let core: RuleCore

  init(_ core: RuleCore) { self.core = core }

  // MARK: Values

  /// The number of inputs.
  @inlinable
  public var inputCount: Int { core.inputCount }

  /// The value of input `k`.
  @inlinable
  public func input(_ k: Int) -> MatrixViewOf<Scalar> { mutableView(core.input(k)).view }

  /// The value of the output: `forward` writes it, the other rules may read it.
  @inlinable
  public var output: MutableMatrixViewOf<Scalar> { mutableView(core.output) }

  // MARK: Tangents

  /// The tangent of input `k`, or nil when the input does not depend on a parameter.
  @inlinable
  public func inputTangent(_ k: Int) -> MatrixViewOf<Scalar>? {
    core.inputTangent(k).map { mutableView($0).view }
  }

  /// The tangent of the output: `tangent` writes it.
  @inlinable
  public var outputTangent: MutableMatrixViewOf<Scalar> { mutableView(core.outputTangent) }

  // MARK: Adjoints

  /// The adjoint of the output.
  ///
  /// `reverse` may overwrite it; `reverseTangent` then reads the overwritten value.
  @inlinable
  public var outputAdjoint: MutableMatrixViewOf<Scalar> { mutableView(core.outputAdjoint) }

  /// The tangent of the adjoint of the output.
  @inlinable
  public var outputAdjointTangent: MutableMatrixViewOf<Scalar> {
    mutableView(core.outputAdjointTangent)
  }

  /// Where to add to the adjoint of input `k`; nil if nothing needs it.
  ///
  /// Write the whole contribution before asking for the next accumulator: two inputs may be the
  /// same variable.
  @inlinable
  public func adjoint(_ k: Int) -> Accumulator<Scalar>? {
    core.adjoint(k).map { Accumulator(view: mutableView($0.matrix), isFirst: $0.isFirst) }
  }

  /// Where to add to the tangent of the adjoint of input `k`; nil if nothing needs it.
  @inlinable
  public func adjointTangent(_ k: Int) -> Accumulator<Scalar>? {
    core.adjointTangent(k).map { Accumulator(view: mutableView($0.matrix), isFirst: $0.isFirst) }
  }

  // MARK: Attributes and memory

  /// The real attributes.
  @inlinable
  public var scalars: SIMD2<Scalar> { SIMD2(Scalar(core.scalars[0]), Scalar(core.scalars[1])) }

  /// The integer attributes.
  @inlinable
  public var integers: SIMD2<Int> { core.integers }

  /// The indices among the attributes.
  @inlinable
  public var indices: UnsafeBufferPointer<Int> { core.indices }

  var activation: (any Activation.Type)? { core.node.pointee.activation }

  /// Memory of this use for numbers that `forward` stores for the other rules.
  @inlinable
  public func workspace(rows: Int, columns: Int) -> MutableMatrixViewOf<Scalar> {
    mutableView(core.workspace(rows: rows, columns: columns))
  }

  /// Memory of this use for numbers that `tangent` stores for `reverseTangent`.
  @inlinable
  public func workspaceTangent(rows: Int, columns: Int) -> MutableMatrixViewOf<Scalar> {
    mutableView(core.workspaceTangent(rows: rows, columns: columns))
  }

  /// Temporary memory, released when the rule returns.
  @inlinable
  public func scratch(rows: Int, columns: Int) -> MutableMatrixViewOf<Scalar> {
    mutableView(core.scratch(rows: rows, columns: columns))
  }

  /// The transpose of `b` as the second factor of a product `A Bᵀ`, copied where that is faster.
  func transposed(_ b: MatrixViewOf<Scalar>, rows: Int) -> PreparedOperand<Scalar> {
    PreparedOperand(transposing: b, rows: rows) { scratch(rows: $0, columns: $1) }
  }

  @inlinable @inline(__always)
  func mutableView(_ matrix: RawMatrix) -> MutableMatrixViewOf<Scalar> {
    MutableMatrixViewOf(
      matrix.pointer.assumingMemoryBound(to: Scalar.self), rows: matrix.rows,
      columns: matrix.columns)
  }
}

/// The destination to which a rule adds its contribution.
public struct Accumulator<Scalar: TapeScalar> {
  /// The memory of the sum.
  public let view: MutableMatrixViewOf<Scalar>
  /// Whether this is the first contribution; nothing has been written yet then.
  public let isFirst: Bool

  @inlinable
  init(view: MutableMatrixViewOf<Scalar>, isFirst: Bool) {
    self.view = view
    self.isFirst = isFirst
  }

  /// The factor of the present content: 0 at the first contribution, else 1.
  @inlinable
  public var beta: Scalar { isFirst ? 0 : 1 }

  /// Adds a number to the element at row `i`, column `j`. Visit each element exactly once.
  @inlinable
  public func add(_ value: Scalar, _ i: Int, _ j: Int) {
    view[i, j] = isFirst ? value : view[i, j] + value
  }

  /// Sets the sum to zero if it has no contribution yet, and returns its view.
  ///
  /// For rules that visit elements several times, or not all of them.
  @inlinable
  public func cleared() -> MutableMatrixViewOf<Scalar> {
    if isFirst { view.fill(0) }
    return view
  }
}
