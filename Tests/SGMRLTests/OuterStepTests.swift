import Foundation
import MessagePassing
import RolloutSupport
import SGMRL
import Testing

@Suite struct OuterStepTests {
  static let gradients = (0..<6).map { normals(5, seed: UInt64(10 + $0)) }

  @Test func gradientAscentAddsTheGradient() {
    var step = GradientAscent(stepSize: 0.25)
    var parameters = [1.0, 2, 3, 4, 5]
    var expected = parameters
    for gradient in Self.gradients {
      step.step(&parameters, along: gradient)
      expected = zip(expected, gradient).map { $0 + 0.25 * $1 }
    }
    #expect(distance(parameters, expected) < 1e-14)
    #expect(step.stepCount == 6)
  }

  /// Algorithm 1 of Kingma and Ba with the sign of an ascent.
  @Test func adamFollowsItsAlgorithm() {
    var step = Adam(stepSize: 0.01)
    var parameters = [1.0, 2, 3, 4, 5]
    var expected = parameters
    var m = [Double](repeating: 0, count: 5)
    var v = m
    for (t, gradient) in Self.gradients.enumerated() {
      step.step(&parameters, along: gradient)
      for i in 0..<5 {
        m[i] = 0.9 * m[i] + 0.1 * gradient[i]
        v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i]
        let mean = m[i] / (1 - pow(0.9, Double(t + 1)))
        let square = v[i] / (1 - pow(0.999, Double(t + 1)))
        expected[i] += 0.01 * mean / (square.squareRoot() + 1e-8)
      }
      #expect(distance(parameters, expected) < 1e-14)
    }
    #expect(distance(step.firstMoment, m) < 1e-15)
    #expect(distance(step.secondMoment, v) < 1e-15)
    #expect(step.stepCount == 6)
  }

  @Test func stepSizesDecayHarmonically() {
    var ascent = GradientAscent(stepSize: 0.25, decayTime: 2)
    var position = [0.0]
    for size in [0.25, 0.25 / 1.5, 0.125, 0.1] {
      let before = position[0]
      ascent.step(&position, along: [8])
      #expect(abs(position[0] - before - 8 * size) < 1e-15)
    }
    // Adam's moments do not depend on the step size
    var constant = Adam(stepSize: 0.01)
    var adam = Adam(stepSize: 0.01, decayTime: 2)
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
      Adam(stepSize: 0.01), Adam(stepSize: 0.01, clipping: 3)
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
      var fresh = Adam(stepSize: 0.01, clipping: 3)
      fresh.step(&parameters, along: first)
      let before = fresh.firstMoment
      fresh.step(&parameters, along: long)
      let taken = zip(fresh.firstMoment, before).map { ($0 - 0.9 * $1) / 0.1 }
      #expect(relativeError(taken, long) < 1e-12)
    }
  }

  @Test func adamsFirstStepHasTheStepSizeInEachCoordinate() {
    var step = Adam(stepSize: 0.01)
    var parameters = [0.0, 0, 0]
    step.step(&parameters, along: [3, -0.02, 0])
    // up to the 1e-8 beside the root
    #expect(distance(parameters, [0.01, -0.01, 0]) < 1e-8)
  }

  @Test func stepsGoUphill() {
    var (ascent, adam) = (GradientAscent(stepSize: 0.05), Adam(stepSize: 0.05))
    func slope(_ x: [Double]) -> [Double] { [-2 * x[0], -6 * (x[1] - 1)] }
    func height(_ x: [Double]) -> Double { -(x[0] * x[0]) - 3 * (x[1] - 1) * (x[1] - 1) }
    var (x, y) = ([2.0, -1], [2.0, -1])
    #expect(height(x) < -10)
    for _ in 0..<200 {
      ascent.step(&x, along: slope(x))
      adam.step(&y, along: slope(y))
    }
    #expect(height(x) > -0.01 && height(y) > -0.01)
  }

  @Test func statesAreRestored() throws {
    let layout = ParameterLayout([("x", 1, 5)])
    var (adam, other) = (Adam(stepSize: 0.01, clipping: 3), Adam(stepSize: 0.01, clipping: 3))
    var point = [1.0, 2, 3, 4, 5]
    for gradient in Self.gradients { adam.step(&point, along: gradient) }
    try other.restore(adam.state, layout: layout)
    #expect(other.state == adam.state && other.summary == adam.summary)
    #expect(throws: TrainingError.self) {
      try other.restore(adam.state, layout: ParameterLayout([("x", 1, 4)]))
    }
    #expect(throws: TrainingError.self) { try other.restore(NamedArrays(), layout: layout) }
    #expect(other.state == adam.state)
    var ascent = GradientAscent(stepSize: 0.1, decayTime: 3)
    ascent.step(&point, along: Self.gradients[0])
    var again = GradientAscent(stepSize: 0.1, decayTime: 3)
    try again.restore(ascent.state, layout: layout)
    #expect(again.stepCount == 1)
    #expect(again.summary != GradientAscent(stepSize: 0.1).summary)
  }
}
