import LinearAlgebra
import Requirements

/// A recording of matrix operations that gives exact first and second derivatives.
///
/// An operation on a ``Variable`` is executed at once and recorded on the tape. There are four
/// sweeps over the recording:
///
/// 1. *forward*, while recording: the values;
/// 2. ``reverse(from:seed:)``: the gradient of `seedᵀ output`;
/// 3. ``tangent()``: the derivative of every value along ``Parameters/tangent``;
/// 4. ``reverseTangent(from:seedTangent:)``: the derivative of the gradient along the same
///    direction, while the seed moves as well: `H v + Σ_n ṡ_n ∇output_n`.
///
/// The results of a sweep are kept until ``reset()``. After a gradient, a Hessian-vector product
/// therefore costs only the two tangent sweeps. Memory comes from arenas that survive ``reset()``:
/// recording the same shapes again allocates nothing.
///
/// A tape belongs to one task at a time; it does no locking.
public final class Tape {
  /// The parameters that `parameter(_:)` refers to.
  public let parameters: Parameters
  /// Whether operations are recorded; a tape that only evaluates cannot be swept.
  public let isRecording: Bool

  var nodes = Pool<Node>()
  var inputs = Pool<Int32>()
  var integers = Pool<Int>()
  let valueArena = Arena()
  let tangentArena = Arena()
  let adjointArena = Arena()
  let adjointTangentArena = Arena()
  let scratchArena = Arena()

  /// The number of this recording; variables of earlier recordings have another number.
  private(set) var generation = 0
  /// The outputs of the last reverse sweep and whether a tangent sweep came after the recording.
  var reverseOutput: Int?
  var hasTangents = false
  var sweepCounts = Statistics.Sweeps()

  /// Creates an empty tape.
  ///
  /// - Parameters:
  ///   - parameters: the independent variables, shared by all tapes that are created with them.
  ///   - isRecording: false to compute only values.
  public init(_ parameters: Parameters, isRecording: Bool = true) {
    self.parameters = parameters
    self.isRecording = isRecording
  }

  deinit {
    nodes.deallocate()
    inputs.deallocate()
    integers.deallocate()
  }

  /// Discards the recording and keeps its memory for the next one.
  public func reset() {
    nodes.removeAll()
    inputs.removeAll()
    integers.removeAll()
    // one by one: an array of them may allocate
    valueArena.reset()
    tangentArena.reset()
    adjointArena.reset()
    adjointTangentArena.reset()
    generation += 1
    reverseOutput = nil
    hasTangents = false
  }

  // MARK: Leaves

  /// A constant with a copy of the elements of a view.
  public func constant(_ view: MatrixView) -> Variable {
    let value = valueArena.allocate(view.count)
    MutableMatrixView(value, rows: view.rows, columns: view.columns).copy(view)
    return appendLeaf(Constant.self, rows: view.rows, columns: view.columns, value: value)
  }

  /// A constant matrix.
  public func constant(_ matrix: Matrix) -> Variable { matrix.withView { constant($0) } }

  /// A constant number, of shape `[1, 1]`.
  public func constant(_ number: Double) -> Variable {
    let value = valueArena.allocate(1)
    value.pointee = number
    return appendLeaf(Constant.self, rows: 1, columns: 1, value: value)
  }

  /// A named block of the parameters.
  ///
  /// - Precondition: the layout has a block of this name.
  public func parameter(_ name: String) -> Variable {
    parameter(parameters.layout.required(name))
  }

  /// A block of the parameters.
  ///
  /// - Precondition: the block belongs to the layout of ``parameters``, or to one that it begins with.
  public func parameter(_ block: ParameterLayout.Block) -> Variable {
    require(
      parameters.layout.contains(block),
      "The block '\(block.name)' of shape [\(block.rows), \(block.columns)] at \(block.offset) is not one of this tape's parameters."
    )
    return appendLeaf(
      Parameter.self, rows: block.rows, columns: block.columns,
      value: parameters.values + block.offset, parameter: block)
  }

  private func appendLeaf(
    _ operation: any TapeOperation.Type, rows: Int, columns: Int,
    value: UnsafeMutablePointer<Double>, parameter block: ParameterLayout.Block? = nil
  ) -> Variable {
    let block = isRecording ? block : nil
    nodes.append(
      Node(
        operation: operation, rows: Int32(rows), columns: Int32(columns), firstInput: 0,
        inputCount: 0, scalars: .zero, integers: .zero, firstIndex: 0, indexCount: 0,
        activation: nil, isActive: block != nil, isParameter: block != nil, value: value,
        tangent: block.map { parameters.tangents + $0.offset },
        adjoint: block.map { parameters.gradients + $0.offset },
        adjointTangent: block.map { parameters.gradientTangents + $0.offset }))
    return Variable(tape: self, index: nodes.count - 1, generation: generation)
  }

  // MARK: Operations

  /// Applies an operation to one variable and records it.
  ///
  /// - Parameters:
  ///   - operation: the rules.
  ///   - x: the input.
  ///   - rows: the number of rows of the output.
  ///   - columns: the number of columns of the output.
  ///   - attributes: numbers that the rules read from their ``RuleContext``.
  /// - Returns: The output.
  public func record(
    _ operation: any TapeOperation.Type, _ x: Variable, rows: Int, columns: Int,
    attributes: Attributes = Attributes()
  ) -> Variable {
    push(x)
    return append(operation, inputCount: 1, rows: rows, columns: columns, attributes: attributes)
  }

  /// Applies an operation to two variables and records it.
  public func record(
    _ operation: any TapeOperation.Type, _ x: Variable, _ y: Variable, rows: Int, columns: Int,
    attributes: Attributes = Attributes()
  ) -> Variable {
    push(x)
    push(y)
    return append(operation, inputCount: 2, rows: rows, columns: columns, attributes: attributes)
  }

  /// Applies an operation to three variables and records it.
  public func record(
    _ operation: any TapeOperation.Type, _ x: Variable, _ y: Variable, _ z: Variable, rows: Int,
    columns: Int, attributes: Attributes = Attributes()
  ) -> Variable {
    push(x)
    push(y)
    push(z)
    return append(operation, inputCount: 3, rows: rows, columns: columns, attributes: attributes)
  }

  /// Applies an operation to any number of variables and records it.
  public func record(
    _ operation: any TapeOperation.Type, _ variables: [Variable], rows: Int, columns: Int,
    attributes: Attributes = Attributes()
  ) -> Variable {
    for variable in variables { push(variable) }
    return append(
      operation, inputCount: variables.count, rows: rows, columns: columns, attributes: attributes)
  }

  private func push(_ variable: Variable) {
    require(
      variable.tape === self, "A variable of another tape cannot be used here.")
    require(
      variable.generation == generation,
      "A variable from before the tape was reset cannot be used after it.")
    inputs.append(Int32(variable.index))
  }

  private func append(
    _ operation: any TapeOperation.Type, inputCount: Int, rows: Int, columns: Int,
    attributes: Attributes
  ) -> Variable {
    require(
      rows >= 0 && columns >= 0 && rows <= Int32.max && columns <= Int32.max,
      "\(operation.name) cannot have the shape [\(rows), \(columns)].")
    let firstInput = inputs.count - inputCount
    var isActive = false
    for k in 0..<inputCount where nodes[Int(inputs[firstInput + k])].isActive { isActive = true }
    let firstIndex = integers.count
    for index in attributes.indices { integers.append(index) }
    nodes.append(
      Node(
        operation: operation, rows: Int32(rows), columns: Int32(columns),
        firstInput: Int32(firstInput), inputCount: Int32(inputCount),
        scalars: attributes.scalars, integers: attributes.integers,
        firstIndex: Int32(firstIndex), indexCount: Int32(attributes.indices.count),
        activation: attributes.activation, isActive: isActive, isParameter: false,
        value: valueArena.allocate(rows * columns)))
    let index = nodes.count - 1
    operation.forward(RuleContext(tape: self, index: index))
    scratchArena.reset()
    return Variable(tape: self, index: index, generation: generation)
  }
}

/// Numbers that belong to one use of an operation.
public struct Attributes {
  /// Up to two real numbers.
  public var scalars: SIMD2<Double>
  /// Up to two integers.
  public var integers: SIMD2<Int>
  /// Any number of indices.
  public var indices: [Int]
  var activation: (any Activation.Type)?

  /// Creates attributes; omitted ones are zero or empty.
  public init(
    scalars: SIMD2<Double> = .zero, integers: SIMD2<Int> = .zero, indices: [Int] = []
  ) {
    self.scalars = scalars
    self.integers = integers
    self.indices = indices
  }
}

/// A matrix computed on a ``Tape``.
public struct Variable {
  /// The tape it was computed on.
  public let tape: Tape
  let index: Int
  let generation: Int

  private var node: Node {
    require(generation == tape.generation, "The tape was reset after this variable was made.")
    return tape.nodes[index]
  }

  /// The number of rows.
  public var rows: Int { Int(node.rows) }
  /// The number of columns.
  public var columns: Int { Int(node.columns) }
  /// Whether the value depends on a parameter of a recording tape.
  public var isActive: Bool { node.isActive }

  /// The elements, valid until the tape is reset.
  public var view: MatrixView {
    let node = node
    return MatrixView(node.value, rows: Int(node.rows), columns: Int(node.columns))
  }

  /// A copy of the value.
  public var value: Matrix { Matrix(rows: rows, columns: columns, elements: view.elements) }

  /// The value of a variable of shape `[1, 1]`.
  public var scalar: Double {
    require(
      rows == 1 && columns == 1, "A variable of shape [\(rows), \(columns)] is not a number.")
    return node.value.pointee
  }

  /// The tangent, valid until the tape is reset; nil if it has none.
  ///
  /// - Precondition: ``Tape/tangent()`` has run since the recording.
  public var tangentView: MatrixView? {
    let node = node
    require(tape.hasTangents, "There are no tangents yet: run the tangent sweep first.")
    return node.tangent.map { MatrixView($0, rows: Int(node.rows), columns: Int(node.columns)) }
  }

  /// A copy of the tangent; zero if the value does not depend on a parameter.
  public var tangent: Matrix {
    guard let view = tangentView else { return Matrix(rows: rows, columns: columns) }
    return Matrix(rows: rows, columns: columns, elements: view.elements)
  }
}

/// A leaf whose value is given and does not depend on any parameter.
enum Constant: TapeOperation {
  static func forward(_ rule: RuleContext) {}
  static func tangent(_ rule: RuleContext) {}
  static func reverse(_ rule: RuleContext) {}
  static func reverseTangent(_ rule: RuleContext) {}
}

/// A leaf whose value, tangent and adjoints are stored in ``Parameters``.
enum Parameter: TapeOperation {
  static func forward(_ rule: RuleContext) {}
  static func tangent(_ rule: RuleContext) {}
  static func reverse(_ rule: RuleContext) {}
  static func reverseTangent(_ rule: RuleContext) {}
}
