import Environments
import Testing

/// A process with three states and two actions.
func process(_ scale: Double = 1) -> TabularMDP {
  do {
    return try TabularMDP(
      initial: [0.5, 0.2, 0.3],
      transition: [
        [[0.1, 0.6, 0.3], [0.25, 0.25, 0.5]],
        [[0.7, 0.2, 0.1], [0.05, 0.05, 0.9]],
        [[0.3, 0.3, 0.4], [0, 0.4, 0.6]],
      ],
      reward: [[1, -1], [0.5, 2], [-0.25, 0]].map { $0.map { $0 * scale } })
  } catch { preconditionFailure("\(error)") }
}

@Suite struct TabularMDPTests {
  /// Each mistake, with the field that the message has to name.
  static let mistakes: [(field: String, initial: [Double], p: [[[Double]]], r: [[Double]])] = [
    ("initial", [0.5, 0.6], valid, rewards),
    ("initial", [1.5, -0.5], valid, rewards),
    ("initial", [.nan, 1], valid, rewards),
    ("transition", [0.5, 0.5], Array(valid.dropLast()), rewards),
    ("transition", [0.5, 0.5], [valid[0], Array(valid[1].dropLast())], rewards),
    ("transition[1][0]", [0.5, 0.5], [valid[0], [[1, 0, 0], [0, 1]]], rewards),
    ("transition[1][0]", [0.5, 0.5], [valid[0], [[0.5, 0.4], [0, 1]]], rewards),
    ("transition[0][1]", [0.5, 0.5], [[[1, 0], [2, -1]], valid[1]], rewards),
    ("transition[0][1]", [0.5, 0.5], [[[1, 0], [.infinity, 0]], valid[1]], rewards),
    ("reward", [0.5, 0.5], valid, [[1, 2]]),
    ("reward", [0.5, 0.5], valid, [[1, 2], [1]]),
    ("reward[1][0]", [0.5, 0.5], valid, [[1, 2], [.nan, 2]]),
    ("state", [], [], rewards),
    ("action", [0.5, 0.5], [[], []], [[], []]),
  ]
  static let valid = [[[1.0, 0], [0.5, 0.5]], [[0.2, 0.8], [0, 1]]]
  static let rewards = [[1.0, 2], [3, 4]]

  @Test(arguments: mistakes.indices) func errorNamesTheField(_ index: Int) {
    let mistake = Self.mistakes[index]
    let error = #expect(throws: TabularMDP.ValidationError.self) {
      try TabularMDP(initial: mistake.initial, transition: mistake.p, reward: mistake.r)
    }
    #expect(error?.description.contains(mistake.field) == true, "\(String(describing: error))")
  }

  @Test func nearlyDeterministicProcesses() throws {
    var stream = RandomStream(seed: 1, purpose: .tasks)
    let process = TabularMDP.random(
      states: 20, actions: 5, concentration: 0.001, rewards: 0..<1, using: &stream)
    // valid by the checks of the initialiser
    let checked = try TabularMDP(
      initial: process.initial, transition: process.transition, reward: process.reward)
    #expect(checked == process && process.initial[0] == 1)
    let rows = process.transition.flatMap(\.self)
    #expect(rows.count == 100 && rows.filter { ($0.max() ?? 0) > 0.99 }.count > 80)
    #expect(process.reward.flatMap(\.self).allSatisfy { $0 >= 0 && $0 < 1 })
  }

  @Test func probabilitiesMaySumToOneUpToRounding() throws {
    let third = 1.0 / 3
    let process = try TabularMDP(
      initial: [third, third, 1 - 2 * third + 5e-10],
      transition: [[[third, third, third]], [[1, 0, 0]], [[0, 0, 1]]],
      reward: [[0], [0], [0]])
    #expect(process.stateCount == 3)
    #expect(process.actionCount == 1)
  }

  /// Frequencies of starts and transitions against their probabilities, by a chi-square test.
  ///
  /// Two degrees of freedom for the start and for each of five rows of transitions, one for the row
  /// with a probability of zero: the statistic is compared with the 1 - 1e-6 quantile of 13 degrees,
  /// so a right program fails once in a million seeds.
  @Test func frequenciesFollowTheProbabilities() {
    let process = process()
    let (count, steps) = (2000, 20)
    let environment = TabularTasks([process], horizon: steps).makeEnvironment(count: count)
    environment.task = [0]
    func states(_ observations: Matrix) -> [Int] {
      (0..<count).map { i in
        #expect(observations.row(i).reduce(0, +) == 1)
        return observations.row(i).firstIndex(of: 1) ?? -1
      }
    }
    var current = states(environment.start(columns: 3, using: streams(seed: 21)))
    var starts = [Double](repeating: 0, count: 3)
    for state in current { starts[state] += 1 }
    var transitions = [[[Double]]](
      repeating: [[Double]](repeating: [0, 0, 0], count: 2), count: 3)
    var result = StepResult(count: count)
    for step in 1...steps {
      let actions = Matrix((0..<count).map { [Double(($0 + step) % 2)] })
      let next = states(
        environment.advance(
          actions, columns: 3, result: &result, using: streams(seed: 21, step: step)))
      for i in 0..<count {
        let action = (i + step) % 2
        transitions[current[i]][action][next[i]] += 1
        #expect(result.rewards[i] == process.reward[current[i]][action])
      }
      current = next
    }
    var statistic = Self.chiSquare(starts, process.initial)
    for s in 0..<3 {
      for a in 0..<2 { statistic += Self.chiSquare(transitions[s][a], process.transition[s][a]) }
    }
    #expect(statistic < 52.747)
  }

  private static func chiSquare(_ counts: [Double], _ probabilities: [Double]) -> Double {
    let total = counts.reduce(0, +)
    return zip(counts, probabilities).reduce(0) { sum, pair in
      let expected = total * pair.1
      guard expected > 0 else {
        #expect(pair.0 == 0, "an impossible transition happened")
        return sum
      }
      return sum + (pair.0 - expected) * (pair.0 - expected) / expected
    }
  }

  @Test func tasksAreTheIndicesOfTheProcesses() {
    let tasks = TabularTasks([process(), process(2)], horizon: 5)
    #expect(tasks.name == "tabular")
    #expect(tasks.horizon == 5)
    #expect(tasks.observationSpace == .box(size: 3, in: 0...1))
    #expect(tasks.actionSpace == .discrete(2))
    var stream = RandomStream(seed: 4, purpose: .tasks)
    let drawn = (0..<50).map { _ in tasks.sampleTask(using: &stream) }
    #expect(Set(drawn) == [[0], [1]])
  }

  @Test func processOfTheTaskGivesTheRewards() {
    let tasks = TabularTasks([process(), process(2)], horizon: 5)
    let environment = tasks.makeEnvironment(count: 1)
    var rewards: [Double] = []
    for task in 0..<2 {
      environment.task = [Double(task)]
      _ = environment.start(columns: 3, using: streams())
      var result = StepResult(count: 1)
      _ = environment.advance(Matrix([[1]]), columns: 3, result: &result, using: streams(step: 1))
      rewards.append(result.rewards[0])
    }
    #expect(rewards[1] == 2 * rewards[0])
  }
}
