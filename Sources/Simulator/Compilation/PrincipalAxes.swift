/// The eigenvectors and eigenvalues of a symmetric matrix of three rows.
struct PrincipalAxes {
  /// The eigenvectors, orthogonal unit vectors.
  private(set) var axes: [SIMD3<Double>] = [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)]
  /// The eigenvalues.
  private(set) var values: SIMD3<Double>

  /// Jacobi's method: rotations that make the largest of the other entries zero. A diagonal matrix has
  /// the axes of the frame.
  ///
  /// - Parameters:
  ///   - diagonal: The entries 11, 22 and 33.
  ///   - others: The entries 12, 13 and 23.
  init(diagonal: SIMD3<Double>, others: SIMD3<Double>) {
    var m = [
      [diagonal.x, others.x, others.y], [others.x, diagonal.y, others.z],
      [others.y, others.z, diagonal.z],
    ]
    for _ in 0..<100 {
      let pairs = [(0, 1), (0, 2), (1, 2)]
      let (p, q) = pairs.max { m[$0.0][$0.1].magnitude < m[$1.0][$1.1].magnitude } ?? (0, 1)
      guard m[p][q].magnitude > 1e-17 * (m[p][p].magnitude + m[q][q].magnitude) else { break }
      let slope = (m[q][q] - m[p][p]) / (2 * m[p][q])
      let t = (slope < 0 ? -1 : 1) / (slope.magnitude + (slope * slope + 1).squareRoot())
      let c = 1 / (t * t + 1).squareRoot()
      let s = t * c
      for k in 0..<3 { (m[k][p], m[k][q]) = (c * m[k][p] - s * m[k][q], s * m[k][p] + c * m[k][q]) }
      for k in 0..<3 { (m[p][k], m[q][k]) = (c * m[p][k] - s * m[q][k], s * m[p][k] + c * m[q][k]) }
      (axes[p], axes[q]) = (c * axes[p] - s * axes[q], s * axes[p] + c * axes[q])
    }
    values = SIMD3(m[0][0], m[1][1], m[2][2])
  }

  /// Whether rounding decides the directions: two eigenvalues nearly coincide, and the matrix is not
  /// diagonal.
  static func isUndetermined(diagonal: SIMD3<Double>, others: SIMD3<Double>) -> Bool {
    let scale = diagonal.x.magnitude + diagonal.y.magnitude + diagonal.z.magnitude
    let largest = max(others.x.magnitude, others.y.magnitude, others.z.magnitude)
    guard largest > 1e-15 * scale else { return false }
    let v = PrincipalAxes(diagonal: diagonal, others: others).values
    return min((v.x - v.y).magnitude, (v.x - v.z).magnitude, (v.y - v.z).magnitude) < 1e-8 * scale
  }
}
