import Foundation
import Policies
import Testing

@Suite("Policies")
struct PolicyTests {
  @Test("initial weights are Glorot-uniform, biases zero")
  func initialParameters() {
    let sizes = [17, 100, 100, 6]
    let policy = GaussianNetworkPolicy(
      observationSize: 17, actionSize: 6, initialLogStandardDeviation: -0.25)
    var stream = RandomStream(seed: 1, purpose: .initialParameters)
    let blocks = policy.layout.matrices(of: policy.initialParameters(using: &stream))
    for k in 0..<3 {
      let bound = (6 / Double(sizes[k] + sizes[k + 1])).squareRoot()
      let weight = blocks["weight\(k)"]?.elements ?? []
      #expect(weight.count == sizes[k] * sizes[k + 1])
      #expect(weight.allSatisfy { $0.magnitude <= bound })
      // uniform in ± bound: the variance is bound²/3, that of the square is 4 bound⁴/45;
      // false-alarm rate 1e-6 each
      let n = Double(weight.count)
      #expect((weight.reduce(0, +) / n).magnitude < 4.9 * bound / (3 * n).squareRoot())
      let square = dot(weight, weight) / n
      #expect(
        (square - bound * bound / 3).magnitude < 4.9 * bound * bound * (4 / 45 / n).squareRoot())
      #expect(blocks["bias\(k)"]?.elements == [Double](repeating: 0, count: sizes[k + 1]))
    }
    #expect(blocks["logStandardDeviation"]?.elements == [Double](repeating: -0.25, count: 6))
    let full = FullCovarianceGaussianPolicy(observationSize: 2, actionSize: 2, hiddenSizes: [3])
    #expect(full.initialParameters(using: &stream).suffix(4) == [0, 0, 0, 0])
  }

  @Test("the paper's policy is the default: two hidden layers of 100 with ReLU")
  func defaults() {
    let policy = GaussianNetworkPolicy(observationSize: 2, actionSize: 2)
    #expect(policy.network.sizes == [2, 100, 100, 2] && policy.network.activation == .relu)
    #expect(policy.initialLogStandardDeviation == 0 && policy.standardDeviationFloor == 1e-6)
    #expect(
      policy.layout.blocks.map(\.name)
        == ["weight0", "bias0", "weight1", "bias1", "weight2", "bias2", "logStandardDeviation"])
    #expect(policy.layout.count == 2 * 100 + 100 + 100 * 100 + 100 + 100 * 2 + 2 + 2)
  }

  @Test("below its floor the standard deviation is the floor, with derivative zero")
  func floor() {
    let policy = GaussianNetworkPolicy(
      observationSize: 1, actionSize: 2, hiddenSizes: [], standardDeviationFloor: 0.1)
    // mean 0; one log standard deviation below log 0.1 = -2.3, one above
    let values = [0.0, 0, 0, 0, -5, -1]
    let function = DifferentiableFunction(policy.layout) { tape in
      policy.distribution(given: tape.constant(Matrix([[1]])))
        .logProbability(of: tape.constant(Matrix([[0.2, 0.3]])))
    }
    let (value, gradient) = function.valueWithGradient(at: values)
    let deviation = Foundation.exp(-1.0)
    let z = [0.2 / 0.1, 0.3 / deviation]
    let expected =
      -0.5 * dot(z, z) - Foundation.log(0.1) + 1 - Foundation.log(2 * Double.pi)
    #expect((value - expected).magnitude < 1e-14)
    #expect(gradient[4] == 0)
    #expect((gradient[5] - (z[1] * z[1] - 1)).magnitude < 1e-14)
    let product = function.hessianVectorProduct(at: values, direction: [0, 0, 0, 0, 1, 1])
    #expect(product[4] == 0)
    #expect((product[5] + 2 * z[1] * z[1]).magnitude < 1e-14)
    // the mean of the first component still has the floor's curvature
    let mean = function.hessianVectorProduct(at: values, direction: [0, 0, 1, 0, 0, 0])
    #expect((mean[2] + 100).magnitude < 1e-11)
  }

  @Test("samples have the floor's deviation too")
  func sampledFloor() {
    let policy = GaussianNetworkPolicy(
      observationSize: 1, actionSize: 1, hiddenSizes: [], standardDeviationFloor: 0.5)
    let parameters = Parameters(policy.layout)
    parameters.value = [0, 0, -100]
    var actions = Matrix(rows: 10, columns: 1)
    Matrix(rows: 10, columns: 1).withView { observations in
      actions.withMutableView { actions in
        ActionSampler(policy, parameters).sample(observations, into: actions) {
          RandomStream(seed: 1, purpose: .actions, at: StreamPlace(episode: $0))
        }
      }
    }
    for row in 0..<10 {
      var stream = RandomStream(seed: 1, purpose: .actions, at: StreamPlace(episode: row))
      #expect((actions[row, 0] - 0.5 * stream.normal()).magnitude < 1e-15)
    }
  }

  @Test("a network's derivatives pass the checker", arguments: ActivationFunction.allCases)
  func derivatives(_ activation: ActivationFunction) {
    let policy = FullCovarianceGaussianPolicy(
      observationSize: 3, actionSize: 2, hiddenSizes: [4, 4], activation: activation)
    var stream = RandomStream(seed: 2, purpose: .other)
    let observations = Matrix(rows: 5, columns: 3, elements: stream.normals(15))
    let actions = Matrix(rows: 5, columns: 2, elements: stream.normals(10))
    let function = DifferentiableFunction(policy.layout) { tape in
      policy.distribution(given: tape.constant(observations))
        .logProbability(of: tape.constant(actions))
    }
    let point = stream.normals(policy.layout.count).map { 0.5 * $0 }
    // a small step, so that no argument of ReLU crosses zero
    let check = function.check(
      at: point, direction: stream.normals(point.count), other: stream.normals(point.count),
      step: activation == .relu ? 1e-5 : 1e-3)
    #expect(check.passes(), "\(check)")
  }

  @Test("impossible sizes end the program")
  func sizes() async {
    await #expect(processExitsWith: .failure) {
      _ = GaussianNetworkPolicy(observationSize: 0, actionSize: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = GaussianNetworkPolicy(observationSize: 1, actionSize: 1, standardDeviationFloor: 0)
    }
  }
}
