/// Compares matrix routines with plain loops in the cases where kernels are most often wrong: odd
/// shapes, transposes, `beta` 0 over NaN, padding between rows, blocks that end in the middle.
///
/// All numbers are integers, small enough that every order of summation gives the same result, so
/// products must be bit-identical.
struct KernelCheck {
  /// The routines of one precision, row by row, with strides.
  struct Routines<Scalar> {
    /// A matrix with its stride, to be read as it is or transposed.
    struct Operand {
      let start: UnsafePointer<Scalar>
      let stride: Int
      let isTransposed: Bool
    }

    /// `C = alpha A B + beta C` with `A: [m, k]` and `B: [k, n]`.
    var product:
      (
        _ m: Int, _ n: Int, _ k: Int, _ alpha: Scalar, _ a: Operand, _ b: Operand, _ beta: Scalar,
        _ c: UnsafeMutablePointer<Scalar>, _ stride: Int
      ) -> Void
    /// Solves `op(L) Z = B` (left) or `Z op(L) = B` in place, `B: [m, n]`.
    var solve:
      (
        _ isLeft: Bool, _ m: Int, _ n: Int, _ l: Operand, _ b: UnsafeMutablePointer<Scalar>,
        _ stride: Int
      ) -> Void
    /// Factors `A = L Lᵀ`, `[n, n]`, in place of its lower triangle; returns 0 if that is possible.
    var factor: (_ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ stride: Int) -> Int
  }

  /// The number of results that were compared.
  private(set) var count = 0
  private var generator: UInt64
  private let precision: String
  /// The largest integer among the factors of a product.
  private let largest: Int

  private static let padding = 3
  private static let margin = 12345.0

  /// The first error found in the kernels in use; nil if there is none.
  static func failure(seed: UInt64 = 1) -> String? { run(seed: seed).failure }

  /// Checks both precisions.
  static func run(seed: UInt64) -> (failure: String?, count: Int) {
    let double = run(.openBLAS as Routines<Double>, "double", largest: 1 << 20, seed: seed)
    if double.failure != nil { return double }
    let single = run(.openBLAS as Routines<Float>, "single", largest: 200, seed: seed)
    return (single.failure, double.count + single.count)
  }

  /// Checks the routines of one precision.
  ///
  /// - Parameters:
  ///   - routines: what to check.
  ///   - precision: its name, for messages.
  ///   - largest: the largest factor; the precision must hold all integers up to 300 `largest²`.
  ///   - seed: the seed of shapes and numbers.
  /// - Returns: The first error, if there is one, and the number of compared results.
  static func run<Scalar: BinaryFloatingPoint>(
    _ routines: Routines<Scalar>, _ precision: String, largest: Int, seed: UInt64
  ) -> (failure: String?, count: Int) {
    var check = KernelCheck(generator: seed, precision: precision, largest: largest)
    let failure = check.failure(of: routines)
    return (failure, check.count)
  }

  private init(generator: UInt64, precision: String, largest: Int) {
    (self.generator, self.precision, self.largest) = (generator, precision, largest)
  }

  private mutating func failure<Scalar: BinaryFloatingPoint>(
    of routines: Routines<Scalar>
  ) -> String? {
    // small shapes, for the ends of blocks; and some with several blocks
    var shapes = (0..<20).map { _ in (whole(1...33), whole(1...33), whole(1...33)) }
    shapes += [(1, 1, 1), (67, 101, 129), (100, 6, 100), (53, 100, 17)]
    for (m, n, k) in shapes {
      for (transposesA, transposesB) in [
        (false, false), (true, false), (false, true), (true, true),
      ] {
        let failure = product(m, n, k, transposesA, transposesB, routines)
        if let failure { return failure }
      }
    }
    for (k, count) in [(1, 1), (5, 3), (8, 17), (33, 9), (70, 31)] {
      for isLeft in [true, false] {
        for isTransposed in [true, false] {
          if let failure = solution(k, count, isLeft, isTransposed, routines) { return failure }
        }
      }
    }
    for n in [1, 2, 7, 16, 33, 100] {
      if let failure = factor(n, routines) { return failure }
    }
    return nil
  }

  // MARK: Products

  private mutating func product<Scalar: BinaryFloatingPoint>(
    _ m: Int, _ n: Int, _ k: Int, _ transposesA: Bool, _ transposesB: Bool,
    _ routines: Routines<Scalar>
  ) -> String? {
    let a = transposesA ? Padded(k, m, &self) : Padded(m, k, &self)
    let b = transposesB ? Padded(n, k, &self) : Padded(k, n, &self)
    var exact = [Double](repeating: 0, count: m * n)
    a.numbers.withUnsafeBufferPointer { x in
      b.numbers.withUnsafeBufferPointer { y in
        exact.withUnsafeMutableBufferPointer { z in
          for i in 0..<m {
            for p in 0..<k {
              let factor = x[transposesA ? p * a.stride + i : i * a.stride + p]
              let (start, step) = transposesB ? (p, b.stride) : (p * b.stride, 1)
              for j in 0..<n { z[i * n + j] += factor * y[start + j * step] }
            }
          }
        }
      }
    }
    for (alpha, beta) in [(1.0, 0.0), (1, 1), (-2, 3)] {
      let before = Padded(m, n, &self)
      var found = before.scalars(of: Scalar.self)
      if beta == 0 {
        for i in 0..<m { for j in 0..<n { found[i * before.stride + j] = .nan } }
      }
      a.scalars(of: Scalar.self).withUnsafeBufferPointer { a in
        b.scalars(of: Scalar.self).withUnsafeBufferPointer { b in
          found.withUnsafeMutableBufferPointer { c in
            guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else {
              return
            }
            routines.product(
              m, n, k, Scalar(alpha),
              .init(
                start: a, stride: (transposesA ? m : k) + Self.padding, isTransposed: transposesA),
              .init(
                start: b, stride: (transposesB ? k : n) + Self.padding, isTransposed: transposesB),
              Scalar(beta), c, before.stride)
          }
        }
      }
      var expected = before.numbers
      for i in 0..<m {
        for j in 0..<n {
          let place = i * before.stride + j
          expected[place] = alpha * exact[i * n + j] + (beta == 0 ? 0 : beta * expected[place])
        }
      }
      let failure = difference(found, expected, stride: before.stride, tolerance: 0)
      if let failure {
        return
          "a product of [\(m), \(k)]\(transposesA ? ", transposed," : "") and [\(k), \(n)]\(transposesB ? ", transposed," : "") with alpha \(Int(alpha)) and beta \(Int(beta)) \(failure)"
      }
    }
    return nil
  }

  // MARK: Triangular systems and Cholesky

  private mutating func solution<Scalar: BinaryFloatingPoint>(
    _ k: Int, _ count: Int, _ isLeft: Bool, _ isTransposed: Bool, _ routines: Routines<Scalar>
  ) -> String? {
    let l = triangle(k)
    let (m, n) = isLeft ? (k, count) : (count, k)
    let expected = Padded(m, n, &self, largest: 50)
    var b = expected
    func element(_ i: Int, _ j: Int) -> Double { isTransposed ? l[j * k + i] : l[i * k + j] }
    for i in 0..<m {
      for j in 0..<n {
        b.numbers[i * b.stride + j] = (0..<k).reduce(0) { sum, p in
          sum
            + (isLeft
              ? element(i, p) * expected.numbers[p * b.stride + j]
              : expected.numbers[i * b.stride + p] * element(p, j))
        }
      }
    }
    var found = b.scalars(of: Scalar.self)
    // the upper triangle must not be read
    let lower = (0..<k * k).map { $0 % k > $0 / k ? Scalar.nan : Scalar(l[$0]) }
    lower.withUnsafeBufferPointer { l in
      found.withUnsafeMutableBufferPointer { b in
        guard let l = l.baseAddress, let b = b.baseAddress else { return }
        routines.solve(
          isLeft, m, n, .init(start: l, stride: k, isTransposed: isTransposed), b, n + Self.padding)
      }
    }
    let failure = difference(found, expected.numbers, stride: expected.stride, tolerance: 1e3)
    return failure.map {
      "a triangular system of size \(k) with \(count) right-hand sides, \(isLeft ? "left" : "right")\(isTransposed ? ", transposed," : ",") \($0)"
    }
  }

  private mutating func factor<Scalar: BinaryFloatingPoint>(
    _ n: Int, _ routines: Routines<Scalar>
  ) -> String? {
    let l = triangle(n)
    let stride = n + Self.padding
    var (found, expected) = ([Scalar](), [Double]())
    for i in 0..<n {
      for j in 0..<stride {
        let isPadding = j > i
        let sum = isPadding ? Self.margin : (0...j).reduce(0) { $0 + l[i * n + $1] * l[j * n + $1] }
        found.append(Scalar(sum))
        expected.append(isPadding ? Self.margin : l[i * n + j])
      }
    }
    let status = found.withUnsafeMutableBufferPointer { a in
      a.baseAddress.map { routines.factor(n, $0, stride) } ?? 0
    }
    let failure =
      status == 0
      ? difference(found, expected, stride: stride, tolerance: 1e3) : "ends with status \(status)"
    return failure.map { "the Cholesky factor of a matrix of size \(n) \($0)" }
  }

  /// A lower triangle that is far from singular, with zeros above.
  private mutating func triangle(_ n: Int) -> [Double] {
    var l = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0..<i { l[i * n + j] = Double(whole(-1...1)) }
      l[i * n + i] = 8
    }
    return l
  }

  // MARK: Comparison

  /// The first element that differs, in words; the tolerance counts units in the last place of 1.
  private mutating func difference<Scalar: BinaryFloatingPoint>(
    _ found: [Scalar], _ expected: [Double], stride: Int, tolerance: Double
  ) -> String? {
    count += 1
    let allowed = tolerance * Double(Scalar.ulpOfOne)
    for (place, (value, exact)) in zip(found.lazy.map { Double($0) }, expected).enumerated() {
      if value == exact || (value - exact).magnitude <= allowed * max(1, exact.magnitude) {
        continue
      }
      return
        "in \(precision) precision has \(value) instead of \(exact) in row \(place / stride), column \(place % stride)"
    }
    return nil
  }

  /// An integer of a range.
  ///
  /// - Source: Steele, Lea and Flood (2014), "Fast splittable pseudorandom number generators".
  private mutating func whole(_ range: ClosedRange<Int>) -> Int {
    generator &+= 0x9E37_79B9_7F4A_7C15
    var z = generator
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return range.lowerBound + Int((z ^ (z >> 31)) % UInt64(range.count))
  }

  /// A matrix of integers with padding between its rows; the number in the padding must not change.
  private struct Padded {
    let stride: Int
    var numbers: [Double]

    init(_ rows: Int, _ columns: Int, _ check: inout KernelCheck, largest: Int? = nil) {
      stride = columns + KernelCheck.padding
      let bound = largest ?? check.largest
      numbers = [Double](repeating: KernelCheck.margin, count: rows * stride)
      for i in 0..<rows {
        for j in 0..<columns { numbers[i * stride + j] = Double(check.whole(-bound...bound)) }
      }
    }

    func scalars<Scalar: BinaryFloatingPoint>(of type: Scalar.Type) -> [Scalar] {
      numbers.map { Scalar($0) }
    }
  }
}
