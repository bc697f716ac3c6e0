import LinearAlgebra
import Testing

@Suite("Vectors")
struct VectorOperationTests {
  @Test("dot agrees with the sum of products", arguments: [0, 1, 7, 8, 9, 100, 1003])
  func innerProduct(_ count: Int) {
    var generator = SplitMix(seed: 7)
    let (x, y) = (generator.uniforms(count), generator.uniforms(count))
    #expect((dot(x, y) - zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }).magnitude < 1e-13)
    #expect(dot(x, y) == dot(y, x))
  }

  @Test("norm is safe from overflow and underflow")
  func norms() {
    #expect(norm([]) == 0)
    #expect(norm([0, -0.0]) == 0)
    #expect(norm([3, -4]) == 5)
    #expect((norm([3e300, -4e300]) / 5e300 - 1).magnitude < 1e-15)
    #expect((norm([3e-300, -4e-300]) / 5e-300 - 1).magnitude < 1e-15)
    #expect(norm([5e-324]) == 5e-324)
    #expect(norm([1, -.infinity]) == .infinity)
    for position in 0..<3 {
      var x = [1.0, .infinity, 0]
      x[position] = .nan
      #expect(norm(x).isNaN)
    }
  }

  @Test("add adds a multiple")
  func sum() {
    var y = [1.0, 2, 3]
    add(-2, [1, 0, 0.5], to: &y)
    #expect(y == [-1, 2, 2])
    add(1, [1, 1, 1], to: &y)
    #expect(y == [0, 3, 3])
  }

  @Test("relativeError by its definition, never small for NaN")
  func errors() {
    #expect(relativeError([], []) == 0)
    #expect(relativeError([1, 2], [1, 3]) == 0.25)
    #expect(relativeError([.nan], [.nan]) == .infinity)
    #expect(relativeError([0, .nan], [0, 1]) == .infinity)
    #expect(relativeError([1], [.nan]) == .infinity)
    #expect(relativeError([.infinity], [.infinity]) == 0)
    #expect(relativeError([1], [.infinity]) == .infinity)
    #expect(relativeError([-.infinity], [.infinity]) == .infinity)
    #expect(relativeError([.infinity], [1]) == .infinity)
  }

  @Test("lengths that differ end the program")
  func lengths() async {
    await #expect(processExitsWith: .failure) { _ = dot([1], [1, 2]) }
    await #expect(processExitsWith: .failure) { _ = relativeError([1], []) }
  }

  @Test("rows, transposes and views of a matrix")
  func matrices() {
    let a = Matrix([[1, 2, 3], [4, 5, 6]])
    #expect(a.transposed == Matrix([[1, 4], [2, 5], [3, 6]]))
    #expect(Matrix.identity(2) == Matrix([[1, 0], [0, 1]]))
    a.withView { view in
      #expect(view.rows(1..<2).elements == [4, 5, 6])
      #expect(view.count == 6)
    }
    var b = Matrix(rows: 2, columns: 3)
    b.withMutableView { b in a.withView { b.copy($0) } }
    #expect(a == b)
    b.withMutableView { $0.rows(0..<1).fill(9) }
    #expect(b == Matrix([[9, 9, 9], [4, 5, 6]]))
  }
}
