import MetaTape
import Testing

/// Programming errors, and the messages with which the library traps.
///
/// The checks hold in every build. `make examples` runs this in release, where the standard
/// library's checks trap without a message.
enum Mistake: String, CaseIterable, Codable, Sendable {
  case unknownName, nameTwice, productShapes, sumShapes, elementCount, parameterCount, gradientCount
  case wrongTape, staleVariable, staleValue, notANumber, tangentTooEarly, policySize
  case vectorsForIndices

  var sentence: String {
    switch self {
    case .unknownName: "There is no parameter block 'wieght'; there are: weight, bias."
    case .nameTwice: "The block 'weight' is defined twice."
    case .productShapes: "A matrix product needs equal inner sizes: [2, 3] and [2, 3]."
    case .sumShapes: "the shapes [2, 3] and [2, 2] cannot be broadcast together."
    case .elementCount: "A matrix of shape [2, 3] needs 6 elements, not 5."
    case .parameterCount: "The layout has 8 parameters, the vector 7."
    case .gradientCount: "3 parameters, but a gradient of 2 elements."
    case .wrongTape: "A variable of another tape cannot be used here."
    case .staleVariable: "The tape was reset after this variable was made."
    case .staleValue: "The tape was reset after this variable was made."
    case .notANumber: "A variable of shape [2, 3] is not a number."
    case .tangentTooEarly: "There are no tangents: run the tangent sweep first;"
    case .policySize: "The policy takes 2 observations and gives 3 actions; the tasks have 2 and 2."
    case .vectorsForIndices: "use a policy over indices, such as CategoricalNetworkPolicy"
    }
  }

  /// Makes the programming error.
  func make() {
    let parameters = Parameters(ParameterLayout([("weight", 2, 3), ("bias", 1, 2)]))
    let tape = Tape(parameters)
    let weight = tape.parameter("weight")
    switch self {
    case .unknownName: _ = tape.parameter("wieght")
    case .nameTwice: _ = ParameterLayout([("weight", 2, 3), ("weight", 1, 1)])
    case .productShapes: _ = weight.matrixProduct(weight)
    case .sumShapes: _ = weight + tape.constant(Matrix(rows: 2, columns: 2))
    case .elementCount: _ = Matrix(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5])
    case .parameterCount: parameters.value = [Double](repeating: 0, count: 7)
    case .gradientCount:
      var (adam, point) = (Adam(stepSize: 0.1), [1.0, 2.0, 3.0])
      adam.step(&point, along: [1, 2])
    case .wrongTape: _ = exp(Tape(parameters).parameter("weight")) + weight
    case .staleVariable:
      tape.reset()
      _ = exp(weight)
    case .staleValue:
      tape.reset()
      _ = weight.value
    case .notANumber: _ = weight.scalar
    case .tangentTooEarly: _ = weight.tangent
    case .policySize:
      train(GaussianNetworkPolicy(observationSize: 2, actionSize: 3), on: Navigation2D())
    case .vectorsForIndices:
      var stream = RandomStream(seed: 1, purpose: .tasks)
      let process = TabularMDP.random(states: 3, actions: 2, rewards: 0..<1, using: &stream)
      train(
        GaussianNetworkPolicy(observationSize: 3, actionSize: 1),
        on: TabularTasks([process], horizon: 4))
    }
  }

  private func train(_ policy: some Policy, on tasks: some TaskDistribution) {
    _ = Trainer(
      policy: policy, tasks: tasks, settings: MetaSettings(), taskCount: 2,
      outerStep: Adam(stepSize: 0.001), seed: 1, threads: 1)
  }
}

@Test(arguments: Mistake.allCases)
func aMistakeEndsWithItsSentence(mistake: Mistake) async throws {
  let result = await #expect(
    processExitsWith: .failure, observing: [\.standardErrorContent]
  ) { [mistake] in
    mistake.make()
  }
  let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
  #expect(text.contains(mistake.sentence), "\(text)")
}
