import Simulator

/// Tasks of a simulated body.
///
/// A type names its body, which says what is observed, when an episode ends and what else is paid for
/// (``LocomotionBody``), and the reward of its goals; the batch of episodes is derived from them.
public protocol BodyTasks: TaskDistribution {
  /// The simulated body.
  var body: LocomotionBody { get }
  /// Control cost, scaling, horizon and solver.
  var settings: LocomotionSettings { get set }

  /// The reward of a step for what the task asks for, before the control cost and what the body pays.
  ///
  /// - Parameters:
  ///   - motion: what the body did.
  ///   - task: the task.
  /// - Returns: The reward.
  func reward(of motion: BodyMotion, task: TaskParameters) -> Double

  /// The model of a task's body; nil, the default, if all tasks have the one of ``body``.
  ///
  /// - Parameter task: the task.
  /// - Returns: The model, with as many degrees of freedom and motors as that of ``body``.
  /// - Throws: `ModelError` if the task's numbers make no body.
  func model(of task: TaskParameters) throws(ModelError) -> CompiledModel?

  /// Where the tip of the body should go in an episode; zero, the default, for a body without a target.
  ///
  /// - Parameters:
  ///   - task: the task.
  ///   - stream: the random stream for the start of the episode.
  /// - Returns: The target, in m.
  func drawTarget(of task: TaskParameters, using stream: inout RandomStream) -> SIMD2<Double>
}

/// What a task sees of a body after a step.
public struct BodyMotion: Sendable {
  /// The velocity of the root along the two axes, averaged over the step, in m/s; zero if the root is fixed.
  public let velocity: SIMD2<Double>
  /// Where the body's tip is, in m, as ``LocomotionBody/Tip`` says; zero if it has none.
  public let tip: SIMD2<Double>
  /// Where the tip should go, in m; zero if there is no target.
  public let target: SIMD2<Double>
  /// The velocity of the tip, averaged over the step, in m/s.
  public let tipVelocity: SIMD2<Double>
  /// The angle of the tip's body against the authored pose, in rad.
  public let tipAngle: Double

  /// Creates a motion.
  public init(
    velocity: SIMD2<Double>, tip: SIMD2<Double> = .zero, target: SIMD2<Double> = .zero,
    tipVelocity: SIMD2<Double> = .zero, tipAngle: Double = 0
  ) {
    (self.velocity, self.tip, self.target) = (velocity, tip, target)
    (self.tipVelocity, self.tipAngle) = (tipVelocity, tipAngle)
  }
}

extension BodyTasks {
  /// nil
  public func model(of task: TaskParameters) throws(ModelError) -> CompiledModel? { nil }

  /// Zero
  public func drawTarget(
    of task: TaskParameters, using stream: inout RandomStream
  ) -> SIMD2<Double> { .zero }

  /// An objection to their count, to numbers that are not finite, or to those that make no body.
  public func objection(to task: TaskParameters) -> String? {
    if let objection = objectionToNumbers(of: task) { return objection }
    do {
      _ = try model(of: task)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// What the body's description says.
  public var observationSpace: Space { .unbounded(size: body.observationSize) }

  /// One number for each motor in its range, before scaling.
  public var actionSpace: Space {
    let ranges = body.controlRanges
    return .box(
      low: ranges.map { $0.lowerBound / settings.actionScale },
      high: ranges.map { $0.upperBound / settings.actionScale })
  }

  /// The maximum number of steps of an episode.
  public var horizon: Int { settings.horizon }

  /// That of the settings.
  public var actionScale: Double { settings.actionScale }

  /// Creates a batch of bodies.
  public func makeEnvironment(count: Int) -> any Environment {
    LocomotionBatch(self, count: count)
  }
}

extension BodyTasks where Self: TaskOptions {
  /// Those of the settings.
  public var fields: [Field<Self>] {
    LocomotionSettings.fields(of: body).map { $0.on(\Self.settings) }
  }

  /// The same distribution with the given horizon.
  public func makeTasks(horizon: Int) -> any TaskDistribution {
    var tasks = self
    tasks.settings.horizon = horizon
    return tasks
  }
}
