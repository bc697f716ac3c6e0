import Requirements
import Simulator

/// A simulated body as in Gymnasium's environments.
///
/// - Source: Gymnasium 1.4.0, `HalfCheetah-v5`, `Swimmer-v5`, `Walker2d-v5` and `Hopper-v5`.
public struct LocomotionBody: Sendable {
  let model: CompiledModel
  /// The physics steps of one environment step.
  let frames: Int
  /// The number of leading positions that the observation leaves out.
  let hiddenPositions: Int
  let start: Start
  /// The bound to which observed velocities are clipped.
  let velocityBound: Double
  /// When the body is healthy; nil if it always is.
  public let health: Health?

  /// How far episodes start from the authored pose at rest.
  enum Start {
    /// Positions uniform within a distance, velocities too.
    case uniform(Double)
    /// Positions uniform within a distance, velocities Gaussian with this standard deviation.
    case gaussianVelocities(Double)
  }

  /// What a body has to keep in order to go on.
  public struct Health: Sendable {
    /// The height of the root, in m; bounds do not belong.
    public let heights: ClosedRange<Double>
    /// The pitch of the root, in rad; bounds do not belong.
    public let pitches: ClosedRange<Double>
    /// The bound of the other positions and of all velocities.
    public let bound: Double

    /// Whether a state has it.
    func holds(_ simulation: BatchSimulation, _ row: Int) -> Bool {
      func isWithin(_ value: Double, _ range: ClosedRange<Double>) -> Bool {
        range.lowerBound < value && value < range.upperBound
      }
      guard isWithin(simulation.qpos(environment: row, dof: 1), heights),
        isWithin(simulation.qpos(environment: row, dof: 2), pitches)
      else { return false }
      guard bound.isFinite else { return true }
      let size = simulation.model.dofCount
      return (2..<size).allSatisfy { simulation.qpos(environment: row, dof: $0).magnitude < bound }
        && (0..<size).allSatisfy { simulation.qvel(environment: row, dof: $0).magnitude < bound }
    }
  }

  /// The model as it was authored.
  public var source: PlanarModel { model.source }
  /// The duration of one environment step in seconds.
  public var timestep: Double { model.source.timestep * Double(frames) }
  var observationSize: Int { 2 * model.dofCount - hiddenPositions }

  /// The half-cheetah: 17 observations, 6 motors, 5 physics steps of 0.01 s.
  public static let halfCheetah = LocomotionBody(
    .halfCheetah, frames: 5, hiddenPositions: 1, start: .gaussianVelocities(0.1))
  /// The swimmer: 8 observations, 2 motors, 4 physics steps of 0.01 s.
  public static let swimmer = LocomotionBody(
    .swimmer, frames: 4, hiddenPositions: 2, start: .uniform(0.1))
  /// The walker: 17 observations, 6 motors, 4 physics steps of 0.002 s; healthy while it stands.
  public static let walker2d = LocomotionBody(
    .walker2d, frames: 4, hiddenPositions: 1, start: .uniform(5e-3), velocityBound: 10,
    health: Health(heights: 0.8...2, pitches: -1...1, bound: .infinity))
  /// The hopper: 11 observations, 3 motors, 4 physics steps of 0.002 s; healthy while it stands.
  public static let hopper = LocomotionBody(
    .hopper, frames: 4, hiddenPositions: 1, start: .uniform(5e-3), velocityBound: 10,
    health: Health(heights: 0.7...Double.infinity, pitches: -0.2...0.2, bound: 100))

  private init(
    _ model: PlanarModel, frames: Int, hiddenPositions: Int, start: Start,
    velocityBound: Double = .infinity, health: Health? = nil
  ) {
    do { self.model = try CompiledModel(model) } catch {
      requirementFailure("The built-in model \(model.name) is wrong: \(error)")
    }
    (self.frames, self.hiddenPositions, self.start) = (frames, hiddenPositions, start)
    (self.velocityBound, self.health) = (velocityBound, health)
  }

  /// The start of an episode.
  func drawStart(using stream: inout RandomStream) -> (qpos: [Double], qvel: [Double]) {
    let pose = model.referencePositions
    switch start {
    case .uniform(let distance):
      let qpos = pose.map { $0 + stream.uniform(in: -distance..<distance) }
      return (qpos, pose.map { _ in stream.uniform(in: -distance..<distance) })
    case .gaussianVelocities(let distance):
      let qpos = pose.map { $0 + stream.uniform(in: -distance..<distance) }
      return (qpos, stream.normals(pose.count).map { distance * $0 })
    }
  }
}
