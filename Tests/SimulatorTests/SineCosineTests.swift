import Foundation
import Testing

@testable import Simulator

@Suite struct SineCosineTests {
  /// The error in units of the last place of the true value, against extended precision.
  private func largestError(_ range: ClosedRange<Double>, count: Int, seed: UInt64) -> Double {
    var random = SeededGenerator(seed)
    var largest = 0.0
    for _ in 0..<count / Lanes.width {
      var x = Lanes.zero
      for lane in 0..<Lanes.width { x[lane] = .random(in: range, using: &random) }
      let (sine, cosine) = sineCosine(x)
      for lane in 0..<Lanes.width {
        largest = max(largest, ulps(sine[lane], ofSineOf: x[lane]))
        largest = max(largest, ulps(cosine[lane], ofCosineOf: x[lane]))
      }
    }
    return largest
  }

  #if arch(x86_64)
  private func ulps(_ value: Double, ofSineOf x: Double) -> Double {
    let exact = sin(Float80(x))
    return abs(Double((Float80(value) - exact) / Float80(Double(exact).ulp)))
  }

  private func ulps(_ value: Double, ofCosineOf x: Double) -> Double {
    let exact = cos(Float80(x))
    return abs(Double((Float80(value) - exact) / Float80(Double(exact).ulp)))
  }
  #else
  private func ulps(_ value: Double, ofSineOf x: Double) -> Double {
    abs(value - sin(x)) / sin(x).ulp
  }

  private func ulps(_ value: Double, ofCosineOf x: Double) -> Double {
    abs(value - cos(x)) / cos(x).ulp
  }
  #endif

  @Test(arguments: [1e-3, 0.8, 4, 100, 1e5])
  func withinOneUlp(size: Double) {
    #expect(largestError(-size...size, count: 400_000, seed: 21) <= 1)
  }

  @Test func specialValues() {
    let x = Lanes(0, -0.0, .infinity, .nan, .pi / 2, -.pi, 1e-300, .leastNonzeroMagnitude)
    let (sine, cosine) = sineCosine(x)
    #expect(sine[0] == 0 && cosine[0] == 1)
    #expect(sine[1] == 0 && cosine[1] == 1)
    #expect(sine[2].isNaN && cosine[2].isNaN && sine[3].isNaN && cosine[3].isNaN)
    #expect(sine[4] == 1)
    #expect(abs(cosine[4] - 6.123233995736766e-17) < 1e-32)
    #expect(cosine[5] == -1)
    #expect(sine[6] == 1e-300 && sine[7] == .leastNonzeroMagnitude)
  }

  /// Close to multiples of pi/2 the reduction must not lose digits.
  @Test func nearMultiplesOfAQuarterTurn() {
    var largest = 0.0
    for k in stride(from: -2000, through: 2000, by: 8) {
      var x = Lanes.zero
      for lane in 0..<Lanes.width { x[lane] = Double(k + lane) * (.pi / 2) }
      let (sine, cosine) = sineCosine(x)
      for lane in 0..<Lanes.width where x[lane] != 0 {
        largest = max(largest, ulps(sine[lane], ofSineOf: x[lane]))
        largest = max(largest, ulps(cosine[lane], ofCosineOf: x[lane]))
      }
    }
    #expect(largest <= 1)
  }
}
