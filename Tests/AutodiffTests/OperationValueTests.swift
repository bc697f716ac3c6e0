import Autodiff
import Foundation
import RandomNumbers
import Testing

/// Values against plain formulas that share no code with the operations.
@Suite("Values of operations")
struct OperationValueTests {
  private let tape = Tape(Parameters(ParameterLayout()), isRecording: false)

  private func sample(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> Matrix {
    var stream = RandomStream(seed: seed, purpose: .other)
    return Matrix(rows: rows, columns: columns, elements: stream.normals(rows * columns))
  }

  private func expect(
    _ result: Variable, _ rows: Int, _ columns: Int, within tolerance: Double = 1e-14,
    _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    _ formula: (Int, Int) -> Double
  ) {
    #expect(
      result.rows == rows && result.columns == columns, comment, sourceLocation: sourceLocation)
    let expected = (0..<rows).flatMap { i in (0..<columns).map { formula(i, $0) } }
    #expect(
      relativeError(result.value.elements, expected) <= tolerance, comment,
      sourceLocation: sourceLocation)
  }

  @Test("elementwise functions")
  func elementwise() {
    let x = sample(3, 5)
    let functions: [(String, (Variable) -> Variable, (Double) -> Double)] = [
      ("abs", { abs($0) }, { Swift.abs($0) }), ("square", { square($0) }, { $0 * $0 }),
      ("exp", { exp($0) }, { Foundation.exp($0) }), ("sin", { sin($0) }, { Foundation.sin($0) }),
      ("cos", { cos($0) }, { Foundation.cos($0) }), ("tanh", { tanh($0) }, { Foundation.tanh($0) }),
      ("relu", { relu($0) }, { $0 > 0 ? $0 : 0 }),
      ("sigmoid", { sigmoid($0) }, { 1 / (1 + Foundation.exp(-$0)) }),
      ("softplus", { softplus($0) }, { Foundation.log1p(Foundation.exp($0)) }),
      ("sqrt", { sqrt(abs($0)) }, { Swift.abs($0).squareRoot() }),
      ("log", { log(abs($0)) }, { Foundation.log(Swift.abs($0)) }),
      ("pow", { pow(abs($0), 1.7) }, { Foundation.pow(Swift.abs($0), 1.7) }),
      ("pow of negative numbers", { pow($0, 3) }, { $0 * $0 * $0 }),
      ("clamp", { $0.clamped(from: -0.5, to: 0.25) }, { Swift.min(Swift.max($0, -0.5), 0.25) }),
      ("scale", { 2 * $0 - 3 }, { 2 * $0 - 3 }), ("divide", { 1 - $0 / 7 }, { 1 - $0 / 7 }),
      ("negative", { -$0 * 3 + 1 }, { 1 - 3 * $0 }),
    ]
    for (name, function, formula) in functions {
      expect(function(tape.constant(x)), 3, 5, "\(name)") { formula(x[$0, $1]) }
    }
  }

  @Test("broadcasting", arguments: [1, 3], [1, 4])
  func broadcasting(_ rows: Int, _ columns: Int) {
    for (otherRows, otherColumns) in [(1, 1), (1, 4), (3, 1), (3, 4)] {
      let (a, b) = (sample(rows, columns), sample(otherRows, otherColumns, seed: 2))
      let (x, y) = (tape.constant(a), tape.constant(b))
      let functions: [(Variable, (Double, Double) -> Double)] = [
        (x + y, { $0 + $1 }), (x - y, { $0 - $1 }), (x * y, { $0 * $1 }), (x / y, { $0 / $1 }),
        (max(x, y), { Swift.max($0, $1) }), (min(x, y), { Swift.min($0, $1) }),
      ]
      for (result, formula) in functions {
        expect(result, Swift.max(rows, otherRows), Swift.max(columns, otherColumns)) { i, j in
          formula(
            a[rows == 1 ? 0 : i, columns == 1 ? 0 : j],
            b[otherRows == 1 ? 0 : i, otherColumns == 1 ? 0 : j])
        }
      }
    }
  }

  @Test("linear maps")
  func linear() {
    let (a, b) = (sample(3, 4), sample(2, 4, seed: 2))
    let (x, y) = (tape.constant(a), tape.constant(b))
    expect(x.sum(), 1, 1) { _, _ in a.elements.reduce(0, +) }
    expect(x.mean(), 1, 1) { _, _ in a.elements.reduce(0, +) / 12 }
    expect(x.sumOfRows(), 1, 4) { _, j in (0..<3).reduce(0) { $0 + a[$1, j] } }
    expect(x.sumOfColumns(), 3, 1) { i, _ in (0..<4).reduce(0) { $0 + a[i, $1] } }
    expect(x.transposed, 4, 3) { a[$1, $0] }
    expect(x.reshaped(rows: 2, columns: 6), 2, 6) { a.elements[6 * $0 + $1] }
    expect(x.slice(rows: 1..<3, columns: 2..<4), 2, 2) { a[$0 + 1, $1 + 2] }
    expect(x.rows(2..<3), 1, 4) { _, j in a[2, j] }
    expect(x.columns(0..<2), 3, 2) { a[$0, $1] }
    expect(x.gatherRows([2, 2, 0, 1]), 4, 4) { a[[2, 2, 0, 1][$0], $1] }
    expect(x.pickColumn(tape.constant(Matrix([[1], [3], [0]]))), 3, 1) { i, _ in a[i, [1, 3, 0][i]]
    }
    expect(.concatenatedRows([x, y]), 5, 4) { $0 < 3 ? a[$0, $1] : b[$0 - 3, $1] }
    expect(.concatenatedColumns([y, 2 * y]), 2, 8) { $1 < 4 ? b[$0, $1] : 2 * b[$0, $1 - 4] }
  }

  @Test("products and triangular matrices")
  func matrices() {
    let (a, b, bias) = (sample(3, 4), sample(4, 2, seed: 2), sample(1, 2, seed: 3))
    let (x, w) = (tape.constant(a), tape.constant(b))
    func product(_ i: Int, _ j: Int) -> Double { (0..<4).reduce(0) { $0 + a[i, $1] * b[$1, j] } }
    expect(x.matrixProduct(w), 3, 2) { product($0, $1) }
    expect(x.affine(weight: w, bias: tape.constant(bias)), 3, 2) { product($0, $1) + bias[0, $1] }
    expect(x.affine(weight: w, bias: tape.constant(bias), activation: Tanh.self), 3, 2) {
      Foundation.tanh(product($0, $1) + bias[0, $1])
    }
    let free = sample(3, 3, seed: 4)
    let l = tape.constant(free).exponentialDiagonal()
    expect(l, 3, 3) { $1 < $0 ? free[$0, $1] : ($0 == $1 ? Foundation.exp(free[$0, $0]) : 0) }
    // the rounding of a solution grows with the condition of L, here about 10
    expect(l.matrixProduct(l.transposed).cholesky(), 3, 3, within: 1e-12) { l.view[$0, $1] }
    let left = sample(3, 2, seed: 5)
    expect(l.matrixProduct(l.solvingLower(tape.constant(left))), 3, 2, within: 1e-13) {
      left[$0, $1]
    }
    let right = sample(2, 3, seed: 6)
    expect(
      l.solvingLower(rowsOf: tape.constant(right)).matrixProduct(l.transposed), 2, 3, within: 1e-13
    ) { right[$0, $1] }
    let indefinite = tape.constant(Matrix([[1, 2], [2, 1]])).cholesky().value
    #expect(indefinite.elements.filter(\.isNaN).count == 4)
  }

  @Test("log-probabilities")
  func probabilities() {
    let (a, b, s) = (sample(3, 4), sample(3, 4, seed: 2), sample(1, 4, seed: 3))
    func total(_ i: Int) -> Double { (0..<4).reduce(0) { $0 + Foundation.exp(a[i, $1]) } }
    let x = tape.constant(a)
    expect(x.logSumExp(), 3, 1) { i, _ in Foundation.log(total(i)) }
    expect(x.logSoftmax(), 3, 4) { a[$0, $1] - Foundation.log(total($0)) }
    expect(x.softmax(), 3, 4) { Foundation.exp(a[$0, $1]) / total($0) }
    let gaussian = x.gaussianLogProbability(
      of: tape.constant(b), logStandardDeviation: tape.constant(s))
    expect(gaussian, 3, 1) { i, _ in
      (0..<4).reduce(0) { sum, j in
        let deviation = Foundation.exp(s[0, j])
        let density =
          Foundation.exp(-Foundation.pow((b[i, j] - a[i, j]) / deviation, 2) / 2)
          / (deviation * (2 * Double.pi).squareRoot())
        return sum + Foundation.log(density)
      }
    }
  }
}
