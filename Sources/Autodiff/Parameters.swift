import LinearAlgebra
import Requirements

/// The names, shapes and positions of the parameters in one flat vector.
public struct ParameterLayout: Equatable, Sendable {
  /// A named block of parameters.
  public struct Block: Equatable, Sendable {
    /// The name, unique within its layout.
    public let name: String
    /// The number of rows.
    public let rows: Int
    /// The number of columns.
    public let columns: Int
    /// The index of the first element in the flat vector.
    public let offset: Int
    /// The number of elements.
    public var count: Int { rows * columns }
    /// The indices in the flat vector.
    public var range: Range<Int> { offset..<offset + count }
  }

  /// The blocks, in the order of the flat vector.
  public private(set) var blocks: [Block] = []
  /// The number of all parameters.
  public private(set) var count = 0

  /// Creates a layout without blocks.
  public init() {}

  /// Creates a layout from names and shapes.
  public init(_ blocks: [(name: String, rows: Int, columns: Int)]) {
    for block in blocks { add(block.name, rows: block.rows, columns: block.columns) }
  }

  /// Appends a block.
  ///
  /// - Precondition: the name is new.
  public mutating func add(_ name: String, rows: Int, columns: Int) {
    require(
      rows > 0 && columns > 0, "The block '\(name)' has the shape [\(rows), \(columns)].")
    require(self[name] == nil, "The block '\(name)' is defined twice.")
    blocks.append(Block(name: name, rows: rows, columns: columns, offset: count))
    count += rows * columns
  }

  /// The block of a name, if there is one.
  public subscript(name: String) -> Block? { blocks.first { $0.name == name } }

  /// Whether this layout contains a block of the same name, shape and position.
  func contains(_ block: Block) -> Bool {
    blocks.contains { $0.offset == block.offset && $0 == block }
  }

  /// One block of a flat vector in this layout, as a matrix.
  ///
  /// - Precondition: the name is in the layout, and the vector has `count` elements.
  public func matrix(_ name: String, of vector: [Double]) -> Matrix {
    let block = required(name)
    require(
      vector.count == count, "The layout has \(count) parameters, the vector \(vector.count).")
    return Matrix(rows: block.rows, columns: block.columns, elements: Array(vector[block.range]))
  }

  /// The blocks of a flat vector, by name.
  public func matrices(of vector: [Double]) -> [String: Matrix] {
    Dictionary(uniqueKeysWithValues: blocks.map { ($0.name, matrix($0.name, of: vector)) })
  }

  /// The flat vector of named matrices.
  ///
  /// - Precondition: there is a matrix of the right shape for every block.
  public func vector(of matrices: [String: Matrix]) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(count)
    for block in blocks {
      guard let matrix = matrices[block.name] else {
        requirementFailure("The block '\(block.name)' is missing.")
      }
      require(
        matrix.rows == block.rows && matrix.columns == block.columns,
        "The block '\(block.name)' has the shape [\(matrix.rows), \(matrix.columns)] instead of [\(block.rows), \(block.columns)]."
      )
      result.append(contentsOf: matrix.elements)
    }
    return result
  }

  func required(_ name: String) -> Block {
    guard let block = self[name] else {
      requirementFailure(
        "There is no parameter block '\(name)'; there are: \(blocks.map(\.name).joined(separator: ", "))."
      )
    }
    return block
  }
}

/// The four flat vectors that the sweeps of one or more tapes share: parameters, their tangent, and
/// the two results.
///
/// Tapes that were recorded with the same parameters *add* into the same results. A batch that is
/// recorded in blocks therefore gets the gradient of the whole batch.
public final class Parameters {
  /// Names and shapes.
  public let layout: ParameterLayout
  let values: UnsafeMutablePointer<Double>
  let tangents: UnsafeMutablePointer<Double>
  let gradients: UnsafeMutablePointer<Double>
  let gradientTangents: UnsafeMutablePointer<Double>
  /// Parameters and tangent in single precision, and room for the result of one sweep; nil without
  /// tapes of single precision.
  private var single: Single?

  private struct Single {
    let values: UnsafeMutablePointer<Float>
    let tangents: UnsafeMutablePointer<Float>
    let results: UnsafeMutablePointer<Float>
  }

  /// Creates parameters that are all zero.
  public init(_ layout: ParameterLayout) {
    self.layout = layout
    values = zeros(layout.count)
    tangents = zeros(layout.count)
    gradients = zeros(layout.count)
    gradientTangents = zeros(layout.count)
  }

  deinit {
    for vector in [values, tangents, gradients, gradientTangents] { vector.deallocate() }
    if let single {
      for vector in [single.values, single.tangents, single.results] { vector.deallocate() }
    }
  }

  /// The parameters. Recordings made before they were set are no longer valid.
  public var value: [Double] {
    get { read(values) }
    set {
      write(newValue, to: values)
      if let single { round(values, to: single.values) }
    }
  }

  /// The direction `v` of the tangent sweeps.
  public var tangent: [Double] {
    get { read(tangents) }
    set {
      write(newValue, to: tangents)
      if let single { round(tangents, to: single.tangents) }
    }
  }

  /// The sum over all reverse sweeps since ``clearGradient()``.
  public var gradient: [Double] { read(gradients) }

  /// The sum over all reverse tangent sweeps since ``clearGradientTangent()``.
  public var gradientTangent: [Double] { read(gradientTangents) }

  /// Sets the gradient to zero.
  public func clearGradient() { gradients.update(repeating: 0, count: layout.count) }

  /// Sets the tangent of the gradient to zero.
  public func clearGradientTangent() { gradientTangents.update(repeating: 0, count: layout.count) }

  // MARK: Single precision

  /// Keeps copies in single precision from now on.
  func keepSingle() {
    if single != nil { return }
    let copies = Single(
      values: zeros(layout.count), tangents: zeros(layout.count), results: zeros(layout.count))
    round(values, to: copies.values)
    round(tangents, to: copies.tangents)
    single = copies
  }

  /// Where the sweeps of a tape find parameters and tangents, and where they leave results.
  func memory(
    _ precision: Precision
  ) -> (
    values: UnsafeMutableRawPointer, tangents: UnsafeMutableRawPointer,
    gradients: UnsafeMutableRawPointer, gradientTangents: UnsafeMutableRawPointer
  ) {
    if precision == .single, let single {
      let results = UnsafeMutableRawPointer(single.results)
      return (.init(single.values), .init(single.tangents), results, results)
    }
    return (.init(values), .init(tangents), .init(gradients), .init(gradientTangents))
  }

  /// Sets the results of a sweep in single precision to zero.
  func clearSingleResults() { single?.results.update(repeating: 0, count: layout.count) }

  /// Adds the results of a sweep in single precision to sums in double precision.
  func addSingleResults(to sums: UnsafeMutablePointer<Double>) {
    guard let results = single?.results else { return }
    for i in 0..<layout.count { sums[i] += Double(results[i]) }
  }

  private func round(
    _ source: UnsafeMutablePointer<Double>, to target: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<layout.count { target[i] = Float(source[i]) }
  }

  private func read(_ vector: UnsafeMutablePointer<Double>) -> [Double] {
    Array(UnsafeBufferPointer(start: vector, count: layout.count))
  }

  private func write(_ source: [Double], to vector: UnsafeMutablePointer<Double>) {
    require(
      source.count == layout.count,
      "The layout has \(layout.count) parameters, the vector \(source.count).")
    source.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { vector.update(from: base, count: layout.count) }
    }
  }
}

private func zeros<Number: BinaryFloatingPoint>(_ count: Int) -> UnsafeMutablePointer<Number> {
  let memory = UnsafeMutableRawPointer.allocate(
    byteCount: max(1, count) * MemoryLayout<Number>.stride, alignment: 64)
  let start = memory.bindMemory(to: Number.self, capacity: max(1, count))
  start.initialize(repeating: 0, count: max(1, count))
  return start
}
