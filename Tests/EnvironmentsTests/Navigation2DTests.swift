import Environments
import Testing

@Suite struct Navigation2DTests {
  /// Positions, rewards and ends of one episode under given actions.
  private func run(
    _ settings: Navigation2D, goal: [Double], _ actions: [[Double]]
  ) -> [(position: [Double], reward: Double, terminated: Bool)] {
    let environment = settings.makeEnvironment(count: 1)
    environment.task = goal
    let start = environment.start(columns: 2, using: streams())
    #expect(start.elements == [0, 0])
    var result = StepResult(count: 1)
    return actions.map { action in
      let position = environment.advance(
        Matrix([action]), columns: 2, result: &result, using: streams())
      return (position.elements, result.rewards[0], result.terminated[0])
    }
  }

  @Test func defaultsAreThePapers() {
    let settings = Navigation2D()
    #expect(settings.reward == .negativeSquaredDistance)
    #expect(!settings.clipsPosition)
    #expect(!settings.terminatesAtGoal)
    #expect(settings.actionScale == 1)
    #expect(settings.horizon == 100)
    #expect(settings.name == "navigation-2d")
  }

  @Test(arguments: Navigation2D.Reward.allCases)
  func rewardIsThatOfThePositionAfterTheStep(_ reward: Navigation2D.Reward) {
    let steps = run(
      Navigation2D(reward: reward), goal: [0.3, -0.4], [[0.1, 0], [0, -0.05], [-0.02, 0.01]])
    var position = [0.0, 0.0]
    for (step, action) in zip(steps, [[0.1, 0], [0, -0.05], [-0.02, 0.01]]) {
      position = [position[0] + action[0], position[1] + action[1]]
      let (dx, dy) = (position[0] - 0.3, position[1] + 0.4)
      let squared = dx * dx + dy * dy
      #expect(step.position == position)
      #expect(step.reward == (reward == .negativeDistance ? -squared.squareRoot() : -squared))
    }
  }

  @Test func actionsAreClippedToATenthInEachCoordinate() {
    let steps = run(Navigation2D(), goal: [0, 0], [[5, -0.03], [-0.3, 0.11], [0.1, -0.1]])
    #expect(steps[0].position == [0.1, -0.03])
    #expect(steps[1].position == [0, -0.03 + 0.1])
    #expect(steps[2].position == [0.1, -0.03 + 0.1 - 0.1])
  }

  @Test func actionScaleComesBeforeClipping() {
    let settings = Navigation2D(actionScale: 0.01)
    let steps = run(settings, goal: [0, 0], [[5, -1], [20, -11]])
    #expect(steps[0].position == [0.05, -0.01])
    #expect(steps[1].position == [0.05 + 0.1, -0.01 - 0.1])
    #expect(settings.actionSpace == .box(size: 2, in: -10...10))
    #expect(Navigation2D().actionSpace == .box(size: 2, in: -0.1...0.1))
  }

  @Test(arguments: [true, false]) func positionIsClippedOnRequest(clips: Bool) {
    let settings = Navigation2D(clipsPosition: clips)
    let steps = run(
      settings, goal: [0.5, 0], [[Double]](repeating: [0.1, -0.1], count: 8))
    #expect((steps[7].position == [0.5, -0.5]) == clips)
    // eight steps of 0.1 leave the square
    #expect((steps[7].position[0] > 0.79) == !clips)
    #expect(
      settings.observationSpace == (clips ? .box(size: 2, in: -0.5...0.5) : .unbounded(size: 2)))
    let dx = steps[7].position[0] - 0.5
    #expect(steps[7].reward == -(dx * dx + steps[7].position[1] * steps[7].position[1]))
  }

  @Test(arguments: [true, false]) func endsWithinAHundredthInEachCoordinate(ends: Bool) {
    let settings = Navigation2D(terminatesAtGoal: ends)
    // goals beside the position (0.1, 0) after one step
    for (goal, isNear) in [
      ([0.1095, 0.0], true), ([0.1105, 0], false), ([0.0905, 0], true), ([0.0895, 0], false),
      ([0.1, 0.0095], true), ([0.1, -0.0105], false),
      // a hundredth holds for each coordinate, not for the distance
      ([0.1095, 0.0095], true), ([0.1095, 0.0105], false),
    ] {
      #expect(run(settings, goal: goal, [[0.1, 0]])[0].terminated == (ends && isNear))
    }
  }

  /// `-E|goal|² = -1/6`, and `-E|goal| = -(√2 + ln(1 + √2)) / 6`, the mean distance of a point of
  /// the unit square from its centre.
  ///
  /// 20,000 goals with fixed streams; a right program fails at 5 standard errors, that is once in
  /// 1.7 million seeds for each reward.
  @Test(
    arguments: [
      (Navigation2D.Reward.negativeSquaredDistance, -1.0 / 6),
      (.negativeDistance, -0.382597858232106),
    ])
  func standingStillScoresTheYardstick(_ reward: Navigation2D.Reward, _ yardstick: Double) {
    let settings = Navigation2D(reward: reward)
    let environment = settings.makeEnvironment(count: 1)
    var result = StepResult(count: 1)
    var (sum, squares) = (0.0, 0.0)
    let count = 20_000
    for task in 0..<count {
      var stream = RandomStream(seed: 8, purpose: .tasks, at: StreamPlace(task: task))
      let goal = settings.sampleTask(using: &stream)
      #expect(goal.allSatisfy { $0 >= -0.5 && $0 < 0.5 })
      environment.task = goal
      _ = environment.start(columns: 2, using: streams())
      _ = environment.advance(Matrix([[0, 0]]), columns: 2, result: &result, using: streams())
      sum += result.rewards[0]
      squares += result.rewards[0] * result.rewards[0]
    }
    let mean = sum / Double(count)
    let error = ((squares / Double(count) - mean * mean) / Double(count)).squareRoot()
    #expect((mean - yardstick).magnitude < 5 * error)
    #expect(error < 2e-3)
  }

  @Test func horizonIsThatOfTheSettings() {
    #expect(Navigation2D(horizon: 7).horizon == 7)
  }
}
