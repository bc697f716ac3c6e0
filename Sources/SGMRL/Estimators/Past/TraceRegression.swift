import LinearAlgebra

/// The mean of the trace `E_h = Σ_{k<h} κ^(h-k) ℓ̇_k` given observation and time, linear in features.
///
/// The trace grows forwards in time, `E_{h+1} = κ (E_h + ℓ̇_h)` from `E_0 = 0`. So it is to the reversed
/// trajectory what a discounted return is to a trajectory, and temporal differences find its mean: the
/// coefficients `β` make `Σ φ_h (G_h - φ_hᵀ β)` zero, where
///
///     G_{h+1} = κ (ℓ̇_h + (1 - λ) φ_hᵀ β + λ G_h),      G_1 = κ ℓ̇_0
///
/// With `λ = 1` that is a regression on the sampled traces, with less a prediction stands for most of a
/// trace, which has less variance.
///
/// The features `φ` are those of `LinearValueFunction` and a constant, scaled to a mean square of one
/// over the samples of the fit. With `A` and `b` divided by the number of samples, `(A + ridge I) β = b`
/// is solved.
///
/// The prediction is zero at the first step of each episode, where the trace is, and where there is
/// nothing to fit: no other trajectory, or equations that do not determine the coefficients.
///
/// - Source: Boyan (2002), "Technical update: least-squares temporal difference learning", for
///   reversed time.
struct TraceRegression {
  /// The predictions `Ê: [N]`.
  let predictions: [Double]

  /// Fits coefficients to a batch.
  ///
  /// - Parameters:
  ///   - batch: the batch.
  ///   - tangents: `ℓ̇: [N]`
  ///   - decay: `κ`
  ///   - lambda: the decay `λ` of temporal differences.
  ///   - ridge: what is added to the diagonal of the scaled equations.
  ///   - leavesOut: whether each trajectory is predicted with coefficients of the others alone.
  /// - Complexity: `O(N d² + |D| (|D| d² + d³))` flop for `d` features.
  init(
    _ batch: TrajectoryBatch, tangents: [Double], decay: Double, lambda: Double, ridge: Double,
    leavesOut: Bool
  ) {
    let features = LinearValueFunction.features(of: batch).withConstant
    let equations = (0..<batch.episodeCount).map {
      Equations(
        features, tangents, rows: batch.rows(ofEpisode: $0), decay: decay, lambda: lambda)
    }
    func fit(without left: Int?) -> [Double]? {
      // summed anew, so that nothing of the trajectory is left by cancellation
      var sum = Equations(width: features.columns)
      for (index, one) in equations.enumerated() where index != left { sum.add(one) }
      return sum.coefficients(ridge: ridge)
    }
    let shared = leavesOut ? nil : fit(without: nil)
    var predictions = [Double](repeating: 0, count: batch.sampleCount)
    for episode in equations.indices {
      guard let coefficients = leavesOut ? fit(without: episode) : shared else { continue }
      for row in batch.rows(ofEpisode: episode).dropFirst() {
        predictions[row] = features.product(row: row, coefficients)
      }
    }
    self.predictions = predictions
  }
}

/// The equations `A β = b` of some trajectories.
private struct Equations {
  /// The number of samples behind the first of their episodes.
  private var count = 0
  /// `Σ φ_j²` of each feature.
  private var squares: [Double]
  /// `A = Σ_h φ_h (φ_h - ψ_h)ᵀ`, where `G_h = g_h + ψ_hᵀ β`.
  private var matrix: Matrix
  /// `b = Σ_h φ_h g_h`
  private var right: [Double]

  init(width: Int) {
    squares = [Double](repeating: 0, count: width)
    matrix = Matrix(rows: width, columns: width)
    right = squares
  }

  /// The equations of one trajectory.
  init(
    _ features: Matrix, _ tangents: [Double], rows: Range<Int>, decay: Double, lambda: Double
  ) {
    let width = features.columns
    self.init(width: width)
    count = rows.count - 1
    guard count > 0 else { return }
    // φ_h and φ_h - ψ_h of the steps from 1 on
    var (x, y) = (Matrix(rows: count, columns: width), Matrix(rows: count, columns: width))
    var (constant, slope) = (0.0, [Double](repeating: 0, count: width))
    for (i, row) in rows.dropFirst().enumerated() {
      constant = decay * (tangents[row - 1] + lambda * constant)
      for j in 0..<width {
        // the trace of the first step is zero, not predicted
        let earlier = i == 0 ? 0 : features.elements[(row - 1) * width + j]
        let feature = features.elements[row * width + j]
        slope[j] = decay * ((1 - lambda) * earlier + lambda * slope[j])
        x.elements[i * width + j] = feature
        y.elements[i * width + j] = feature - slope[j]
        squares[j] += feature * feature
        right[j] += feature * constant
      }
    }
    x.withView { x in
      y.withView { y in matrix.withMutableView { gemm(x.transposed, y, into: $0) } }
    }
  }

  /// Adds the equations of other trajectories.
  mutating func add(_ other: Equations) {
    count += other.count
    LinearAlgebra.add(1, other.squares, to: &squares)
    LinearAlgebra.add(1, other.matrix.elements, to: &matrix.elements)
    LinearAlgebra.add(1, other.right, to: &right)
  }

  /// `β`; nil if the equations do not determine it.
  func coefficients(ridge: Double) -> [Double]? {
    guard count > 0 else { return nil }
    let width = right.count
    // a feature that is always zero gets the coefficient zero
    let scales = squares.map { $0 > 0 ? 1 / ($0 / Double(count)).squareRoot() : 0 }
    var system = Matrix(rows: width, columns: width)
    var target = Matrix(rows: width, columns: 1)
    for i in 0..<width {
      let factor = scales[i] / Double(count)
      for j in 0..<width { system[i, j] = factor * matrix[i, j] * scales[j] }
      system[i, i] += ridge
      target[i, 0] = factor * right[i]
    }
    // the matrix is not symmetric: Cholesky solves the normal equations
    var normal = Matrix(rows: width, columns: width)
    var solution = Matrix(rows: width, columns: 1)
    let isSolved = system.withView { system in
      normal.withMutableView { normal in
        gemm(system.transposed, system, into: normal)
        return solution.withMutableView { solution in
          target.withView { gemm(system.transposed, $0, into: solution) }
          return solvePositiveDefinite(normal, inPlace: solution)
        }
      }
    }
    guard isSolved, solution.elements.allSatisfy(\.isFinite) else { return nil }
    return zip(solution.elements, scales).map { $0 * $1 }
  }
}

extension Matrix {
  /// The matrix with a column of ones behind its own.
  fileprivate var withConstant: Matrix {
    var elements: [Double] = []
    elements.reserveCapacity(rows * (columns + 1))
    for row in 0..<rows {
      elements += self.elements[row * columns..<(row + 1) * columns]
      elements.append(1)
    }
    return Matrix(rows: rows, columns: columns + 1, elements: elements)
  }

  /// A row times a vector.
  fileprivate func product(row: Int, _ vector: [Double]) -> Double {
    let start = row * columns
    return vector.indices.reduce(0) { $0 + elements[start + $1] * vector[$1] }
  }
}
