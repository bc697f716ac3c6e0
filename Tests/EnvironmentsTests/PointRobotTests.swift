import Environments
import Testing

@Suite struct PointRobotTests {
  /// Positions and rewards of one episode under given actions.
  private func run(
    _ tasks: some TaskDistribution, task: [Double], _ actions: [[Double]]
  ) -> [(position: [Double], reward: Double)] {
    let environment = tasks.makeEnvironment(count: 1)
    environment.task = task
    #expect(environment.start(columns: 2, using: streams()).elements == [0, 0])
    var result = StepResult(count: 1)
    return actions.map { action in
      let position = environment.advance(
        Matrix([action]), columns: 2, result: &result, using: streams())
      #expect(!result.terminated[0] && !result.truncated[0])
      return (position.elements, result.rewards[0])
    }
  }

  @Test func rewardIsPaidNearTheGoalAlone() {
    let steps = run(
      PointRobot(.goals), task: [0, 0.35], [[0, 0.1], [0, 0.5], [0.03, 0.1], [-0.4, 0]])
    let distances = [0.25, 0.15, (0.03 * 0.03 + 0.05 * 0.05).squareRoot(), 0.0]
    #expect(steps[0].reward == 0)
    #expect((steps[1].reward - (1 - distances[1])).magnitude < 1e-15)
    #expect((steps[2].reward - (1 - distances[2])).magnitude < 1e-15)
    // clipped to -0.1
    #expect((steps[3].position[0] + 0.07).magnitude < 1e-15)
  }

  @Test func edgeBelongsToTheGoal() {
    let near = run(PointRobot(.goals, radius: 0.25), task: [0.25, 0], [[0, 0]])
    #expect(near[0].reward == 0.75)
    let far = run(PointRobot(.goals, radius: 0.25.nextDown), task: [0.25, 0], [[0, 0]])
    #expect(far[0].reward == 0)
  }

  @Test func denseRewardIsTheDistance() {
    let tasks = PointRobot(.goals, reward: .dense, actionScale: 0.5)
    let steps = run(tasks, task: [1, 0], [[0.1, 0], [0.4, 0]])
    #expect((steps[0].reward + 0.95).magnitude < 1e-15)
    #expect((steps[1].reward + 0.85).magnitude < 1e-15)
    #expect(tasks.standingStillReward([1, 0]) == -1)
    #expect(PointRobot(.goals).standingStillReward([0, 1]) == 0)
  }

  /// 20,000 goals: their angle is uniform in 0...π, so its cosine has mean 0 and variance 1/2, and
  /// its sine mean 2/π. A right program fails at 5 standard errors, once in 1.7 million seeds for
  /// each of 2 numbers.
  @Test func goalsAreOnTheHalfCircle() {
    var (cosines, sines) = (0.0, 0.0)
    let count = 20_000
    for index in 0..<count {
      var stream = RandomStream(seed: 2, purpose: .tasks, at: StreamPlace(task: index))
      let goal = PointRobot(.goals).sampleTask(using: &stream)
      #expect(goal.count == 2 && goal[1] >= 0)
      #expect((goal[0] * goal[0] + goal[1] * goal[1] - 1).magnitude < 1e-14)
      (cosines, sines) = (cosines + goal[0], sines + goal[1])
    }
    let n = Double(count)
    #expect((cosines / n).magnitude < 5 * (0.5 / n).squareRoot())
    let mean = 2 / Double.pi
    #expect((sines / n - mean).magnitude < 5 * ((0.5 - mean * mean) / n).squareRoot())
  }

  @Test func windMovesThePointInEveryStep() throws {
    let tasks = PointRobot(.wind, horizon: 3)
    let steps = run(tasks, task: [-0.02, 0.03], [[0.1, 0], [0.5, 0], [0, 0]])
    #expect((steps[2].position[0] - (0.2 - 0.06)).magnitude < 1e-15)
    #expect((steps[2].position[1] - 0.09).magnitude < 1e-15)
    let (dx, dy) = (steps[2].position[0] - 1, steps[2].position[1])
    #expect(steps[2].reward == -(dx * dx + dy * dy).squareRoot())
    // standing still drifts
    let still = run(tasks, task: [-0.02, 0.03], [[0, 0], [0, 0], [0, 0]])
    let mean = still.reduce(0) { $0 + $1.reward } / 3
    #expect(try #require(tasks.standingStillReward([-0.02, 0.03])) == mean)
    for index in 0..<100 {
      var stream = RandomStream(seed: 2, purpose: .tasks, at: StreamPlace(task: index))
      #expect(tasks.sampleTask(using: &stream).allSatisfy { -0.05 <= $0 && $0 < 0.05 })
    }
  }

  @Test func cornersAreEquallyLikely() {
    let tasks = Navigation2D(goals: .corners)
    #expect(tasks.name == "navigation-2d-corners")
    var counts: [[Double]: Int] = [:]
    for index in 0..<4000 {
      var stream = RandomStream(seed: 6, purpose: .tasks, at: StreamPlace(task: index))
      counts[tasks.sampleTask(using: &stream), default: 0] += 1
    }
    #expect(Set(counts.keys) == [[-0.5, -0.5], [-0.5, 0.5], [0.5, -0.5], [0.5, 0.5]])
    // five standard errors, sqrt(4000 · 3/16) = 27.4
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 137 })
  }
}
