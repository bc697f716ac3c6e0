import LinearAlgebra
import Testing

@Suite("gemm")
struct MatrixProductTests {
  // the last two are large enough for bands
  static let shapes = [
    [1, 1, 1], [3, 4, 5], [5, 1, 7], [1, 6, 1], [17, 33, 9], [64, 40, 51], [251, 100, 91],
    [617, 17, 200],
  ]

  @Test("all transposes, factors and strides agree with the definition", arguments: shapes)
  func definition(_ shape: [Int]) {
    let (m, k, n) = (shape[0], shape[1], shape[2])
    var generator = SplitMix(seed: 1)
    let a = generator.matrix(m, k)
    let b = generator.matrix(k, n)
    let c = generator.matrix(m, n)
    for (alpha, beta) in [(1.0, 0.0), (1, 1), (-0.5, 0), (2, -1.5), (0, 0.25)] {
      var expected = naiveProduct(a, b)
      for i in expected.elements.indices {
        expected.elements[i] = alpha * expected.elements[i] + beta * c.elements[i]
      }
      for padding in [0, 3] {
        var padded = Padded(c, padding)
        let (pa, pb) = (Padded(a, padding), Padded(b, padding))
        let (pat, pbt) = (Padded(a.transposed, padding), Padded(b.transposed, padding))
        func check(_ form: Comment, _ multiply: (MutableMatrixView) -> Void) {
          padded = Padded(c, padding)
          padded.withMutableView(multiply)
          #expect(relativeError(padded.matrix.elements, expected.elements) < 1e-14, form)
          #expect(padded.margins.allSatisfy { $0 == Padded.margin }, form)
        }
        check("A B") { c in
          pa.withView { a in pb.withView { gemm(a, $0, alpha: alpha, beta: beta, into: c) } }
        }
        check("(Aᵀ)ᵀ B") { c in
          pat.withView { a in
            pb.withView { gemm(a.transposed, $0, alpha: alpha, beta: beta, into: c) }
          }
        }
        check("A (Bᵀ)ᵀ") { c in
          pa.withView { a in
            pbt.withView { gemm(a, $0.transposed, alpha: alpha, beta: beta, into: c) }
          }
        }
        check("(Aᵀ)ᵀ (Bᵀ)ᵀ") { c in
          pat.withView { a in
            pbt.withView { gemm(a.transposed, $0.transposed, alpha: alpha, beta: beta, into: c) }
          }
        }
      }
    }
  }

  @Test(
    "products in single precision, also in bands and with a prepared factor",
    arguments: [[251, 100, 91], [49, 100, 91], [1200, 12, 90], [120, 190, 200]])
  func singlePrecision(_ shape: [Int]) {
    let (m, k, n) = (shape[0], shape[1], shape[2])
    var generator = SplitMix(seed: 4)
    let (a, b, c) = (generator.matrix(m, k), generator.matrix(k, n), generator.matrix(m, n))
    func check(
      _ form: Comment, _ expected: Matrix, _ left: Matrix, _ right: Matrix,
      _ multiply: (MatrixViewOf<Float>, MatrixViewOf<Float>, MutableMatrixViewOf<Float>) -> Void
    ) {
      var result = [Float](repeating: .nan, count: expected.elements.count)
      left.elements.map(Float.init).withUnsafeBufferPointer { l in
        right.elements.map(Float.init).withUnsafeBufferPointer { r in
          result.withUnsafeMutableBufferPointer {
            multiply(
              MatrixViewOf(l, rows: left.rows, columns: left.columns),
              MatrixViewOf(r, rows: right.rows, columns: right.columns),
              MutableMatrixViewOf($0, rows: expected.rows, columns: expected.columns))
          }
        }
      }
      #expect(relativeError(result.map(Double.init), expected.elements) < 3e-6, form)
    }
    let product = naiveProduct(a, b)
    check("A B", product, a, b) { gemm($0, $1, into: $2) }
    check("Aᵀ C", naiveProduct(a.transposed, c), a, c) { gemm($0.transposed, $1, into: $2) }
    check("A (Bᵀ)ᵀ", product, a, b.transposed) { a, b, c in
      var copies = 0
      var memory = [Float](repeating: .nan, count: k * n)
      memory.withUnsafeMutableBufferPointer { buffer in
        let prepared = PreparedOperand(transposing: b, rows: m) { rows, columns in
          copies += 1
          #expect(rows == k && columns == n)
          return MutableMatrixViewOf(buffer, rows: rows, columns: columns)
        }
        #expect(prepared.isTransposed == (copies == 0))
        gemm(a, prepared, into: c)
      }
      // a copy pays for many rows and small matrices only
      #expect(copies == 0 || (m >= 50 && k * n <= 20_000))
    }
  }

  @Test("with beta 0 the target is not read")
  func targetIsNotRead() {
    var generator = SplitMix(seed: 2)
    let (a, b) = (generator.matrix(4, 3), generator.matrix(3, 6))
    var c = Matrix(rows: 4, columns: 6, repeating: .nan)
    c.withMutableView { c in a.withView { a in b.withView { gemm(a, $0, into: c) } } }
    #expect(relativeError(c.elements, naiveProduct(a, b).elements) < 1e-14)
  }

  @Test("an inner size of zero leaves beta C")
  func emptyInnerSize() {
    let (a, b) = (Matrix(rows: 2, columns: 0), Matrix(rows: 0, columns: 2))
    var c = Matrix([[1, 2], [3, 4]])
    c.withMutableView { c in a.withView { a in b.withView { gemm(a, $0, beta: 2, into: c) } } }
    #expect(c == Matrix([[2, 4], [6, 8]]))
    c = Matrix(rows: 2, columns: 2, repeating: .nan)
    c.withMutableView { c in a.withView { a in b.withView { gemm(a, $0, into: c) } } }
    #expect(c == Matrix(rows: 2, columns: 2))
  }

  @Test("addingTo adds, and * multiplies")
  func conveniences() {
    var generator = SplitMix(seed: 3)
    let (a, b) = (generator.matrix(5, 3), generator.matrix(3, 4))
    let product = a * b
    var twice = product
    twice.withMutableView { c in a.withView { a in b.withView { gemm(a, $0, addingTo: c) } } }
    #expect(relativeError(product.elements, naiveProduct(a, b).elements) < 1e-15)
    #expect(relativeError(twice.elements, product.elements.map { 2 * $0 }) < 1e-15)
  }

  @Test("shapes that do not fit end the program")
  func mismatch() async {
    await #expect(processExitsWith: .failure) {
      _ = Matrix(rows: 2, columns: 3) * Matrix(rows: 2, columns: 3)
    }
    await #expect(processExitsWith: .failure) {
      _ = Matrix(rows: 2, columns: 2, elements: [1, 2, 3])
    }
    await #expect(processExitsWith: .failure) { _ = Matrix([[1, 2], [3]]) }
    await #expect(processExitsWith: .failure) { _ = Matrix.identity(2)[2, 0] }
  }
}

/// A matrix whose rows lie apart, with a recognisable number between them.
private struct Padded {
  static let margin = 12345.0
  let (rows, columns, stride): (Int, Int, Int)
  var storage: [Double]

  init(_ matrix: Matrix, _ padding: Int) {
    (rows, columns, stride) = (matrix.rows, matrix.columns, matrix.columns + padding)
    storage = [Double](repeating: Self.margin, count: rows * stride)
    for i in 0..<rows { for j in 0..<columns { storage[i * stride + j] = matrix[i, j] } }
  }

  var matrix: Matrix {
    var result = Matrix(rows: rows, columns: columns)
    for i in 0..<rows { for j in 0..<columns { result[i, j] = storage[i * stride + j] } }
    return result
  }

  var margins: [Double] {
    storage.indices.filter { $0 % stride >= columns }.map { storage[$0] }
  }

  func withView(_ body: (MatrixView) -> Void) {
    storage.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      body(MatrixView(start, rows: rows, columns: columns, stride: stride))
    }
  }

  mutating func withMutableView(_ body: (MutableMatrixView) -> Void) {
    let (rows, columns, stride) = (rows, columns, stride)
    storage.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      body(MutableMatrixView(start, rows: rows, columns: columns, stride: stride))
    }
  }
}
