import Simulator

/// Half-cheetahs with legs of random shapes, whose task is to run forwards.
///
/// Actions, observations and start are those of ``HalfCheetahDirection``.
///
/// - Reward: `v - c Σ a²` with the mean velocity `v` of the step along x.
/// - Episode end: none; truncated at the horizon, 200 steps of 0.05 s.
/// - Task: 12 factors: the lengths of back thigh, shin and foot and of front thigh, shin and foot, then their
///   radii in the same order, each uniform in `1 ± spread`. With factors of 1 it is Gymnasium's body.
///
/// A length moves the link's geom and the joint at its end with it. Masses and inertias follow from the shapes, scaled so
/// that the whole has 14 kg, as the body's file says. The body starts higher or lower, as far above the ground
/// with its lowest point as Gymnasium's; observation 0 stays the height relative to the start.
///
/// - Source: the parts of 0.75 or 1.25 times the size in gym-extensions (Henderson et al., 2017, "Benchmark
///   environments for multitask learning in continuous domains"), here for every link and any factor
///   between; body and observation of `HalfCheetah-v5`.
/// - Version history: 1, first version.
public struct HalfCheetahRandomLimbs: LocomotionTasks, TaskOptions, Equatable {
  /// Control cost, scaling, horizon and solver.
  public var settings: LocomotionSettings
  /// How far a factor may be from 1, below 1.
  public var spread: Double

  /// Creates the distribution.
  public init(
    _ settings: LocomotionSettings = LocomotionSettings(controlCost: 0.1), spread: Double = 0.25
  ) {
    (self.settings, self.spread) = (settings, spread)
  }

  /// `half-cheetah-random-limbs`
  public var name: String { "half-cheetah-random-limbs" }
  /// A short description.
  public var summary: String { "A half-cheetah with legs of random shapes that runs forwards" }
  /// The half-cheetah with factors of 1.
  public var body: LocomotionBody { .halfCheetah }

  /// The factors of lengths and radii.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    (0..<2 * (body.source.bodies.count - 1)).map { _ in
      spread > 0 ? stream.uniform(in: 1 - spread..<1 + spread) : 1
    }
  }

  /// `v`
  public func reward(velocity: Double, task: TaskParameters) -> Double { velocity }

  /// "run forwards with …"
  public func goal(of task: TaskParameters) -> String {
    let factors = task.prefix(task.count / 2).map { "\(($0 * 100).rounded() / 100)" }
    return "run forwards with links \(factors.joined(separator: ", ")) times as long"
  }

  /// The body with the factors.
  public func model(of task: TaskParameters) throws(ModelError) -> CompiledModel? {
    let plain = body.source
    var model = plain
    try model.requireFactors(task)
    let links = 1..<model.bodies.count
    for (place, link) in links.enumerated() {
      for geom in model.bodies[link].geoms.indices {
        model.bodies[link].geoms[geom].stretch(
          length: task[place], radius: task[links.count + place])
      }
      for child in links where model.bodies[child].parent == link {
        model.bodies[child].offset *= task[place]
      }
    }
    model.bodies[0].offset.y += plain.lowestPoint - model.lowestPoint
    return try CompiledModel(model)
  }

  /// Those of the settings, and the spread of the factors.
  public var fields: [Field<Self>] {
    LocomotionSettings.fields(of: body).map { $0.on(\Self.settings) } + [
      .number("spread", "How far a factor may be from 1.", \.spread, 0...0.9)
    ]
  }
}

extension PlanarModel {
  /// The height of the lowest point of any geom in the authored pose, in m.
  fileprivate var lowestPoint: Double {
    placedGeoms(at: joints.map(\.reference)).flatMap { geom in
      geom.ends.map { $0.y - geom.radius }
    }.min() ?? 0
  }
}
