import CLibrary
import Simulator

/// Factors `base^u` with `u` uniform in ±`spread`, one after the other.
func drawFactors(
  _ count: Int, base: Double, spread: Double, using stream: inout RandomStream
) -> [Double] {
  (0..<count).map { _ in
    CLibrary.pow(base, spread > 0 ? stream.uniform(in: -spread..<spread) : 0)
  }
}

extension PlanarModel {
  /// Refuses factors of masses and lengths that make no body.
  func requireFactors(_ factors: [Double]) throws(ModelError) {
    for (i, factor) in factors.enumerated() where !(factor > 0 && factor < 1e6) {
      throw ModelError(
        model: name, part: "factor \(i)", problem: "\(factor) is not between 0 and 1e6",
        advice: "factors multiply masses, lengths and other numbers of a body")
    }
  }
}

extension Geom {
  /// Multiplies the length, from the origin of the body's frame on, and the radius.
  mutating func stretch(length: Double, radius factor: Double = 1) {
    center *= length
    radius *= factor
    if case .capsule(let halfLength, let axis) = shape {
      shape = .capsule(halfLength: length * halfLength, axis: axis)
    }
  }
}
