import CLibrary

/// The probability that Student's variable lies further from zero than a value.
///
/// - Parameters:
///   - t: the value; not a number gives 1.
///   - degrees: of freedom, above 0; may be no whole number, as in Welch's test.
/// - Returns: `P(|T| > |t|)`.
/// - Source: Abramowitz and Stegun (1964), 26.7.1 and 26.5.27.
public func studentProbability(beyond t: Double, degrees: Double) -> Double {
  guard !t.isNaN else { return 1 }
  if t.isInfinite { return 0 }
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
}

/// The probability that Fisher's variable, the ratio of two variances, is larger than a value.
///
/// - Parameters:
///   - ratio: the value, at least 0; not a number gives 1.
///   - degrees: of freedom of the variance above and of the one below.
/// - Returns: `P(F > ratio)`.
/// - Source: Abramowitz and Stegun (1964), 26.6.2 and 26.5.28.
public func fisherProbability(above ratio: Double, degrees: (Int, Int)) -> Double {
  guard !ratio.isNaN else { return 1 }
  let (above, below) = (Double(degrees.0), Double(degrees.1))
  return incompleteBeta(below / (below + above * ratio), below / 2, above / 2)
}

/// The probabilities of several tests, such that the least of the wrongly rejected ones is below a level with
/// at most that probability.
///
/// - Parameter probabilities: of each test by itself.
/// - Returns: The adjusted probabilities, in the same order.
/// - Source: Holm (1979), A simple sequentially rejective multiple test procedure.
public func holmAdjusted(_ probabilities: [Double]) -> [Double] {
  var result = probabilities
  var greatest = 0.0
  for (rank, index) in probabilities.indices.sorted(by: { probabilities[$0] < probabilities[$1] })
    .enumerated()
  {
    greatest = max(greatest, min(1, Double(probabilities.count - rank) * probabilities[index]))
    result[index] = greatest
  }
  return result
}

/// The regularised incomplete beta function `I_x(a, b)`, by its continued fraction.
///
/// - Source: Abramowitz and Stegun (1964), 26.5.8; the fraction is evaluated from the front (Lentz, 1976).
private func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  if x <= 0 { return 0 }
  if x >= 1 { return 1 }
  // the fraction is fast on this side of the mean only
  if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
  let front = exp(
    lgamma(a + b).0 - lgamma(a).0 - lgamma(b).0 + a * log(x) + b * log1p(-x))
  let tiny = 1e-300
  func kept(_ value: Double) -> Double { value.magnitude < tiny ? tiny : value }
  var c = 1.0
  var d = 1 / kept(1 - (a + b) * x / (a + 1))
  var fraction = d
  for m in 1...10_000 {
    let k = Double(m)
    for coefficient in [
      k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k)),
      -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1)),
    ] {
      d = 1 / kept(1 + coefficient * d)
      c = kept(1 + coefficient / c)
      fraction *= c * d
    }
    if (c * d - 1).magnitude < 1e-15 { break }
  }
  return front * fraction / a
}
