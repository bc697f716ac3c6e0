import SGMRL

/// What goes wrong in an environment.
enum Fault: Sendable {
  case rewardIsNaN
  case observationIsInfinite
  case startIsNaN
  /// The environment says that the episode's state is not usable.
  case failure
}

/// Navigation with a fault at one step of some episodes of every batch.
struct FaultyTasks: TaskDistribution {
  let fault: Fault
  let episodes: Set<Int>
  var step = 3
  var navigation = Navigation2D(horizon: 8)

  var name: String { "faulty" }
  var observationSpace: Space { navigation.observationSpace }
  var actionSpace: Space { navigation.actionSpace }
  var horizon: Int { navigation.horizon }

  func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    navigation.sampleTask(using: &stream)
  }

  func makeEnvironment(count: Int) -> any Environment {
    Faulty(self, navigation.makeEnvironment(count: count))
  }

  private final class Faulty: Environment {
    let settings: FaultyTasks
    let base: any Environment
    var time = 0
    var count: Int { base.count }
    var task: TaskParameters {
      get { base.task }
      set { base.task = newValue }
    }

    init(_ settings: FaultyTasks, _ base: any Environment) {
      (self.settings, self.base) = (settings, base)
    }

    private var affected: [Int] { (0..<count).filter(settings.episodes.contains) }

    func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream) {
      time = 0
      base.reset(into: observations, using: stream)
      if settings.fault == .startIsNaN { for i in affected { observations[i, 1] = .nan } }
    }

    func step(
      _ actions: MatrixView, observations: MutableMatrixView, result: inout StepResult,
      using stream: (Int) -> RandomStream
    ) {
      base.step(actions, observations: observations, result: &result, using: stream)
      if time == settings.step {
        for i in affected {
          switch settings.fault {
          case .rewardIsNaN: result.rewards[i] = .nan
          case .observationIsInfinite: observations[i, 0] = .infinity
          case .startIsNaN: break
          case .failure:
            // what a diverged simulation leaves behind
            result.failures[i] = "the velocity is not finite"
            result.rewards[i] = .nan
            observations[i, 0] = .nan
          }
        }
      }
      time += 1
    }
  }
}
