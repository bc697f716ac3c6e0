internal import COpenBLAS

/// The speed of matrix products in this process, and the peak of its processor.
public struct MatrixProductSpeed: Codable, Equatable, Sendable {
  /// Operations per second of a policy's products in double precision, in one thread.
  public let double: Double
  /// The same in single precision.
  public let single: Double
  /// Operations per second of fused multiply-adds alone, in double precision; nil if they cannot be
  /// measured. The rate in single precision is twice this.
  public let peak: Double?
  /// Cycles per second; nil if they could not be counted.
  public let frequency: Double?

  /// Creates a record.
  public init(double: Double, single: Double, peak: Double?, frequency: Double?) {
    (self.double, self.single) = (double, single)
    (self.peak, self.frequency) = (peak, frequency)
  }

  /// Measures for about a second.
  ///
  /// - The peak is that of a loop of independent fused multiply-adds, of the widest vectors that the
  ///   processor has.
  /// - The frequency is that of a loop of dependent additions, one cycle each.
  /// - Each rate is the fastest of many short pieces, which reduces the effect of other work on the
  ///   machine.
  ///
  /// - Parameters:
  ///   - rows: the rows of the product; by default those of a block of a recording.
  ///   - size: its columns, and the rows of its second factor; by default the paper's hidden layers.
  /// - Returns: The rates of this process.
  public static func measure(rows: Int = 400, size: Int = 100) -> MatrixProductSpeed {
    BLAS.prepare()
    let instructions = Processor.current.instructions
    var (peak, frequency) = (Double?.none, Double?.none)
    #if arch(x86_64)
    frequency = rate(100_000) { metatape_add_in_turn(1000) }
    if instructions.contains(.avx512) {
      peak = rate(24 * 16 * 2000) { metatape_multiply_add_512(2000) }
    } else if instructions.isSuperset(of: [.avx2, .fma]) {
      peak = rate(24 * 8 * 4000) { metatape_multiply_add_256(4000) }
    }
    #endif
    return MatrixProductSpeed(
      double: productRate(Double.self, rows, size), single: productRate(Float.self, rows, size),
      peak: peak, frequency: frequency)
  }

  private static func productRate<Scalar: MatrixScalar>(
    _: Scalar.Type, _ rows: Int, _ size: Int
  ) -> Double {
    let factor = [Scalar](repeating: 1, count: max(rows, size) * size)
    var result = factor
    return factor.withUnsafeBufferPointer { factor in
      result.withUnsafeMutableBufferPointer { result in
        let a = MatrixViewOf(factor, rows: rows, columns: size)
        let b = MatrixViewOf(factor, rows: size, columns: size)
        let c = MutableMatrixViewOf(result, rows: rows, columns: size)
        return rate(2 * Double(rows) * Double(size) * Double(size)) { gemm(a, b, into: c) }
      }
    }
  }

  /// The largest rate at which a piece of work was done within a quarter of a second.
  private static func rate(_ amount: Double, _ work: () -> Void) -> Double {
    let clock = ContinuousClock()
    work()
    let start = clock.now
    var best = Duration.seconds(3600)
    repeat { best = min(best, clock.measure(work)) } while clock.now - start < .seconds(0.25)
    return amount / (best / .seconds(1))
  }
}
