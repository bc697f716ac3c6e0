import MetaTape

/// A cart on a line that is to come to rest at a goal.
///
/// | action | meaning | bounds |
/// |---|---|---|
/// | 0 | acceleration | ±1 |
///
/// | observation | meaning |
/// |---|---|
/// | 0, 1 | position and velocity |
///
/// - Reward: `-(position - goal)² - 0.1 velocity²`, after the step.
/// - Start: at rest at the origin.
/// - Task: the goal, uniform in -1 ... 1.
struct CartTasks: TaskDistribution, TaskOptions {
  /// The fraction of the velocity that a step takes away.
  var friction = 0.1
  var horizon = 20

  let name = "cart"
  let summary = "A cart on a line that is to come to rest at a goal"
  // snippet: fields
  var fields: [Field<Self>] {
    [.number("friction", "The fraction of velocity lost in each step.", \.friction, 0...1)]
  }
  // end snippet

  func makeTasks(horizon: Int) -> any TaskDistribution {
    var tasks = self
    tasks.horizon = horizon
    return tasks
  }

  var observationSpace: Space { .unbounded(size: 2) }
  var actionSpace: Space { .box(size: 1, in: -1...1) }

  func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    [stream.uniform(in: -1..<1)]
  }

  func goal(of task: TaskParameters) -> String { "stop at \(task[0])" }

  func makeEnvironment(count: Int) -> any Environment {
    BatchedEnvironment(Cart(friction: friction), count: count, observationSize: 2)
  }
}

private struct Cart: SingleEnvironment {
  let friction: Double
  private var (position, velocity, goal) = (0.0, 0.0, 0.0)

  init(friction: Double) { self.friction = friction }

  mutating func reset(task: TaskParameters, using stream: inout RandomStream) -> [Double] {
    (position, velocity, goal) = (0, 0, task[0])
    return [position, velocity]
  }

  mutating func step(_ action: [Double], using stream: inout RandomStream) -> Transition {
    let acceleration = min(max(action[0], -1), 1)
    velocity = (1 - friction) * velocity + 0.1 * acceleration
    position += 0.1 * velocity
    let miss = position - goal
    return Transition(
      observation: [position, velocity], reward: -miss * miss - 0.1 * velocity * velocity)
  }
}
