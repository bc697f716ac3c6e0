import RolloutSupport
import Testing

@testable import SGMRL

/// Policies that no longer learn are found, and those that learn are left in peace.
@Suite struct TrainingWatchTests {
  typealias Kind = TrainingFinding.Kind

  static let deviations = LogDeviations(block: "b", places: [2, 3], floor: -13.8)
  static let start = [3.0, 4, 0, -1]

  /// What is found in epochs, by their numbers, and where training ends.
  private func observe(
    _ deviations: LogDeviations? = deviations, start: [Double] = start,
    epochs: [(gradient: [Double], after: [Double], lacksSignal: Bool, rewardsAreEqual: Bool)]
  ) -> (kinds: [Int: [Kind]], divergedIn: Int?, reason: String?) {
    let watch = TrainingWatch(deviations, start: start)
    var (health, before) = (TrainingHealth(), start)
    var kinds: [Int: [Kind]] = [:]
    for (number, epoch) in epochs.enumerated() {
      // through its text, as a run that goes on has it
      health = TrainingHealth(health.state) ?? TrainingHealth()
      let (findings, divergence) = watch.observe(
        TrainingWatch.Epoch(
          number: number, gradient: epoch.gradient, before: before, after: epoch.after,
          lacksSignal: epoch.lacksSignal, rewardsAreEqual: epoch.rewardsAreEqual), &health)
      if let divergence { return (kinds, number, divergence) }
      if !findings.isEmpty { kinds[number] = findings.map(\.kind) }
      #expect(findings.allSatisfy { $0.epoch == number && $0.message.hasSuffix(".") })
      before = epoch.after
    }
    return (kinds, nil, nil)
  }

  private func states(_ parameters: [[Double]]) -> [Int: [Kind]] {
    observe(epochs: parameters.map { ([1], $0, false, false) }).kinds
  }

  @Test func bothEndsOfDeviationsAndGrowthAreFoundOnce() {
    #expect(states([[3, 4, -4, -5], [30, 40, 4.9, 3.9]]).isEmpty)
    // at the floor, and above it again: each kind is said once
    #expect(
      states([[3, 4, 0, -13.8], [3, 4, 0, 0], [3, 4, -20, -20]]) == [0: [.deviationCollapsed]])
    // the floor is a fact, however near the start was
    let near = observe(
      LogDeviations(block: "b", places: [1], floor: -2), start: [1, -1.9],
      epochs: [([1], [1, -2], false, false)])
    #expect(near.kinds == [0: [.deviationCollapsed]])
    #expect(states([[3, 4, 0, -12]]) == [0: [.deviationCollapsed]])
    #expect(states([[3, 4, 5.1, -1]]) == [0: [.deviationExploded]])
    #expect(states([[3000, 4500, 0, -1]]) == [0: [.parametersGrew]])
    #expect(
      states([[1e10, 1e10, 9, -13.9]])
        == [0: [.deviationCollapsed, .deviationExploded, .parametersGrew]])
    // parameters that start at zero may grow to what others start from
    #expect(observe(nil, start: [0, 0], epochs: [([1], [10, 10], false, false)]).kinds.isEmpty)
  }

  @Test func zeroGradientThatNothingMovesIsDivergence() {
    let stuck = ([0.0, 0], Self.start, false, false)
    let found = observe(epochs: [stuck, stuck, stuck])
    #expect(found.divergedIn == 2 && found.kinds.isEmpty)
    #expect(found.reason?.contains("exactly zero for 3 epochs") == true)
    // one epoch with a gradient in between begins the count anew
    let alive = ([0.0, 1e-300], Self.start, false, false)
    #expect(observe(epochs: [stuck, stuck, alive, stuck, stuck]).divergedIn == nil)
    // the likely cause stands in the reason
    let grown = [1e10, 1e10, 0, -14.0]
    let last = observe(epochs: (0..<4).map { _ in ([0], grown, false, false) })
    #expect(last.divergedIn == 2)
    for part in ["floor of -13.8", "1 of 2", "times their size"] {
      #expect(last.reason?.contains(part) == true, "\(last.reason ?? "")")
    }
  }

  @Test func momentumIsWaitedFor() {
    let places = (1...4).map { [3.0 + Double($0), 4, 0, -1] }
    let epochs = places.map { ([0.0], $0, false, false) } + [([0.0], places[3], false, false)]
    let found = observe(epochs: epochs)
    #expect(found.kinds == [2: [.gradientIsZero]])
    #expect(found.divergedIn == 4)
  }

  @Test func wantOfRewardsIsNoDivergence() {
    let silent = ([0.0], Self.start, true, false)
    #expect(observe(epochs: .init(repeating: silent, count: 9)).kinds == [2: [.signalIsZero]])
    let equal = ([0.0], Self.start, true, true)
    let found = observe(epochs: .init(repeating: equal, count: 9))
    #expect(found.kinds == [2: [.rewardsAreEqual]] && found.divergedIn == nil)
    // a constant return that is not normalised has a gradient of noise
    let noise = ([1.0], Self.start, false, true)
    #expect(observe(epochs: .init(repeating: noise, count: 9)).kinds == [2: [.rewardsAreEqual]])
  }

  @Test func stateOfHealthIsReadBack() {
    #expect(TrainingHealth(NamedArrays()) == TrainingHealth())
    for epochs in [[], [1, 2], [1, 2, -3], [1, 2, 0.5], [1, 2, .nan]] as [[Double]] {
      var state = NamedArrays()
      state["epochs"] = epochs
      #expect(TrainingHealth(state) == nil, "\(epochs)")
    }
    var state = NamedArrays()
    (state["epochs"], state["four"]) = ([1, 2, 3], [])
    #expect(TrainingHealth(state) == nil)
  }

  // MARK: Trainers

  /// A policy that acts on its own, whatever its parameters are.
  struct Deaf: Policy {
    let observationSize = 2
    let actionSize = 2
    let layout = ParameterLayout([("weight", 1, 3)])

    func initialParameters(using stream: inout RandomStream) -> [Double] { stream.normals(3) }

    func distribution(given observations: Variable) -> any ActionDistribution {
      let tape = observations.tape
      let zero = 0 * tape.parameter("weight").sum()
      return DiagonalGaussianDistribution(
        mean: tape.constant(Matrix(rows: observations.rows, columns: 2)) + zero,
        logStandardDeviation: tape.constant(Matrix(rows: 1, columns: 2)))
    }
  }

  private func trainer(
    _ policy: any Policy, _ tasks: any TaskDistribution = NearGoals(), isNormalized: Bool = true,
    outerStep: any OuterStep = Adam(stepSize: 0.001)
  ) -> Trainer {
    // without a score term, whose coefficient is a raw return
    var settings = NavigationProblem.settings(.maml)
    (settings.inner.isNormalized, settings.outer.isNormalized) = (isNormalized, isNormalized)
    return Trainer(
      policy: policy, tasks: tasks, settings: settings, taskCount: 3, outerStep: outerStep,
      seed: 7, threads: 1)
  }

  @Test(arguments: [true, false])
  func aPolicyWithoutGradientDiverges(isNormalized: Bool) async throws {
    let trainer = trainer(Deaf(), isNormalized: isNormalized)
    #expect(Deaf().logDeviations == nil)
    for _ in 0..<2 { #expect(try await trainer.runEpoch().gradientNorm == 0) }
    let state = await trainer.state
    #expect(state.health.deadEpochs == 2)
    // goes on from a state as if it had never stopped
    for one in [trainer, self.trainer(Deaf(), isNormalized: isNormalized)] {
      if await one.epoch == 0 { try await one.restore(state) }
      let error = await #expect(throws: TrainingError.self) { try await one.runEpoch() }
      #expect(error?.divergedInEpoch == 2)
      #expect(error?.description.contains("gradient has been exactly zero for 3 epochs") == true)
      #expect(await one.state == state)
    }
  }

  /// Equal rewards: there is nothing to learn yet, but sampling may still find something.
  @Test(arguments: [true, false])
  func equalRewardsAreFoundAndTrainingGoesOn(isNormalized: Bool) async throws {
    let tasks = RewardedTasks { _ in 1 }
    let trainer = trainer(NavigationProblem.policy, tasks, isNormalized: isNormalized)
    var kinds: [[Kind]] = []
    var copy: Trainer?
    for epoch in 0..<5 {
      if epoch == 2 {
        copy = self.trainer(NavigationProblem.policy, tasks, isNormalized: isNormalized)
        try await copy?.restore(await trainer.state)
      }
      let record = try await trainer.runEpoch()
      kinds.append(record.findings.map(\.kind))
      if isNormalized { #expect(record.gradientNorm == 0) }
      if epoch == 2 { #expect(try await copy?.runEpoch().findings == record.findings) }
    }
    #expect(kinds == [[], [], [.rewardsAreEqual], [], []])
  }

  /// Rewards of time alone: returns agree, though rewards differ.
  @Test func returnsThatAgreeAreFound() async throws {
    let trainer = trainer(NavigationProblem.policy, RewardedTasks { Double($0 * $0) })
    var kinds: [Kind] = []
    for _ in 0..<4 {
      let record = try await trainer.runEpoch()
      #expect(record.gradientNorm == 0)
      kinds += record.findings.map(\.kind)
    }
    #expect(kinds == [.signalIsZero])
  }

  @Test func trainingThatLearnsHasNoFindings() async throws {
    let (_, records) = try await NavigationProblem.train(epochs: 8)
    #expect(records.flatMap(\.findings).isEmpty)
  }

  @Test func policiesSayWhereTheirDeviationsAre() throws {
    let gaussian = GaussianNetworkPolicy(
      observationSize: 2, actionSize: 2, hiddenSizes: [3], standardDeviationFloor: 0.1)
    let block = try #require(gaussian.layout["logStandardDeviation"])
    let places = try #require(gaussian.logDeviations)
    #expect(places.places == Array(block.range) && abs(places.floor + 2.302585) < 1e-6)
    // the diagonal of the factor
    let full = FullCovarianceGaussianPolicy(observationSize: 2, actionSize: 3, hiddenSizes: [])
    let factor = try #require(full.layout["choleskyFactor"])
    #expect(full.logDeviations?.places == [0, 4, 8].map { factor.offset + $0 })
    var collapsed = [Double](repeating: 0, count: full.layout.count)
    collapsed[factor.offset + 4] = -41
    let diagnosis = Divergence.diagnosis(collapsed, full.layout, full.logDeviations)
    #expect(diagnosis?.contains("'choleskyFactor'") == true)
    #expect(SoftmaxPolicy(observationSize: 2, actionCount: 2).logDeviations == nil)
  }
}

/// Navigation whose reward depends on nothing but time.
struct RewardedTasks: TaskDistribution {
  var navigation = Navigation2D(actionScale: 0.01, horizon: 8)
  let reward: @Sendable (_ step: Int) -> Double

  init(_ reward: @escaping @Sendable (_ step: Int) -> Double) { self.reward = reward }

  var name: String { "rewarded" }
  var observationSpace: Space { navigation.observationSpace }
  var actionSpace: Space { navigation.actionSpace }
  var horizon: Int { navigation.horizon }

  func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    navigation.sampleTask(using: &stream)
  }

  func makeEnvironment(count: Int) -> any Environment {
    Rewarded(reward, navigation.makeEnvironment(count: count))
  }

  private final class Rewarded: Environment {
    let reward: @Sendable (Int) -> Double
    let base: any Environment
    var time = 0
    var count: Int { base.count }
    var task: TaskParameters {
      get { base.task }
      set { base.task = newValue }
    }

    init(_ reward: @escaping @Sendable (Int) -> Double, _ base: any Environment) {
      (self.reward, self.base) = (reward, base)
    }

    func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream) {
      time = 0
      base.reset(into: observations, using: stream)
    }

    func step(
      _ actions: MatrixView, observations: MutableMatrixView, result: inout StepResult,
      using stream: (Int) -> RandomStream
    ) {
      base.step(actions, observations: observations, result: &result, using: stream)
      for i in 0..<count { result.rewards[i] = reward(time) }
      time += 1
    }
  }
}
