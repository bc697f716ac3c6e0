/// Tasks that are the direction along the first axis, -1 or 1.
public protocol DirectionTasks: LocomotionTasks {}

extension DirectionTasks {
  /// -1 or 1, with equal probability.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    [stream.uniform() < 0.5 ? -1 : 1]
  }

  /// `g v`
  public func reward(velocity: Double, task: TaskParameters) -> Double { task[0] * velocity }

  /// "go forwards" or "go backwards"
  public func goal(of task: TaskParameters) -> String {
    (task.first ?? 0) > 0 ? "go forwards" : "go backwards"
  }
}

/// Tasks that are a velocity along the first axis, in m/s.
public protocol VelocityTasks: LocomotionTasks {
  /// The velocities, drawn uniformly.
  var velocities: Range<Double> { get }
}

extension VelocityTasks {
  /// Uniform in the velocities.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    [stream.uniform(in: velocities)]
  }

  /// `-|v - g|`
  public func reward(velocity: Double, task: TaskParameters) -> Double {
    -(velocity - task[0]).magnitude
  }

  /// "go at g m/s"
  public func goal(of task: TaskParameters) -> String {
    "go at \(((task.first ?? 0) * 1000).rounded() / 1000) m/s"
  }
}
