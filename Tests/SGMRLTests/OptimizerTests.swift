import Foundation
import RolloutSupport
import SGMRL
import Testing

@Suite struct OptimizerTests {
  static let gradients = (0..<6).map { normals(5, seed: UInt64(10 + $0)) }

  @Test func gradientAscentAddsTheGradient() {
    var optimizer = Optimizer(.gradientAscent, stepSize: 0.25)
    var parameters = [1.0, 2, 3, 4, 5]
    var expected = parameters
    for gradient in Self.gradients {
      optimizer.step(&parameters, along: gradient)
      expected = zip(expected, gradient).map { $0 + 0.25 * $1 }
    }
    #expect(distance(parameters, expected) < 1e-14)
    #expect(optimizer.stepCount == 6)
  }

  /// Algorithm 1 of Kingma and Ba with the sign of an ascent.
  @Test func adamFollowsItsAlgorithm() {
    var optimizer = Optimizer(.adam, stepSize: 0.01)
    var parameters = [1.0, 2, 3, 4, 5]
    var expected = parameters
    var m = [Double](repeating: 0, count: 5)
    var v = m
    for (t, gradient) in Self.gradients.enumerated() {
      optimizer.step(&parameters, along: gradient)
      for i in 0..<5 {
        m[i] = 0.9 * m[i] + 0.1 * gradient[i]
        v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i]
        let mean = m[i] / (1 - pow(0.9, Double(t + 1)))
        let square = v[i] / (1 - pow(0.999, Double(t + 1)))
        expected[i] += 0.01 * mean / (square.squareRoot() + 1e-8)
      }
      #expect(distance(parameters, expected) < 1e-14)
    }
    #expect(distance(optimizer.firstMoment, m) < 1e-15)
    #expect(distance(optimizer.secondMoment, v) < 1e-15)
    #expect(optimizer.stepCount == 6)
  }

  @Test func stepSizesDecayHarmonically() {
    var ascent = Optimizer(.gradientAscent, stepSize: 0.25, decayTime: 2)
    var position = [0.0]
    for size in [0.25, 0.25 / 1.5, 0.125, 0.1] {
      let before = position[0]
      ascent.step(&position, along: [8])
      #expect(abs(position[0] - before - 8 * size) < 1e-15)
    }
    // Adam's moments do not depend on the step size
    var constant = Optimizer(.adam, stepSize: 0.01)
    var adam = Optimizer(.adam, stepSize: 0.01, decayTime: 2)
    for (t, gradient) in Self.gradients.enumerated() {
      var (whole, less) = ([Double](repeating: 0, count: 5), [Double](repeating: 0, count: 5))
      constant.step(&whole, along: gradient)
      adam.step(&less, along: gradient)
      #expect(distance(whole.map { $0 / (1 + Double(t) / 2) }, less) < 1e-16)
    }
  }

  /// A gradient like the earlier ones is taken whole, a longer one as if it had the greatest length.
  @Test func adamShortensWhatIsMuchLongerThanBefore() {
    var (plain, clipped) = (
      Optimizer(.adam, stepSize: 0.01), Optimizer(.adam, stepSize: 0.01, clipping: 3)
    )
    var (expected, parameters) = ([1.0, 2, 3, 4, 5], [1.0, 2, 3, 4, 5])
    for gradient in Self.gradients {
      plain.step(&expected, along: gradient)
      clipped.step(&parameters, along: gradient)
    }
    #expect(parameters == expected)
    // the weights of Adam's mean, without the common factor
    let weights = Self.gradients.indices.reversed().map { pow(0.999, Double($0)) }
    let squares = zip(weights, Self.gradients).reduce(0) { sum, pair in
      sum + pair.0 * pair.1.reduce(0) { $0 + $1 * $1 }
    }
    let usual = (squares / weights.reduce(0, +)).squareRoot()
    let long = Self.gradients[0].map { 1e6 * $0 }
    let length = long.reduce(0) { $0 + $1 * $1 }.squareRoot()
    clipped.step(&parameters, along: long)
    plain.step(&expected, along: long.map { $0 * 3 * usual / length })
    #expect(distance(parameters, expected) < 1e-12)
    // the first gradient has none before it, and zeros do not say what is long
    for first in [[0, 0, 0, 0, 0], long] {
      var fresh = Optimizer(.adam, stepSize: 0.01, clipping: 3)
      fresh.step(&parameters, along: first)
      let before = fresh.firstMoment
      fresh.step(&parameters, along: long)
      let taken = zip(fresh.firstMoment, before).map { ($0 - 0.9 * $1) / 0.1 }
      #expect(relativeError(taken, long) < 1e-12)
    }
  }

  @Test func adamsFirstStepHasTheStepSizeInEachCoordinate() {
    var optimizer = Optimizer(.adam, stepSize: 0.01)
    var parameters = [0.0, 0, 0]
    optimizer.step(&parameters, along: [3, -0.02, 0])
    // up to the 1e-8 beside the root
    #expect(distance(parameters, [0.01, -0.01, 0]) < 1e-8)
  }

  @Test(arguments: Optimizer.Method.allCases) func stepsGoUphill(_ method: Optimizer.Method) {
    var optimizer = Optimizer(method, stepSize: 0.05)
    var x = [2.0, -1]
    func height(_ x: [Double]) -> Double { -(x[0] * x[0]) - 3 * (x[1] - 1) * (x[1] - 1) }
    let start = height(x)
    for _ in 0..<200 { optimizer.step(&x, along: [-2 * x[0], -6 * (x[1] - 1)]) }
    #expect(start < -10)
    #expect(height(x) > -0.01)
  }
}
