import MetaTape

/// Days with different outside temperatures; see ``Room``.
public struct HeatingTasks: TaskDistribution {
  public let name = "heating"
  public let observationSpace = Space.unbounded(size: 1)
  public let actionSpace = Space.box(size: 1, in: 0...3)
  public let horizon: Int

  public init(horizon: Int = 24) { self.horizon = horizon }

  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    [stream.uniform(in: -10..<10)]
  }

  public func makeEnvironment(count: Int) -> any Environment {
    BatchedEnvironment(Room(), count: count, observationSize: observationSpace.columns)
  }
}
