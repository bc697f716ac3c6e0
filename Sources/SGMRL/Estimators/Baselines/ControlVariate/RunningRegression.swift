import LinearAlgebra
import MessagePassing

/// Means and centred second moments of regressors and target, and the regression's solution.
struct RunningRegression {
  let regressors: Int
  private var weight = 0.0
  /// The regressors' means, then the target's.
  private var means: [Double]
  /// `[regressors + 1, regressors + 1]`
  private var comoments: [Double]
  private(set) var coefficients: [Double]

  init(_ regressors: Int) {
    self.regressors = regressors
    means = [Double](repeating: 0, count: regressors + 1)
    comoments = [Double](repeating: 0, count: (regressors + 1) * (regressors + 1))
    coefficients = [Double](repeating: 0, count: regressors)
  }

  /// The target's mean, less what the coefficients predict at the regressors' means.
  var intercept: Double { means[regressors] - dot(coefficients, Array(means.dropLast())) }

  /// The moments of a step; nil if the memory has none of this size.
  init?(_ memory: NamedArrays, step: Int, regressors: Int) {
    func read(_ part: String, _ count: Int) -> [Double]? {
      memory[Self.name(step, part)].flatMap { $0.count == count ? $0 : nil }
    }
    let size = regressors + 1
    guard let weight = read("weight", 1), let means = read("means", size),
      let comoments = read("comoments", size * size),
      let coefficients = read("coefficients", regressors)
    else { return nil }
    (self.regressors, self.weight, self.means) = (regressors, weight[0], means)
    (self.comoments, self.coefficients) = (comoments, coefficients)
  }

  /// Adds the moments and the solution to what is kept.
  func write(to memory: inout NamedArrays, step: Int) {
    memory[Self.name(step, "weight")] = [weight]
    memory[Self.name(step, "means")] = means
    memory.set(
      Self.name(step, "comoments"), shape: [regressors + 1, regressors + 1], comoments)
    memory[Self.name(step, "coefficients")] = coefficients
  }

  private static func name(_ step: Int, _ part: String) -> String {
    "control-variate.\(step).\(part)"
  }

  /// Lets everything so far count less.
  mutating func forget(_ decay: Double) {
    weight *= decay
    for i in comoments.indices { comoments[i] *= decay }
  }

  /// Takes one more observation into account.
  ///
  /// - Source: West (1979), "Updating mean and variance estimates: an improved method".
  mutating func add(_ values: [Double], target: Double, weight added: Double) {
    let size = regressors + 1
    weight += added
    let row = values + [target]
    let before = zip(row, means).map { $0 - $1 }
    for j in 0..<size { means[j] += added / weight * before[j] }
    let after = zip(row, means).map { $0 - $1 }
    comoments.withUnsafeMutableBufferPointer { comoments in
      for i in 0..<size {
        let scaled = added * before[i]
        for j in 0..<size { comoments[i * size + j] += scaled * after[j] }
      }
    }
  }

  /// Solves for the coefficients; they are zero where the moments do not determine them.
  mutating func solve() {
    let size = regressors + 1
    let ridge = 1e-9 + Double(regressors) / max(weight, 1)
    var matrix = Matrix(rows: regressors, columns: regressors)
    var right = Matrix(rows: regressors, columns: 1)
    for i in 0..<regressors {
      for j in 0..<regressors { matrix[i, j] = comoments[i * size + j] }
      // a regressor that never changes gets the coefficient zero
      let variance = comoments[i * size + i]
      matrix[i, i] = variance > 0 ? variance * (1 + ridge) : 1
      right[i, 0] = variance > 0 ? comoments[i * size + regressors] : 0
    }
    let isSolved = matrix.withMutableView { a in
      right.withMutableView { b in solvePositiveDefinite(a, inPlace: b) }
    }
    let solution = right.elements
    coefficients =
      isSolved && solution.allSatisfy(\.isFinite)
      ? solution : [Double](repeating: 0, count: regressors)
  }
}
