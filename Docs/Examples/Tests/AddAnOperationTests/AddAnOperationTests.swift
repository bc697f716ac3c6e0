import AddAnOperation
import MetaTape
import Testing

// snippet: check
/// Checks a function of a block `x: [3, 4]` in random directions.
func check(_ operation: @escaping (Variable) -> Variable) -> DerivativeCheck {
  let function = DifferentiableFunction(ParameterLayout([("x", 3, 4)])) { tape in
    operation(tape.parameter("x"))
  }
  var stream = RandomStream(seed: 1, purpose: .other)
  return function.check(
    at: stream.normals(12), direction: stream.normals(12), other: stream.normals(12))
}

@Test func operationsHaveTheDerivativesTheyState() {
  for operation: (Variable) -> Variable in [
    { $0.map(Swish.self) }, { $0.runningSum() }, { $0.squaredNorm() },
    // inside a larger function, where a rule meets other adjoints
    { exp(-$0.runningSum().map(Swish.self).squaredNorm()) * $0.squaredNorm() },
  ] {
    let check = check(operation)
    #expect(check.passes(), "\(check)")
  }
}
// end snippet

// snippet: wrong
/// Swish with a wrong second derivative.
enum WrongSwish: ElementwiseFunction {
  static func value<S: TapeScalar>(_ x: S) -> S { Swish.value(x) }
  static func firstDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { Swish.firstDerivative(x, y) }
  static func secondDerivative<S: TapeScalar>(_ x: S, _ y: S) -> S { y }
}

@Test func aWrongRuleIsFound() {
  let check = check { $0.map(WrongSwish.self) }
  #expect(!check.passes())
  #expect(check.tangentError < 1e-8)
  #expect(check.secondOrderError > 1e-3)
}
// end snippet

@Test func thePolicysLogProbabilityIsDifferentiatedTwice() {
  let policy = SkipPolicy(observationSize: 3, actionSize: 2, hiddenSize: 5)
  var stream = RandomStream(seed: 2, purpose: .other)
  let observations = Matrix(rows: 7, columns: 3, elements: stream.normals(21))
  let actions = Matrix(rows: 7, columns: 2, elements: stream.normals(14))
  let function = DifferentiableFunction(policy.layout) { tape in
    policy.distribution(given: tape.constant(observations))
      .logProbability(of: tape.constant(actions))
  }
  let count = policy.layout.count
  let check = function.check(
    at: policy.initialParameters(using: &stream), direction: stream.normals(count),
    other: stream.normals(count))
  #expect(check.passes(), "\(check)")
}

// snippet: precision
@Test func singlePrecisionAgrees() {
  func derivatives(_ precision: Precision) -> [Double] {
    let function = DifferentiableFunction(ParameterLayout([("x", 3, 4)]), precision: precision) {
      let x = $0.parameter("x")
      return (exp(-x.runningSum().map(Swish.self).squaredNorm()) * x.squaredNorm()).sum()
    }
    var stream = RandomStream(seed: 1, purpose: .other)
    let (point, direction) = (stream.normals(12), stream.normals(12))
    return function.gradient(at: point)
      + function.hessianVectorProduct(at: point, direction: direction)
  }
  #expect(relativeError(derivatives(.single), derivatives(.double)) < 1e-5)
}
// end snippet

@Test(arguments: Estimator.presets.map(\.name), Precision.allCases)
func everyEstimatorTrainsThePolicy(name: String, precision: Precision) async throws {
  let estimator = try #require(Estimator.preset(name))
  let tasks = Navigation2D(horizon: 10)
  let policy = SkipPolicy(observationSize: 2, actionSize: 2, hiddenSize: 8)
  let settings = MetaSettings(
    innerSteps: 2, innerStepSize: 0.01, innerEpisodes: 4, outerEpisodes: 4, estimator: estimator,
    precision: precision)
  func trained(threads: Int) async throws -> [Double] {
    let trainer = Trainer(
      policy: policy, tasks: tasks, settings: settings, taskCount: 3,
      outerStep: Adam(stepSize: 0.01), seed: 3, threads: threads)
    for _ in 0..<3 { _ = try await trainer.runEpoch() }
    return await trainer.parameters
  }
  let parameters = try await trained(threads: 1)
  #expect(parameters.allSatisfy { $0.isFinite })
  let others = try await trained(threads: 2)
  #expect(others == parameters)
  let test = try await MetaTest(
    policy: policy, parameters: parameters, distribution: tasks, settings: settings, taskCount: 4,
    steps: 2, seed: 3, threads: 2)
  #expect(test.undiscounted(after: 2).mean.isFinite)
}
