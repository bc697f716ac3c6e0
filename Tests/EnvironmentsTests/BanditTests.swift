import Environments
import Testing

@Suite struct BanditTests {
  @Test func tasksAreMeansOfArms() {
    for kind in [Bandits.Kind.bernoulli, .gaussian] {
      let tasks = Bandits(kind, arms: 7)
      #expect(tasks.name == "\(kind.rawValue)-bandit")
      #expect(tasks.actionSpace == .discrete(7) && tasks.observationSpace.columns == 1)
      var stream = RandomStream(seed: 5, purpose: .tasks)
      let task = tasks.sampleTask(using: &stream)
      #expect(task.count == 7 && task.allSatisfy { 0 <= $0 && $0 < 1 })
      #expect(tasks.objection(to: task) == nil)
      #expect(tasks.objection(to: [0.5])?.contains("each of 7 arms") == true)
    }
    #expect(Bandits(.bernoulli, arms: 2).objection(to: [0.5, 1.5])?.contains("1.5") == true)
    #expect(Bandits(.gaussian, arms: 2).objection(to: [0.5, 1.5]) == nil)
  }

  /// 20,000 pulls of each arm. A right program fails at 5 standard errors, once in 1.7 million seeds
  /// for each of 10 numbers.
  @Test(arguments: [Bandits.Kind.bernoulli, .gaussian])
  func armsPayAsTheirMeansSay(_ kind: Bandits.Kind) {
    let tasks = Bandits(kind, arms: 3, standardDeviation: 0.5)
    let (means, count) = ([0.1, 0.5, 0.9], 20_000)
    for (arm, mean) in means.enumerated() {
      let environment = tasks.makeEnvironment(count: count)
      environment.task = means
      #expect(environment.start(columns: 1, using: streams()).elements.allSatisfy { $0 == 1 })
      var result = StepResult(count: count)
      let actions = Matrix(rows: count, columns: 1, repeating: Double(arm))
      let after = environment.advance(
        actions, columns: 1, result: &result, using: streams(step: 1))
      #expect(after.elements.allSatisfy { $0 == 1 } && !result.terminated.contains(true))
      let rewards = result.rewards
      if kind == .bernoulli { #expect(Set(rewards) == [0, 1]) }
      let n = Double(count)
      let variance = kind == .bernoulli ? mean * (1 - mean) : 0.25
      let found = rewards.reduce(0, +) / n
      #expect((found - mean).magnitude < 5 * (variance / n).squareRoot())
      if kind == .gaussian {
        let spread = rewards.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
        // the variance of a square of a Gaussian is 2 σ⁴
        #expect((spread - variance).magnitude < 5 * (2 * variance * variance / n).squareRoot())
      }
    }
  }

  @Test func referencesAreTheBestArmAndTheMeanArm() throws {
    let tasks = Bandits(.bernoulli, arms: 4, horizon: 6)
    let returns = try #require(tasks.referenceReturns(of: [0.25, 0.75, 0.5, 0]))
    #expect(returns == ReferenceReturns(best: 4.5, uniform: 6 * 0.375))
    #expect(tasks.referenceReturns(of: [2, 0, 0, 0]) == nil)
  }
}

@Suite struct RandomProcessesTests {
  private func task(_ tasks: RandomProcesses, _ index: Int) -> TaskParameters {
    var stream = RandomStream(seed: 3, purpose: .tasks, at: StreamPlace(task: index))
    return tasks.sampleTask(using: &stream)
  }

  @Test func processesAreThoseOfTheirSeeds() throws {
    let tasks = RandomProcesses()
    let process = try tasks.process(of: task(tasks, 0))
    #expect(process == (try tasks.process(of: task(tasks, 0))))
    #expect(process != (try tasks.process(of: task(tasks, 1))))
    #expect(process.stateCount == 10 && process.actionCount == 5)
    #expect(process.initial == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    #expect(process.rewardNoise == .gaussian(standardDeviation: 1))
    #expect(try RandomProcesses(rewardDeviation: 0).process(of: [4]).rewardNoise == .none)
    for wrong in [[], [-1], [0.5], [0x1p53], [1, 2]] {
      #expect(tasks.objection(to: wrong)?.contains("whole number") == true)
    }
  }

  /// 2,000 processes: means of rewards with mean 1 and variance 1, transitions of a flat Dirichlet
  /// distribution with mean 1/n and variance (n - 1) / (n² (n + 1)). A right program fails at 5
  /// standard errors, once in 1.7 million seeds for each of 4 numbers.
  @Test func numbersHaveTheirDistributions() throws {
    let tasks = RandomProcesses(states: 3, actions: 2)
    var (rewards, chances) = ([Double](), [Double]())
    for index in 0..<2000 {
      let process = try tasks.process(of: task(tasks, index))
      rewards += process.reward.joined()
      chances += process.transition.map { $0[0][1] }
    }
    func check(_ values: [Double], mean: Double, variance: Double, fourth: Double) {
      let n = Double(values.count)
      let found = values.reduce(0, +) / n
      #expect((found - mean).magnitude < 5 * (variance / n).squareRoot())
      let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
      #expect(
        (spread - variance).magnitude < 5 * ((fourth - variance * variance) / n).squareRoot())
    }
    check(rewards, mean: 1, variance: 1, fourth: 3)
    // an element of a flat Dirichlet distribution of 3 is a beta variable (1, 2): its fourth
    // central moment is 1/135
    check(chances, mean: 1.0 / 3, variance: 1.0 / 18, fourth: 1.0 / 135)
  }
}

@Suite struct TabularReturnsTests {
  /// All policies that may depend on the step, one after the other.
  @Test func bestReturnIsThatOfTheBestOfAllPolicies() throws {
    var stream = RandomStream(seed: 9, purpose: .other)
    let random = TabularMDP.random(states: 3, actions: 2, rewards: -1..<1, using: &stream)
    let process = try TabularMDP(
      initial: [0.4, 0.6, 0], transition: random.transition, reward: random.reward, terminal: [2])
    let steps = 3
    var best = -Double.infinity
    for policy in 0..<(1 << (3 * steps)) {
      best = max(
        best,
        Self.expected(process, steps) { h, s in
          (policy >> (3 * h + s)) & 1 == 0 ? [1, 0] : [0, 1]
        })
    }
    #expect((process.bestReturn(steps: steps) - best).magnitude < 1e-14)
    let uniform = Self.expected(process, steps) { _, _ in [0.5, 0.5] }
    #expect((process.uniformReturn(steps: steps) - uniform).magnitude < 1e-14)
    #expect(uniform < best)
  }

  /// The expected return by the distribution of states, step by step.
  private static func expected(
    _ process: TabularMDP, _ steps: Int, _ policy: (Int, Int) -> [Double]
  ) -> Double {
    var (states, sum) = (process.initial, 0.0)
    for h in 0..<steps {
      var next = [Double](repeating: 0, count: states.count)
      for s in states.indices where !process.isTerminal[s] {
        for (a, p) in policy(h, s).enumerated() {
          sum += states[s] * p * process.reward[s][a]
          for t in next.indices { next[t] += states[s] * p * process.transition[s][a][t] }
        }
      }
      states = next
    }
    return sum
  }

  @Test func rewardsMustSuitTheirDistribution() throws {
    let process = try TabularMDP(initial: [1], transition: [[[1]]], reward: [[1.5]])
    #expect(throws: TabularMDP.ValidationError.self) { try process.with(rewardNoise: .bernoulli) }
    #expect(throws: TabularMDP.ValidationError.self) {
      try process.with(rewardNoise: .gaussian(standardDeviation: -1))
    }
    #expect(try process.with(rewardNoise: .gaussian(standardDeviation: 2)).reward == [[1.5]])
  }
}
