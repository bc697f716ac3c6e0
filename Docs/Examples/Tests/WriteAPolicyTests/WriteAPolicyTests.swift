import MetaTape
import Testing

@testable import WriteAPolicy

@Suite struct WriteAPolicyTests {
  let navigation = Navigation()

  @Test func logProbabilityIsDifferentiatedTwice() {
    let policy = navigation.policy
    var stream = RandomStream(seed: 1, purpose: .other)
    let observations = Matrix(rows: 6, columns: 2, elements: stream.normals(12))
    let actions = Matrix(rows: 6, columns: 2, elements: stream.normals(12))
    let function = DifferentiableFunction(policy.layout) { tape in
      policy.distribution(given: tape.constant(observations))
        .logProbability(of: tape.constant(actions))
    }
    let check = function.check(
      at: stream.normals(5), direction: stream.normals(5), other: stream.normals(5))
    #expect(check.passes(), "\(check)")
  }

  @Test func trainingTeachesToAdapt() async throws {
    let parameters = try await navigation.train(epochs: 40)
    let test = try await navigation.test(parameters)
    #expect(try #require(test.gain(after: 1).interval95).lowerBound > 0)
  }

  /// False-alarm rate 1e-3, seed 1, 3000 chains, at parameters close to trained ones.
  @Test func certificateTellsTheEstimatorsApart() async throws {
    var navigation = navigation
    navigation.tasks.horizon = 10
    let parameters = [0, 0, -0.5, -2.3, -2.3]
    let estimator = navigation.settings.estimator
    let right = try await navigation.certify(estimator, at: parameters, chains: 3000)
    #expect(right.passes && right.showsNoBias, "\(right.projections.map(\.z))")
    let maml = try await navigation.certify(.maml, at: parameters, chains: 3000)
    #expect(!maml.showsNoBias, "\(maml.projections.map(\.z))")
  }
}
