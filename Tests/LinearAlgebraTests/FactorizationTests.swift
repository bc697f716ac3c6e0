import LinearAlgebra
import Testing

@Suite("Triangular systems and Cholesky")
struct FactorizationTests {
  @Test("the four triangular systems", arguments: [1, 2, 5, 12], [1, 3, 8])
  func triangular(_ size: Int, _ count: Int) {
    var generator = SplitMix(seed: 4)
    let l = generator.lowerTriangle(size)
    // the upper triangle must not be read
    var disturbed = l
    for i in 0..<size { for j in (i + 1)..<max(size, i + 1) { disturbed[i, j] = .nan } }
    let (columns, rows) = (generator.matrix(size, count), generator.matrix(count, size))

    func solution(_ b: Matrix, _ side: TriangularSide, adjoint: Bool) -> Matrix {
      var z = b
      z.withMutableView { z in
        disturbed.withView { solveTriangular($0, side: side, adjoint: adjoint, inPlace: z) }
      }
      return z
    }
    // rounding grows with the condition of L, which is below 100 here
    let z = solution(columns, .left, adjoint: false)
    #expect(relativeError(naiveProduct(l, z).elements, columns.elements) < 1e-13)
    let za = solution(columns, .left, adjoint: true)
    #expect(relativeError(naiveProduct(l.transposed, za).elements, columns.elements) < 1e-13)
    let zr = solution(rows, .rightTransposed, adjoint: false)
    #expect(relativeError(naiveProduct(zr, l.transposed).elements, rows.elements) < 1e-13)
    let zra = solution(rows, .rightTransposed, adjoint: true)
    #expect(relativeError(naiveProduct(zra, l).elements, rows.elements) < 1e-13)
  }

  @Test("a zero on the diagonal does not give a finite solution")
  func singular() {
    let l = Matrix([[1, 0], [1, 0]])
    var b = Matrix([[1], [2]])
    b.withMutableView { b in l.withView { solveTriangular($0, side: .left, inPlace: b) } }
    #expect(!b[1, 0].isFinite)
  }

  @Test("Cholesky gives back the factor", arguments: [0, 1, 2, 7, 40])
  func cholesky(_ size: Int) {
    var generator = SplitMix(seed: 5)
    let l = generator.lowerTriangle(size)
    var a = naiveProduct(l, l.transposed)
    let product = a
    // only the lower triangle may be read
    for i in 0..<size { for j in (i + 1)..<max(size, i + 1) { a[i, j] = .nan } }
    #expect(a.withMutableView { factorCholesky(inPlace: $0) } == 0)
    #expect(relativeError(naiveProduct(a, a.transposed).elements, product.elements) < 1e-14)
    for i in 0..<size { for j in (i + 1)..<max(size, i + 1) { #expect(a[i, j] == 0) } }
  }

  @Test("Cholesky of a view with a stride writes nothing beside it")
  func strided() {
    var storage = [4.0, 0, 77, 2, 5, 77]
    let info = storage.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map {
        factorCholesky(inPlace: MutableMatrixView($0, rows: 2, columns: 2, stride: 3))
      }
    }
    #expect(info == 0)
    #expect(storage == [2, 0, 77, 1, 2, 77])
  }

  @Test("the leading minor that is not positive is named")
  func notPositiveDefinite() {
    for (diagonal, order) in [
      ([-1.0, 1, 1], 1), ([1, 0, 1], 2), ([1, 1, -2], 3), ([1, .nan, 1], 2),
    ] {
      var a = Matrix(rows: 3, columns: 3)
      for i in 0..<3 { a[i, i] = diagonal[i] }
      #expect(a.withMutableView { factorCholesky(inPlace: $0) } == order)
    }
  }

  @Test("solvePositiveDefinite solves, or leaves the right-hand sides alone")
  func solve() {
    var generator = SplitMix(seed: 6)
    let l = generator.lowerTriangle(6)
    let (a, b) = (naiveProduct(l, l.transposed), generator.matrix(6, 3))
    var (factor, x) = (a, b)
    let solved = factor.withMutableView { a in
      x.withMutableView { solvePositiveDefinite(a, inPlace: $0) }
    }
    #expect(solved)
    // the condition of A is that of L squared
    #expect(relativeError(naiveProduct(a, x).elements, b.elements) < 1e-12)

    factor = Matrix([[1, 2], [2, 1]])
    x = Matrix([[1], [2]])
    let refused = factor.withMutableView { a in
      x.withMutableView { solvePositiveDefinite(a, inPlace: $0) }
    }
    #expect(!refused)
    #expect(x == Matrix([[1], [2]]))
  }
}
