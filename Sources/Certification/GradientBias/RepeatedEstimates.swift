import Requirements

/// Bias, variance and cosine of an estimator from independent repeats, corrected for the repeats' noise.
///
/// With the mean `m` and the sample covariance `S` of `n` repeats and a reference `ĝ` of the gradient `g` whose own
/// error is `e² = E‖ĝ - g‖²`:
///
/// | number | estimate |
/// |---|---|
/// | squared bias `‖b‖²` | `‖m - ĝ‖² - tr S / n - e²` |
/// | variance | `tr S` |
/// | `‖g‖²` | `‖ĝ‖² - e²` |
/// | cosine of the mean with `g` | `mᵀĝ / √((‖m‖² - tr S / n) (‖ĝ‖² - e²))` |
///
/// The first three have the right mean for any `n`, so a squared bias may be negative where the bias is small.
/// The cosine is computed only where the noise of both vectors, squared, is at most a quarter of their squared norm.
/// Without the corrections, `‖m - ĝ‖²` is `‖b‖² + tr S / n + e²` on average: an estimator without
/// bias seems biased in proportion to its variance.
public struct RepeatedEstimates: Sendable {
  /// The gradient that estimates are compared with.
  public struct Reference: Sendable {
    /// `ĝ`
    public let gradient: [Double]
    /// `e²`; 0 if the gradient is exact.
    public let squaredError: Double
    /// The estimate of `‖g‖²`.
    public var squaredNorm: Double { dot(gradient, gradient) - squaredError }
    /// Whether the error is small enough to divide by the norm: `e²` is at most a quarter of ``squaredNorm``, and
    /// the gradient is not zero.
    public var isResolved: Bool { Self.isResolved(squaredNorm, noise: squaredError) }

    fileprivate static func isResolved(_ squaredNorm: Double, noise: Double) -> Bool {
      squaredNorm > 0 && noise <= squaredNorm / 4
    }

    /// Creates a reference.
    public init(_ gradient: [Double], squaredError: Double = 0) {
      (self.gradient, self.squaredError) = (gradient, squaredError)
    }
  }

  /// The estimate of `‖b‖²`.
  public let squaredBias: Double
  /// `tr S`
  public let variance: Double
  /// The estimate of `‖g‖²`.
  public let squaredNorm: Double
  /// The cosine of the mean estimate with the gradient; nil where one of the two is not resolved.
  public let cosine: Double?
  /// What the published evaluation of the tabular experiment computes.
  public let published: Published

  /// The numbers of the published evaluation: of 20 repeats, and not corrected for noise.
  ///
  /// - Source: Liu et al. (2022), "A theoretical understanding of gradient bias in meta-reinforcement
  ///   learning", and the code that came with it.
  public struct Published: Sendable {
    /// Called variance: the sum of the coordinates' standard deviations, `Σ_j √S_jj`.
    public let sumOfDeviations: Double
    /// Called bias: the mean over coordinates of `(m_j - ĝ_j)²`, about `(‖b‖² + tr S / n) / d`.
    public let meanSquaredDifference: Double
    /// The mean correlation of single estimates with the gradient, Pearson's over coordinates; nil where a
    /// vector is constant.
    public let correlation: Double?

    /// How many repeats it takes.
    public static let repeats = 20

    /// Compares the first ``repeats`` with a gradient.
    init(_ all: [[Double]], _ gradient: [Double]) {
      let repeats = all.prefix(Self.repeats)
      let n = Double(repeats.count)
      let columns = gradient.indices.map { j in repeats.map { $0[j] } }
      let means = columns.map { $0.reduce(0, +) / n }
      sumOfDeviations = zip(columns, means).reduce(0) { sum, column in
        let squares = column.0.reduce(0) { $0 + ($1 - column.1) * ($1 - column.1) }
        return sum + (squares / (n - 1)).squareRoot()
      }
      meanSquaredDifference =
        zip(means, gradient).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        / Double(gradient.count)
      let correlations = repeats.compactMap { Self.correlation($0, gradient) }
      correlation = correlations.count == repeats.count ? correlations.reduce(0, +) / n : nil
    }

    /// Pearson's correlation of the coordinates.
    private static func correlation(_ x: [Double], _ y: [Double]) -> Double? {
      func centered(_ x: [Double]) -> [Double] {
        let mean = x.reduce(0, +) / Double(x.count)
        return x.map { $0 - mean }
      }
      let (x, y) = (centered(x), centered(y))
      let norms = norm(x) * norm(y)
      return norms > 0 ? dot(x, y) / norms : nil
    }
  }

  /// Compares repeats with a reference.
  ///
  /// - Precondition: there are at least two repeats.
  public init(_ repeats: [[Double]], reference: Reference) {
    require(repeats.count > 1, "A variance needs at least two repeats, not \(repeats.count).")
    let (gradient, n) = (reference.gradient, Double(repeats.count))
    var sums = GradientSums(parameters: gradient.count)
    for estimate in repeats { sums.add(estimate) }
    let mean = sums.mean
    variance = sums.variance
    let difference = zip(mean, gradient).map { $0 - $1 }
    squaredBias = dot(difference, difference) - variance / n - reference.squaredError
    squaredNorm = reference.squaredNorm
    let meanNorm = dot(mean, mean) - variance / n
    cosine =
      reference.isResolved && Reference.isResolved(meanNorm, noise: variance / n)
      ? dot(mean, gradient) / (meanNorm * squaredNorm).squareRoot() : nil
    published = Published(repeats, gradient)
  }
}
