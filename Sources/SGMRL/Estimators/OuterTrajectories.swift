/// The trajectories that an outer batch may consist of, for means over all of them.
public struct OuterTrajectories {
  /// One of them.
  public struct Trajectory {
    /// The trajectory alone, as a batch.
    public let batch: TrajectoryBatch
    /// Its probability at the adapted parameters `θ^ζ`.
    public let probability: Double
    /// The logarithm of the part of the probability that is not the policy's.
    public let logDynamics: Double

    /// Describes a trajectory.
    public init(batch: TrajectoryBatch, probability: Double, logDynamics: Double) {
      (self.batch, self.probability, self.logDynamics) = (batch, probability, logDynamics)
    }
  }

  /// The number of trajectories.
  public let count: Int
  private let make: (Int) -> Trajectory

  /// Lists trajectories.
  ///
  /// - Parameters:
  ///   - count: their number.
  ///   - make: gives one of them, by its number.
  public init(count: Int, _ make: @escaping (Int) -> Trajectory) {
    (self.count, self.make) = (count, make)
  }

  /// The trajectory of a number.
  public subscript(index: Int) -> Trajectory { make(index) }
}
