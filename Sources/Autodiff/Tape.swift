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
/// It computes in double precision unless it is created for single precision. What goes in and comes
/// out is in double precision either way: constants, parameters, seeds, views and results.
///
/// A tape belongs to one task at a time; it does no locking.
public final class Tape {
  /// The parameters that `parameter(_:)` refers to.
  public let parameters: Parameters
  /// Whether operations are recorded; a tape that only evaluates cannot be swept.
  public let isRecording: Bool

  /// The precision of the numbers on the tape.
  public let precision: Precision

  let storage: UnsafeMutablePointer<TapeStorage>
  private let sweepMemory: SweepMemory
  /// Whether the memory of the tangent sweeps is this tape's own.
  let ownsSweepMemory: Bool
  /// The number of this recording; variables of earlier recordings have another number.
  private(set) var generation = 0
  /// The outputs of the last reverse sweep and whether a tangent sweep came after the recording.
  var reverseOutput: Int?
  private var hasSwept = false
  var hasTangents: Bool {
    get { hasSwept && storage.pointee.sweeps.pointee.owner == storage }
    set {
      hasSwept = newValue
      if newValue { storage.pointee.sweeps.pointee.owner = storage }
    }
  }
  var sweepCounts = Statistics.Sweeps()

  /// Creates an empty tape.
  ///
  /// - Parameters:
  ///   - parameters: the independent variables, shared by all tapes that are created with them.
  ///   - isRecording: false to compute only values.
  ///   - precision: of the numbers on the tape.
  ///   - other: a tape whose memory for tangents this one shares; nil for memory of its own. The tangents
  ///     of a tape are then lost when another one sweeps.
  public init(
    _ parameters: Parameters, isRecording: Bool = true, precision: Precision = .double,
    sharingTangentsOf other: Tape? = nil
  ) {
    self.parameters = parameters
    self.isRecording = isRecording
    self.precision = precision
    storage = .allocate(capacity: 1)
    sweepMemory = other?.sweepMemory ?? SweepMemory()
    ownsSweepMemory = other == nil
    storage.initialize(to: TapeStorage(precision, sweepMemory.arenas))
    if precision == .single { parameters.keepSingle() }
  }

  deinit {
    if hasTangents { sweepMemory.arenas.pointee.owner = nil }
    storage.pointee.deallocate()
    storage.deinitialize(count: 1)
    storage.deallocate()
  }

  /// Discards the recording and keeps its memory for the next one.
  public func reset() {
    storage.pointee.reset()
    generation += 1
    reverseOutput = nil
    hasTangents = false
  }

  // MARK: Leaves

  /// A constant with a copy of the elements of a view.
  public func constant(_ view: MatrixView) -> Variable {
    let value = allocateValue(view.count)
    write(view, to: value)
    return appendLeaf(Constant.self, rows: view.rows, columns: view.columns, value: value)
  }

  /// A constant matrix.
  public func constant(_ matrix: Matrix) -> Variable { matrix.withView { constant($0) } }

  /// A constant number, of shape `[1, 1]`.
  public func constant(_ number: Double) -> Variable {
    let value = allocateValue(1)
    withUnsafePointer(to: number) { write(MatrixView($0, rows: 1, columns: 1), to: value) }
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
    let memory = parameters.memory(precision)
    return appendLeaf(
      Parameter.self, rows: block.rows, columns: block.columns,
      value: memory.values + block.offset * precision.byteCount, parameter: block)
  }

  private func appendLeaf(
    _ operation: any TapeOperation.Type, rows: Int, columns: Int,
    value: UnsafeMutableRawPointer, parameter block: ParameterLayout.Block? = nil
  ) -> Variable {
    let block = isRecording ? block : nil
    var node = Node(
      operation: operation, rows: Int32(rows), columns: Int32(columns), firstInput: 0,
      inputCount: 0, scalars: .zero, integers: .zero, firstIndex: Int32(block?.offset ?? 0),
      indexCount: 0, activation: nil, isActive: block != nil, isParameter: block != nil,
      value: value)
    if let block {
      let (memory, offset) = (parameters.memory(precision), block.offset * precision.byteCount)
      node.tangent = memory.tangents + offset
      node.adjoint = memory.gradients + offset
      node.adjointTangent = memory.gradientTangents + offset
    }
    storage.pointee.nodes.append(node)
    return Variable(tape: self, index: storage.pointee.nodes.count - 1, generation: generation)
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
    storage.pointee.inputs.append(Int32(variable.index))
  }

  private func append(
    _ operation: any TapeOperation.Type, inputCount: Int, rows: Int, columns: Int,
    attributes: Attributes
  ) -> Variable {
    require(
      rows >= 0 && columns >= 0 && rows <= Int32.max && columns <= Int32.max,
      "\(operation.name) cannot have the shape [\(rows), \(columns)].")
    let storage = storage
    let firstInput = storage.pointee.inputs.count - inputCount
    var isActive = false
    for k in 0..<inputCount {
      let input = Int(storage.pointee.inputs.start[firstInput + k])
      if storage.pointee.nodes.start[input].isActive { isActive = true }
    }
    let firstIndex = storage.pointee.integers.count
    for index in attributes.indices { storage.pointee.integers.append(index) }
    let value = allocateValue(rows * columns)
    storage.pointee.nodes.append(
      Node(
        operation: operation, rows: Int32(rows), columns: Int32(columns),
        firstInput: Int32(firstInput), inputCount: Int32(inputCount),
        scalars: attributes.scalars, integers: attributes.integers,
        firstIndex: Int32(firstIndex), indexCount: Int32(attributes.indices.count),
        activation: attributes.activation, isActive: isActive, isParameter: false,
        value: value))
    let index = storage.pointee.nodes.count - 1
    let core = RuleCore(storage, index)
    switch precision {
    case .double: operation.forward(RuleContext<Double>(core))
    case .single: operation.forward(RuleContext<Float>(core))
    }
    storage.pointee.scratchArena.reset()
    return Variable(tape: self, index: index, generation: generation)
  }
}
