import Findings
import Foundation
import Testing

/// Documents that a program makes without the command.
@Suite struct DocumentTests {
  private func expectRoundTrip<Kind: Document>(_ document: Kind) throws {
    let data = try document.json()
    #expect(try Kind(json: data).json() == data)
  }

  private func tabular() throws -> Configuration {
    try #require(Catalog.standard.configuration(preset: "tabular.random"))
  }

  @Test func aPlanIsMeasured() async throws {
    var configuration = try tabular()
    configuration.outer.tasks = 2
    configuration.horizon = 3
    let plan = try await TrainingForecast(Experiment(configuration), threads: 1)
    #expect(plan.samplesPerEpoch > 0 && plan.secondsPerEpoch > 0 && plan.peakMemoryBytes > 0)
    try expectRoundTrip(plan)
  }

  /// Single precision changes meta-gradients, but by far less than sampling does.
  @Test(arguments: ["maml", "sg-mrl-leave-one-out"])
  func precisionsAreComparedAlongATraining(estimator: String) async throws {
    var configuration = try tabular()
    configuration.choose(estimator: estimator)
    configuration.outer.tasks = 4
    func report(tolerance: Double, threads: Int) async throws -> PrecisionReport {
      try await PrecisionReport(
        configuration, checkpoints: 3, interval: 2, tolerance: tolerance, threads: threads)
    }
    let found = try await report(tolerance: 1e-4, threads: 1)
    #expect(found.passed && found.checkpoints.map(\.epoch) == [0, 2, 4])
    for point in found.checkpoints {
      #expect(point.difference > 0 && point.samplingError > 0 && point.gradientNorm > 0)
      #expect(point.relativeDifference == point.difference / point.samplingError)
    }
    #expect(found.largest == found.checkpoints.map(\.relativeDifference).max())
    // what passes depends on the tolerance, and nothing on the threads
    let strict = try await report(tolerance: found.largest / 2, threads: 2)
    #expect(!strict.passed && strict.largest == found.largest)
    try expectRoundTrip(found)
  }

  /// The sampling error of a mean over independent chains falls with the root of their number.
  @Test func theSamplingErrorIsThatOfTheMean() async throws {
    let experiment = try Experiment(try tabular())
    func error(chains: Int) async throws -> Double {
      try await PrecisionComparison(
        policy: experiment.policy, parameters: experiment.initialParameters,
        tasks: experiment.tasks, settings: experiment.settings, chains: chains, seed: 3
      ).samplingError
    }
    let ratio = try await error(chains: 100) / error(chains: 1600)
    #expect(ratio > 3 && ratio < 5, "\(ratio)")
  }

  @Test func statesOfASimulation() throws {
    let model = try #require(try KnownModel("swimmer"))
    let actions = [[0.5, -0.5], [1, -1]]
    let report = try SimulationReport(
      model, name: "swimmer", actions: actions, steps: 2, environments: 2, seed: 4)
    #expect(report.rows.count == 4 && report.columns.count == report.rows[0].count)
    #expect(report.values("ctrl") == [[0.5, -0.5], [0.5, -0.5], [1, -1], [1, -1]])
    #expect(report.values("qpos")[0] != report.values("qpos")[1])
    #expect(report.csv.split(separator: "\n").count == 5)
    try expectRoundTrip(report)
    #expect(try KnownModel("nothing") == nil)
  }

  /// Work is done in warm-up and in each round; the median and quartiles are those of the rounds.
  @Test func workIsTimedInRounds() async throws {
    var times = [9.0, 9, 5, 1, 3, 2, 4].makeIterator()
    let work = TimedWork(["x"], amount: ("steps", 6)) { [times.next() ?? 0] }
    let report = try await BenchmarkReport(work, rounds: 5, warmUp: 2)
    #expect(report.timings[0].median == 3 && report.timings[0].quartiles == [2, 4])
    #expect(report.timings[0].perSecond == 2 && report.rounds == 5)
    try expectRoundTrip(report)
  }

  /// Along one direction, every estimator is set beside the same measurement; a given vector is scaled, and
  /// all meta-batches count.
  @Test func slopesAlongOneDirection() async throws {
    var sampling = StudySampling()
    (sampling.metaBatches, sampling.learningMetaBatches) = (6, 0)
    (sampling.ascentStep, sampling.ascentTasks) = (0.1, 4)
    func slopes() async throws -> [StudyOutcome.Ascent] {
      try await StudyOutcome(
        try tabular(), estimators: ["maml", "lvc"], sampling: sampling
      ).rows.compactMap(\.ascent)
    }
    let own = try await slopes()
    #expect(own[0].discountedSlope != own[1].discountedSlope)
    sampling.along = "maml"
    let shared = try await slopes()
    #expect(shared[0].discountedSlope == own[0].discountedSlope)
    #expect(shared[1].discountedSlope == own[0].discountedSlope)
    #expect(shared[0].promisedSlope == own[0].promisedSlope)
    #expect(shared[1].promisedSlope != own[1].promisedSlope)
    let count = try Experiment(try tabular()).policy.layout.count
    sampling.alongVector = (0..<count).map { $0 == 0 ? 1 : 0 }
    let unit = try await slopes()
    sampling.alongVector = (0..<count).map { $0 == 0 ? 10 : 0 }
    let long = try await slopes()
    #expect(unit[1].promisedSlope == long[1].promisedSlope)
    #expect(unit[0].discountedSlope == unit[1].discountedSlope)
  }

  @Test func studiesSayWhatTheyCannotDo() async throws {
    var configuration = try tabular()
    var sampling = StudySampling()
    sampling.reference = "maml"
    let biased = await #expect(throws: ConfigurationError.self) {
      try await StudyOutcome(configuration, estimators: ["maml"], sampling: sampling)
    }
    #expect(biased?.description.contains("'maml' is not") == true)
    let unknown = await #expect(throws: ConfigurationError.self) {
      try await StudyOutcome(configuration, estimators: ["sgmrl"], sampling: StudySampling())
    }
    #expect(unknown?.description.contains("there are sg-mrl") == true)
    configuration.outer.chains = 2
    let chains = await #expect(throws: StudyOutcome.UnsuitableError.self) {
      try await StudyOutcome(configuration, estimators: ["maml"], sampling: StudySampling())
    }
    #expect(chains?.description.contains("outer.chains=1") == true)
  }
}
