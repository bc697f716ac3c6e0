import Autodiff
import RandomNumbers
import Testing

/// One row of the table of operations: a function of parameter blocks and where to check it.
struct OperationRow: Sendable, CustomTestStringConvertible {
  let name: String
  let blocks: [Block]
  /// The step of the differences; 1 is exact for a function of degree two at most.
  let step: Double
  /// The tolerance of the gradient against differences, and of the second order.
  let (gradient, secondOrder): (Double, Double)
  let body: @Sendable (Inputs) -> Variable

  var testDescription: String { name }

  init(
    _ name: String, _ blocks: [Block], step: Double = 1e-3, gradient: Double = 1e-8,
    secondOrder: Double = 1e-6, _ body: @escaping @Sendable (Inputs) -> Variable
  ) {
    (self.name, self.blocks, self.step, self.body) = (name, blocks, step, body)
    (self.gradient, self.secondOrder) = (gradient, secondOrder)
  }

  var layout: ParameterLayout {
    ParameterLayout(blocks.map { ($0.name, $0.rows, $0.columns) })
  }

  /// A point of the domain.
  func point(_ stream: inout RandomStream) -> [Double] {
    blocks.flatMap { block in
      (0..<block.rows * block.columns).map {
        block.domain.sample(&stream, isDiagonal: $0 / block.columns == $0 % block.columns)
      }
    }
  }

  /// The function itself, of parameters directly.
  var function: DifferentiableFunction { function(.double) }

  func function(_ precision: Precision) -> DifferentiableFunction {
    DifferentiableFunction(layout, precision: precision) {
      body(Inputs(tape: $0, isBehindNode: false))
    }
  }

  /// The function between other operations: its inputs are results, whose adjoints start empty, and
  /// its output has an adjoint that moves.
  var embedded: DifferentiableFunction { embedded(.double) }

  func embedded(_ precision: Precision) -> DifferentiableFunction {
    DifferentiableFunction(layout, precision: precision) {
      sin(body(Inputs(tape: $0, isBehindNode: true)))
    }
  }
}

/// A parameter block and the domain of its elements.
struct Block: Sendable {
  let name: String
  let rows: Int
  let columns: Int
  let domain: Domain

  init(_ name: String, _ rows: Int, _ columns: Int, _ domain: Domain = .uniform(-1.5...1.5)) {
    (self.name, self.rows, self.columns, self.domain) = (name, rows, columns, domain)
  }
}

/// Where the elements of a block are drawn from.
enum Domain: Sendable {
  /// Uniform in a range.
  case uniform(ClosedRange<Double>)
  /// Within 0.1 of an odd number of halves, or of a whole number: two blocks of the two kinds keep
  /// a distance of 0.3, from each other and from zero or a half.
  case nearHalves, nearWholes
  /// Uniform in ±0.5, with 3 added on the diagonal.
  case dominantDiagonal

  func sample(_ stream: inout RandomStream, isDiagonal: Bool) -> Double {
    switch self {
    case .uniform(let range): stream.uniform(in: range.lowerBound..<range.upperBound)
    case .nearHalves: Double(Int.random(in: -2...1, using: &stream)) + stream.uniform(in: 0.4..<0.6)
    case .nearWholes:
      Double(Int.random(in: -1...1, using: &stream)) + stream.uniform(in: -0.1..<0.1)
    case .dominantDiagonal: stream.uniform(in: -0.5..<0.5) + (isDiagonal ? 3 : 0)
    }
  }
}

/// The variables that a row's function is built from.
struct Inputs {
  let tape: Tape
  let isBehindNode: Bool

  /// A parameter block.
  subscript(name: String) -> Variable {
    let parameter = tape.parameter(name)
    return isBehindNode ? 1.0 * parameter : parameter
  }

  /// A constant of the domain, always the same.
  func constant(
    _ rows: Int, _ columns: Int, _ domain: Domain = .uniform(-1.5...1.5)
  ) -> Variable {
    var stream = RandomStream(seed: 99, purpose: .other)
    let elements = (0..<rows * columns).map {
      domain.sample(&stream, isDiagonal: $0 / columns == $0 % columns)
    }
    return tape.constant(Matrix(rows: rows, columns: columns, elements: elements))
  }
}
