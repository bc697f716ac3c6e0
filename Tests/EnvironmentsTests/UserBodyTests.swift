import Environments
import Foundation
import Testing

/// Tasks of a body from a file: rewards against their formulas, ends, and what is refused.
@Suite struct UserBodyTests {
  /// A cart on a rail with a pole of 0.5 m, upright in the authored pose.
  static let cart = """
    <mujoco model="cart"><option timestep="0.01"/>
    <worldbody><body name="cart"><joint name="x" type="slide" axis="1 0 0"/>
    <geom name="cart" type="sphere" size="0.1"/>
    <body name="pole"><joint name="hinge" type="hinge" axis="0 1 0"/>
    <geom name="pole" type="capsule" size="0.02" fromto="0 0 0 0 0 0.5"/></body></body></worldbody>
    <actuator><motor joint="x" gear="20" ctrlrange="-1 1"/></actuator></mujoco>
    """

  /// Plays some steps with constant actions, and returns observations, rewards and ends.
  private func play(
    _ tasks: any TaskDistribution, task: TaskParameters, steps: Int
  ) -> (observations: [[Double]], rewards: [Double], ended: [Bool]) {
    let environment = tasks.makeEnvironment(count: 1)
    environment.task = task
    var observations = Matrix(rows: 1, columns: tasks.observationSpace.columns)
    var result = StepResult(count: 1)
    var (seen, rewards, ended) = ([[Double]](), [Double](), [Bool]())
    let stream = RandomStream(seed: 1, purpose: .environment)
    observations.withMutableView { environment.reset(into: $0) { _ in stream } }
    seen.append(observations.elements)
    let actions = Matrix(rows: 1, columns: 1, elements: [0.7])
    for _ in 0..<steps {
      observations.withMutableView { view in
        actions.withView {
          environment.step($0, observations: view, result: &result) { _ in stream }
        }
      }
      seen.append(observations.elements)
      rewards.append(result.rewards[0])
      ended.append(result.terminated[0])
    }
    return (seen, rewards, ended)
  }

  private func withCart(_ body: (UserBody) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("cart-\(UUID().uuidString).xml")
    try Data(Self.cart.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    var options = UserBody()
    (options.model, options.settings.controlCost, options.startNoise) = (file.path, 0.1, 0.01)
    try body(options)
  }

  @Test(arguments: UserBody.Reward.allCases)
  func rewardsAreTheirFormulas(reward: UserBody.Reward) throws {
    try withCart { options in
      var options = options
      (options.reward, options.part) = (reward, reward == .velocity ? "cart" : "pole")
      let tasks = try options.makeTasks(horizon: 10)
      let task: TaskParameters =
        switch reward {
        case .forward, .upright: []
        case .direction: [-1]
        case .velocity: [0.3]
        case .reach: [0.1, 0.4]
        }
      #expect(tasks.objection(to: task) == nil)
      let (seen, rewards, _) = play(tasks, task: task, steps: 6)
      // two physics steps of 0.01 s; the pole's end is 0.5 m above the cart when upright
      func tip(_ o: [Double]) -> SIMD2<Double> {
        options.part == "cart" ? SIMD2(o[0], 0) : SIMD2(o[0] + 0.5 * sin(o[1]), 0.5 * cos(o[1]))
      }
      for step in rewards.indices {
        let (before, after) = (tip(seen[step]), tip(seen[step + 1]))
        let velocity = (after.x - before.x) / 0.02
        let expected =
          switch reward {
          case .forward: velocity
          case .direction: -velocity
          case .velocity: -abs(velocity - 0.3)
          case .upright: cos(seen[step + 1][1])
          case .reach:
            -((after.x - 0.1) * (after.x - 0.1) + (after.y - 0.4) * (after.y - 0.4)).squareRoot()
          }
        #expect(abs(rewards[step] - (expected - 0.1 * 0.49)) < 1e-12, "step \(step)")
      }
      #expect(tasks.observationSpace.columns == (reward == .reach ? 6 : 4))
    }
  }

  @Test func aBodyThatFallsEndsItsEpisode() throws {
    try withCart { options in
      var options = options
      (options.part, options.greatestPitch, options.settings.health.reward) = ("pole", 0.2, 3)
      options.reward = .forward
      let tasks = try options.makeTasks(horizon: 200)
      let (seen, rewards, ended) = play(tasks, task: [], steps: 100)
      let end = try #require(ended.firstIndex(of: true))
      #expect(abs(seen[end + 1][1]) >= 0.2 && seen[1...end].allSatisfy { abs($0[1]) < 0.2 })
      // the last step does not pay for standing
      let tips = seen.map { state -> Double in state[0] + 0.5 * sin(state[1]) }
      let velocities = (0...end).map { step -> Double in (tips[step + 1] - tips[step]) / 0.02 }
      for step in 0...end {
        let bonus = step < end ? 3.0 : 0
        #expect(abs(rewards[step] - (velocities[step] - 0.049 + bonus)) < 1e-11)
      }
    }
  }

  @Test func anotherFileThanThatOfARunIsRefused() throws {
    try withCart { options in
      let taken = try #require(options.text(of: "model-fingerprint"))
      #expect(taken.count == 16)
      // what was taken is not read again
      try Data(Self.cart.replacing("0.5\"", with: "0.7\"").utf8)
        .write(to: URL(fileURLWithPath: options.model))
      #expect(options.text(of: "model-fingerprint") == taken)
      var run = options
      let isSet = run.set("model-fingerprint", to: .scalar(taken))
      #expect(isSet)
      #expect(throws: ConfigurationError.self) { _ = try run.makeTasks(horizon: 5) }
      try Data(Self.cart.utf8).write(to: URL(fileURLWithPath: options.model))
      _ = try run.makeTasks(horizon: 5)
      // comments and white space are no change
      try Data(Self.cart.replacing("<worldbody>", with: "<!-- a cart -->\n  <worldbody>").utf8)
        .write(to: URL(fileURLWithPath: options.model))
      _ = try run.makeTasks(horizon: 5)
      try Data(Self.cart.replacing("0.5\"", with: "0.6\"").utf8)
        .write(to: URL(fileURLWithPath: options.model))
      #expect(throws: ConfigurationError.self) { _ = try run.makeTasks(horizon: 5) }
      // choosing a model anew takes what is there
      let isChosen = run.set("model", to: .scalar(options.model))
      #expect(isChosen)
      _ = try run.makeTasks(horizon: 5)
    }
  }

  @Test func whatCannotBeTrainedIsRefused() throws {
    var options = UserBody()
    let isHorse = options.set("model", to: .scalar("horse"))
    #expect(!isHorse)
    options.model = "/proc/none.xml"
    #expect(throws: ConfigurationError.self) { _ = try options.makeTasks(horizon: 5) }
    try withCart { options in
      var options = options
      options.part = "wheel"
      #expect(throws: ConfigurationError.self) { _ = try options.makeTasks(horizon: 5) }
      options.part = ""
      let bare = Self.cart.replacing(/<actuator>.*<\/actuator>/, with: "")
      try Data(bare.utf8).write(to: URL(fileURLWithPath: options.model))
      let isChosen = options.set("model", to: .scalar(options.model))
      #expect(isChosen)
      #expect(throws: ConfigurationError.self) { _ = try options.makeTasks(horizon: 5) }
    }
  }
}
