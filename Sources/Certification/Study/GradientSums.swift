/// The number, the sum and the squared norms of gradient estimates.
struct GradientSums: Sendable {
  private(set) var count = 0.0
  private var sum: [Double]
  private var squares = 0.0

  init(parameters: Int) { sum = [Double](repeating: 0, count: parameters) }

  mutating func add(_ estimate: [Double]) {
    count += 1
    LinearAlgebra.add(1, estimate, to: &sum)
    squares += dot(estimate, estimate)
  }

  /// Adds the sums of other estimates, or with the weight -1 takes them away.
  mutating func add(_ weight: Double, _ other: GradientSums) {
    count += weight * other.count
    LinearAlgebra.add(weight, other.sum, to: &sum)
    squares += weight * other.squares
  }

  /// The mean estimate.
  var mean: [Double] { sum.map { $0 / count } }

  /// The trace of the covariance of a single estimate.
  var variance: Double { max(0, squares - dot(sum, sum) / count) / (count - 1) }
}
