import Requirements
import Simulator

/// A simulated body as in Gymnasium's environments: its model, and what of it is observed, paid and reported.
///
/// - Source: Gymnasium 1.4.0, `HalfCheetah-v5`, `Swimmer-v5`, `Walker2d-v5`, `Hopper-v5`, `InvertedPendulum-v5`,
///   `InvertedDoublePendulum-v5` and `Reacher-v5`.
public struct LocomotionBody: Sendable {
  let model: CompiledModel
  /// The physics steps of one environment step.
  let frames: Int
  /// The parts of the observation, in their order.
  let observation: [ObservationPart]
  let start: Start
  /// When the body is healthy; nil if it always is.
  public let health: Health?
  /// A point whose place matters; nil if there is none.
  public let tip: Tip?
  /// Whether the tip should go to a target, which is then a part of the state.
  let hasTarget: Bool
  /// What the body pays.
  let penalties: [Penalty]
  /// What it tells beside the reward.
  let infos: [Info]
  /// The width of a view of all that it reaches, in m; nil if it moves away.
  public var viewWidth: Double? {
    guard source.isFixed else { return nil }
    return source.plane == .vertical ? 3 : 0.6
  }

  /// The model as it was authored.
  public var source: PlanarModel { model.source }
  /// The duration of one environment step in seconds.
  public var timestep: Double { model.source.timestep * Double(frames) }
  /// The range of each motor's control; ±1 where a motor has none.
  var controlRanges: [ClosedRange<Double>] { source.motors.map { $0.controlRange ?? -1...1 } }
  var observationSize: Int { observation.reduce(0) { $0 + $1.size } }
  /// The numbers of positions, and of velocities, in a state; a target adds two.
  var stateSize: Int { model.dofCount + (hasTarget ? 2 : 0) }
  /// What a step has on the way that is observed or paid for.
  var keptQuantities: StepQuantities {
    StepQuantities(
      point: tip.map { .init(body: $0.body, offset: $0.point, isCurrent: $0.isCurrent) },
      constraintForces: observation.contains {
        if case .constraintForces = $0 { true } else { false }
      })
  }

  /// The half-cheetah: 17 observations, 6 motors, 5 physics steps of 0.01 s.
  public static let halfCheetah = LocomotionBody(
    .halfCheetah, frames: 5, hiddenPositions: 1, start: .gaussianVelocities(0.1))
  /// The swimmer: 8 observations, 2 motors, 4 physics steps of 0.01 s.
  public static let swimmer = LocomotionBody(
    .swimmer, frames: 4, hiddenPositions: 2, start: .uniform(0.1))
  /// The walker: 17 observations, 6 motors, 4 physics steps of 0.002 s; healthy while it stands.
  public static let walker2d = LocomotionBody(
    .walker2d, frames: 4, hiddenPositions: 1, start: .uniform(5e-3), velocityBound: 10,
    health: .standing(heights: 0.8...2, pitches: -1...1))
  /// The hopper: 11 observations, 3 motors, 4 physics steps of 0.002 s; healthy while it stands.
  public static let hopper = LocomotionBody(
    .hopper, frames: 4, hiddenPositions: 1, start: .uniform(5e-3), velocityBound: 10,
    health: .standing(heights: 0.7...Double.infinity, pitches: -0.2...0.2, bound: 100))
  /// The inverted pendulum: 4 observations, 1 motor, 2 physics steps of 0.02 s; healthy while it is upright.
  public static let invertedPendulum = LocomotionBody(
    .invertedPendulum, frames: 2,
    observation: [.positions(0..<2), .velocities(0..<2, bound: .infinity)],
    start: .uniform(0.01),
    // 0.2 itself belongs
    health: Health(conditions: [.coordinate(1, (-0.2).nextDown...(0.2).nextUp)]),
    infos: [.health("reward_survive")])
  /// The inverted double pendulum: 9 observations, 1 motor, 5 physics steps of 0.01 s; healthy while its tip is
  /// above 1 m.
  public static let invertedDoublePendulum = LocomotionBody(
    .invertedDoublePendulum, frames: 5,
    observation: [
      .positions(0..<1), .sinesAndCosines(1..<3), .velocities(0..<3, bound: 10),
      .constraintForces(0..<1, bound: 10),
    ],
    start: .gaussianVelocities(0.1), health: Health(conditions: [.tipAbove(1)]),
    tip: Tip(body: 3, point: SIMD2(0, 0.6)),
    penalties: [
      .tip(from: SIMD2(0, 2), weights: SIMD2(0.01, 1)), .velocities([(1, 1e-3), (2, 5e-3)]),
    ],
    infos: [
      .health("reward_survive"), .penalty("distance_penalty", index: 0),
      .penalty("velocity_penalty", index: 1),
    ])
  /// The reacher: 10 observations, 2 motors, 2 physics steps of 0.01 s, and a target for its fingertip.
  public static let reacher = reacher([
    .cosinesAndSines(0..<2), .target, .velocities(0..<2, bound: .infinity), .tipFromTarget,
  ])
  /// The reacher without the target in its 8 observations.
  public static let reacherInTheDark = reacher([
    .cosinesAndSines(0..<2), .velocities(0..<2, bound: .infinity), .tip,
  ])

  private static func reacher(_ observation: [ObservationPart]) -> LocomotionBody {
    LocomotionBody(
      .reacher, frames: 2, observation: observation, start: .uniform(0.1, velocities: 5e-3),
      tip: Tip(body: 2, point: SIMD2(0.11, 0)), hasTarget: true,
      infos: [.task("reward_dist"), .control("reward_ctrl")])
  }

  /// A body that walks or swims: it sees its positions but for the leading ones, and its velocities.
  private init(
    _ model: PlanarModel, frames: Int, hiddenPositions: Int, start: Start,
    velocityBound: Double = .infinity, health: Health? = nil
  ) {
    var infos: [Info] = [
      .position("x_position", axis: 0), .velocity("x_velocity", axis: 0),
      .task("reward_forward"), .control("reward_ctrl"),
    ]
    if health != nil {
      infos += [.rise("z_distance_from_origin"), .health("reward_survive")]
    }
    if model.plane == .horizontal {
      infos += [
        .position("y_position", axis: 1), .velocity("y_velocity", axis: 1),
        .distance("distance_from_origin"),
      ]
    }
    let size = model.joints.count
    self.init(
      model, frames: frames,
      observation: [
        .positions(hiddenPositions..<size), .velocities(0..<size, bound: velocityBound),
      ], start: start, health: health, infos: infos)
  }

  private init(
    _ model: PlanarModel, frames: Int, observation: [ObservationPart], start: Start,
    health: Health? = nil, tip: Tip? = nil, hasTarget: Bool = false, penalties: [Penalty] = [],
    infos: [Info]
  ) {
    let compiled: CompiledModel
    do { compiled = try CompiledModel(model) } catch {
      requirementFailure("The built-in model \(model.name) is wrong: \(error)")
    }
    self.init(
      compiled: compiled, frames: frames, observation: observation, start: start, health: health,
      tip: tip, hasTarget: hasTarget, penalties: penalties, infos: infos)
  }

  /// A body with a model that is compiled.
  init(
    compiled: CompiledModel, frames: Int, observation: [ObservationPart], start: Start,
    health: Health? = nil, tip: Tip? = nil, hasTarget: Bool = false, penalties: [Penalty] = [],
    infos: [Info]
  ) {
    model = compiled
    (self.frames, self.observation, self.start) = (frames, observation, start)
    (self.health, self.tip, self.hasTarget) = (health, tip, hasTarget)
    (self.penalties, self.infos) = (penalties, infos)
  }

  /// The start of an episode.
  func drawStart(using stream: inout RandomStream) -> (qpos: [Double], qvel: [Double]) {
    let pose = model.referencePositions
    switch start {
    case .uniform(let distance, let velocity):
      let qpos = pose.map { $0 + stream.uniform(in: -distance..<distance) }
      return (qpos, pose.map { _ in stream.uniform(in: -velocity..<velocity) })
    case .gaussianVelocities(let distance):
      let qpos = pose.map { $0 + stream.uniform(in: -distance..<distance) }
      return (qpos, stream.normals(pose.count).map { distance * $0 })
    }
  }
}
