import LinearAlgebra
import Requirements

extension RandomStream {
  /// Probabilities from the symmetric Dirichlet distribution, also with a tiny concentration.
  ///
  /// `p_i = G_i / Σ_j G_j` with independent gamma numbers `G_i` of shape `a`. For `a = 0.001` almost all
  /// of these are below the smallest number, so they are drawn as logarithms, `log G(a) = log G(a + 1) + log(U) / a`,
  /// and divided in the way of log-sum-exp.
  ///
  /// - Parameters:
  ///   - concentration: `a`; below 1 the probabilities gather on few elements.
  ///   - count: the number of probabilities.
  /// - Returns: Probabilities that sum to 1 up to rounding: `[count]`.
  /// - Precondition: both are positive and the concentration is finite.
  /// - Source: Devroye (1986), "Non-uniform random variate generation", IX.3 and XI.4.
  public mutating func dirichlet(concentration: Double, count: Int) -> [Double] {
    require(count > 0, "A distribution over \(count) elements is none.")
    let logarithms = (0..<count).map { _ in logGamma(shape: concentration) }
    let largest = logarithms.max() ?? 0
    let weights = logarithms.map { exponential($0 - largest) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The logarithm of a number from the gamma distribution with scale 1.
  ///
  /// - Precondition: the shape is positive and finite.
  /// - Source: Marsaglia and Tsang (2000), "A simple method for generating gamma variables", for shape
  ///   `a + 1`.
  public mutating func logGamma(shape: Double) -> Double {
    require(shape > 0 && shape.isFinite, "A gamma distribution cannot have the shape \(shape).")
    let d = shape + 2.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let logCube = 3 * naturalLogarithm(root)
      let cube = root * root * root
      // 1 - u lies in (0, 1]: the logarithms are finite
      if naturalLogarithm(1 - uniform()) < x * x / 2 + d - d * cube + d * logCube {
        return naturalLogarithm(d) + logCube + naturalLogarithm(1 - uniform()) / shape
      }
    }
  }
}
