import Testing

@testable import LinearAlgebra

/// The check of kernels must pass right routines and find each kind of wrong one.
@Suite("The check of kernels")
struct KernelCheckTests {
  typealias Routines = KernelCheck.Routines<Double>

  /// Plain loops, with a way to spoil each element of a product.
  static func routines(
    readsC: Bool = false,
    spoil: @escaping (_ i: Int, _ j: Int, _ m: Int, _ n: Int, _ sum: Double) -> Double = { $4 }
  ) -> Routines {
    Routines(
      product: { m, n, k, alpha, a, b, beta, c, stride in
        for i in 0..<m {
          for j in 0..<n {
            let sum = (0..<k).reduce(0.0) { $0 + element(a, i, $1) * element(b, $1, j) }
            let old = c[i * stride + j]
            c[i * stride + j] =
              alpha * spoil(i, j, m, n, sum) + (beta == 0 && !readsC ? 0 : beta * old)
          }
        }
      },
      solve: { isLeft, m, n, l, b, stride in
        // forwards for L on the left and Lᵀ on the right, else backwards
        let size = isLeft ? m : n
        let order = isLeft != l.isTransposed ? Array(0..<size) : (0..<size).reversed()
        for other in 0..<(isLeft ? n : m) {
          func place(_ p: Int) -> Int { isLeft ? p * stride + other : other * stride + p }
          for (index, p) in order.enumerated() {
            let known = order[..<index].reduce(0.0) { sum, q in
              sum + (isLeft ? element(l, p, q) : element(l, q, p)) * b[place(q)]
            }
            b[place(p)] = (b[place(p)] - known) / element(l, p, p)
          }
        }
      },
      factor: { n, a, stride in
        for j in 0..<n {
          for i in j..<n {
            let known = (0..<j).reduce(0.0) { $0 + a[i * stride + $1] * a[j * stride + $1] }
            let rest = a[i * stride + j] - known
            a[i * stride + j] = i == j ? rest.squareRoot() : rest / a[j * stride + j]
          }
        }
        return 0
      })
  }

  private static func element(_ operand: Routines.Operand, _ i: Int, _ j: Int) -> Double {
    operand.isTransposed
      ? operand.start[j * operand.stride + i] : operand.start[i * operand.stride + j]
  }

  private func failure(_ routines: Routines) -> String? {
    KernelCheck.run(routines, "double", largest: 1 << 20, seed: 7).failure
  }

  @Test("plain loops pass")
  func right() {
    let outcome = KernelCheck.run(Self.routines(), "double", largest: 1 << 20, seed: 7)
    #expect(outcome.failure == nil)
    #expect(outcome.count == 24 * 4 * 3 + 5 * 4 + 6)
  }

  @Test("products that are wrong in one place are found")
  func products() throws {
    let lastColumn = try #require(
      failure(Self.routines { _, j, _, n, sum in n % 8 == 1 && j == n - 1 ? 0 : sum }))
    #expect(lastColumn.contains("product") && lastColumn.contains("instead of"))
    #expect(failure(Self.routines { i, _, m, _, sum in m > 64 && i == 64 ? sum + 1 : sum }) != nil)
    #expect(failure(Self.routines { _, _, _, _, sum in Double(Float(sum)) }) != nil)
    let beta = try #require(failure(Self.routines(readsC: true)))
    #expect(beta.contains("nan") && beta.contains("beta 0"))
  }

  @Test("operands that are read wrongly and padding that is written are found")
  func operandsAndPadding() throws {
    let plain = Self.routines()
    var ignoring = plain
    ignoring.product = { m, n, k, alpha, a, b, beta, c, stride in
      plain.product(m, n, k, b.isTransposed ? 1 : alpha, a, b, beta, c, stride)
    }
    #expect(try #require(failure(ignoring)).contains("transposed"))
    var writing = plain
    writing.product = { m, n, k, alpha, a, b, beta, c, stride in
      plain.product(m, n, k, alpha, a, b, beta, c, stride)
      c[n] = 0
    }
    #expect(failure(writing)?.contains("12345") == true)
    var scaled = plain
    scaled.product = { m, n, k, alpha, a, b, beta, c, stride in
      plain.product(m, n, k, alpha, a, b, beta == 3 ? 1 : beta, c, stride)
    }
    #expect(failure(scaled)?.contains("beta 3") == true)
  }

  @Test("triangular systems and Cholesky factors that are wrong are found")
  func factorizations() {
    let plain = Self.routines()
    var system = plain
    system.solve = { isLeft, m, n, l, b, stride in
      plain.solve(isLeft, m, n, l, b, stride)
      if !isLeft && l.isTransposed && n > 32 { b[n - 1] += 1e-9 }
    }
    #expect(failure(system)?.contains("triangular system") == true)
    var upper = plain
    upper.solve = { isLeft, m, n, l, b, stride in
      plain.solve(
        isLeft, m, n, .init(start: l.start, stride: l.stride, isTransposed: !l.isTransposed), b,
        stride)
    }
    #expect(failure(upper)?.contains("triangular system") == true)
    var factor = plain
    factor.factor = { n, a, stride in
      let status = plain.factor(n, a, stride)
      if n == 100 { a[99 * stride + 64] += 1e-9 }
      return status
    }
    #expect(failure(factor)?.contains("Cholesky") == true)
    factor.factor = { n, _, _ in n > 16 ? 3 : 0 }
    #expect(failure(factor) != nil)
  }

  @Test("OpenBLAS is right in both precisions", arguments: [1, 2, 3] as [UInt64])
  func openBLAS(seed: UInt64) {
    let outcome = BLAS.check(seed: seed)
    #expect(outcome.failure == nil)
    #expect(outcome.count == 2 * (24 * 4 * 3 + 5 * 4 + 6))
  }
}
