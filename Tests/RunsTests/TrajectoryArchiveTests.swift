import Foundation
import RunSupport
import Runs
import Simulator
import Testing

@Suite struct TrajectoryArchiveTests {
  static func test(_ preset: String) async throws -> (MetaTest, Experiment) {
    let experiment = try Experiment(SmallRun.configuration(preset))
    var stream = RandomStream(seed: 5, purpose: .initialParameters)
    let parameters = experiment.policy.initialParameters(using: &stream)
    let test = try await experiment.metaTest(parameters, threads: 2, keepsTrajectories: true)
    return (test, experiment)
  }

  /// NumPy finds every episode where the offsets say, to the bit.
  @Test(
    .enabled(if: Python.isThere, "METATAPE_PYTHON does not name a Python with numpy"))
  func numpyReadsEveryEpisode() async throws {
    let (test, experiment) = try await Self.test("half-cheetah-direction.published-code")
    try await withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("episodes.npz")
      try TrajectoryArchive.encode(test, experiment).write(to: url)
      let words = try Python.words(
        """
        import sys, numpy
        with numpy.load(sys.argv[1], allow_pickle=False) as file:
            assert file["schema_version"] == 1 and file["action_scale"] == 0.1
            assert file["task_parameters"].shape == (2, 1)
            offsets = file["offsets"]
            assert offsets.dtype == numpy.int64 and len(offsets) == 13
            assert len(file["rewards"]) == offsets[-1]
            # the observation is the state without the first position
            states = numpy.concatenate([file["qpos"], file["qvel"]], axis=1)
            assert numpy.array_equal(states[:, 1:], file["observations"])
            for task in range(2):
                for steps in range(2):
                    chosen = (file["episode_task"] == task) & (file["episode_steps"] == steps)
                    for episode in numpy.flatnonzero(chosen):
                        rows = slice(offsets[episode], offsets[episode + 1])
                        for name in ["observations", "actions", "rewards", "qpos", "qvel"]:
                            print(file[name][rows].tobytes().hex())
        """, url.path)
      var expected: [String] = []
      for batch in test.returns.flatMap({ $0.compactMap(\.trajectories) }) {
        let states = try #require(batch.states)
        for episode in 0..<batch.episodeCount {
          let rows = batch.rows(ofEpisode: episode)
          expected += [
            Self.hex(rows.flatMap(batch.observations.row)),
            Self.hex(rows.flatMap(batch.actions.row)),
            Self.hex(rows.map { batch.rewards[$0] }),
            Self.hex(rows.flatMap { states.row($0).prefix(9) }),
            Self.hex(rows.flatMap { states.row($0).suffix(9) }),
          ]
        }
      }
      #expect(expected.count == 60)
      #expect(words == expected.map { $0[...] })
    }
  }

  static func hex(_ numbers: [Double]) -> String {
    numbers.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
      .map { String(format: "%02x", $0) }.joined()
  }

  /// From its first state and its actions, every episode follows to the bit.
  @Test(arguments: ["half-cheetah-direction", "swimmer-velocity"])
  func statesAndActionsReplayAnEpisode(task: String) async throws {
    let (test, experiment) = try await Self.test("\(task).published-code")
    let isCheetah = task.hasPrefix("half")
    let model = try CompiledModel(isCheetah ? .halfCheetah : .swimmer)
    let size = model.dofCount
    let scale = experiment.tasks.actionScale
    for batch in test.returns.flatMap({ $0.compactMap(\.trajectories) }) {
      let states = try #require(batch.states)
      #expect(
        batch.stateParts == [StatePart("qpos", size: size), StatePart("qvel", size: size)])
      let simulation = BatchSimulation(model: model, count: 1)
      for episode in 0..<batch.episodeCount {
        let rows = batch.rows(ofEpisode: episode)
        let start = states.row(rows.lowerBound)
        simulation.reset(
          environment: 0, qpos: Array(start.prefix(size)), qvel: Array(start.suffix(size)))
        for row in rows {
          #expect(
            simulation.qpos(environment: 0) + simulation.qvel(environment: 0) == states.row(row))
          simulation.step(
            controls: batch.actions.row(row).map { scale * $0 }, frames: isCheetah ? 5 : 4)
        }
      }
    }
  }

  @Test func environmentsWithoutStatesHaveNone() async throws {
    let (test, experiment) = try await Self.test("navigation-2d.published-code")
    #expect(test.returns.joined().allSatisfy { $0.trajectories?.states == nil })
    let archive = try TrajectoryArchive.encode(test, experiment)
    #expect(archive.range(of: Data("observations.npy".utf8)) != nil)
    #expect(archive.range(of: Data("qpos.npy".utf8)) == nil)
  }
}
