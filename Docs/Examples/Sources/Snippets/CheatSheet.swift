import MetaTape

/// The code on the cheat-sheet.
enum CheatSheet {
  static func derivatives() {
    // snippet: derivatives
    let layout = ParameterLayout([("weight", 3, 2), ("bias", 1, 2)])
    let x = Matrix([[1, 2, 3], [4, 5, 6]])
    let loss = DifferentiableFunction(layout) { tape in
      let y = tape.constant(x).affine(
        weight: tape.parameter("weight"), bias: tape.parameter("bias"), activation: Tanh.self)
      return square(y).mean()
    }
    let point = [Double](repeating: 0.1, count: layout.count)
    let direction = [Double](repeating: 1, count: layout.count)
    let (value, gradient) = loss.valueWithGradient(at: point)
    let product = loss.hessianVectorProduct(at: point, direction: direction)
    let check = loss.check(at: point, direction: direction, other: gradient)
    // end snippet
    print(value, gradient, product, check)
  }

  static func spaces() {
    // snippet: spaces
    let actions: [Space] = [
      .box(low: [-1, 0], high: [1, 3]),  // bounds for each element
      .box(size: 2, in: -0.1...0.1),  // the same bounds for all
      .unbounded(size: 2),
      .discrete(3),  // one column that holds 0, 1 or 2
    ]
    // end snippet
    print(actions)
  }

  static func streams() {
    // snippet: streams
    var stream = RandomStream(
      seed: 1, purpose: .other, at: StreamPlace(epoch: 3, task: 7, episode: 2))
    let coin = stream.uniform() < 0.5
    let angle = stream.uniform(in: -Double.pi..<Double.pi)
    let noise = stream.normals(4)
    let face = stream.categorical([0.5, 0.3, 0.2])
    // end snippet
    print(coin, angle, noise, face)
  }

  static func estimators() {
    // snippet: estimators
    var mostlyUnbiased = Estimator.sgMRLJackknife
    mostlyUnbiased.scoreWeight = 0.02
    mostlyUnbiased.complement = LowVarianceCurvature()

    let mine = Estimator(
      name: "dice-sg-mrl", summary: "DiCE's Hessian with a summed score", jacobian: DiCE(),
      score: .sum)
    // end snippet
    print(mostlyUnbiased, mine)
  }

  static func settings() -> (MetaSettings, Adam) {
    // snippet: settings
    let normalized = Surrogate(
      signal: .advantages, gaeDecay: 0.997, isNormalized: true, average: .samples)
    let settings = MetaSettings(
      innerSteps: 1, innerStepSize: 0.1, innerEpisodes: 20, outerEpisodes: 20, discount: 0.99,
      inner: normalized, outer: Surrogate(signal: .centeredReturns), estimator: .sgMRLJackknife)
    let adam = Adam(stepSize: 0.001, decayTime: 50, clipping: 3)
    // end snippet
    return (settings, adam)
  }
}
