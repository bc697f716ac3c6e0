import CLibrary

/// The quantile of the standard normal distribution, by bisection of `erfc`.
///
/// - Precondition: `0 < p < 1`.
package func normalQuantile(_ p: Double) -> Double {
  var (low, high) = (-40.0, 40.0)
  while true {
    let middle = (low + high) / 2
    if middle <= low || middle >= high { return middle }
    if erfc(-middle / 2.squareRoot()) / 2 < p { low = middle } else { high = middle }
  }
}
