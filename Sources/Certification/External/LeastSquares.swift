import CLibrary

/// Weighted least squares with few unknowns.
struct LeastSquares {
  /// The coefficient of each part; nil for one that depends on those before it.
  let coefficients: [Double?]
  /// The root of the residual's weighted square over that of the target.
  let relativeResidual: Double

  /// Fits `target ≈ Σ_k x_k parts[k]` by orthogonalising the parts in their order.
  ///
  /// - Parameters:
  ///   - target: `[rows][d]`
  ///   - parts: `[parts][rows][d]`
  ///   - weights: of the rows, at least 0.
  init(_ target: [[Double]], parts: [[[Double]]], weights: [Double]) {
    let roots = weights.map { CLibrary.sqrt($0) }
    func flat(_ rows: [[Double]]) -> [Double] {
      zip(rows, roots).flatMap { row, root in row.map { root * $0 } }
    }
    var basis: [(part: Int, vector: [Double], length: Double)] = []
    // how each orthogonal vector is made of parts
    var recipes: [[Double]] = []
    for (k, part) in parts.enumerated() {
      var vector = flat(part)
      let size = norm(vector)
      var recipe = [Double](repeating: 0, count: parts.count)
      recipe[k] = 1
      // twice is enough
      for _ in 0..<2 {
        for (j, other) in basis.enumerated() {
          let share = dot(vector, other.vector) / (other.length * other.length)
          add(-share, other.vector, to: &vector)
          add(-share, recipes[j], to: &recipe)
        }
      }
      let length = norm(vector)
      if size > 0, length > 1e-7 * size {
        basis.append((k, vector, length))
        recipes.append(recipe)
      }
    }
    var rest = flat(target)
    let size = norm(rest)
    var sums = [Double](repeating: 0, count: parts.count)
    for (j, other) in basis.enumerated() {
      let share = dot(rest, other.vector) / (other.length * other.length)
      add(-share, other.vector, to: &rest)
      add(share, recipes[j], to: &sums)
    }
    let used = Set(basis.map(\.part))
    coefficients = sums.enumerated().map { used.contains($0) ? $1 : nil }
    relativeResidual = size > 0 ? norm(rest) / size : 0
  }
}
