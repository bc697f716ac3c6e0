import Simulator

extension LocomotionBody {
  /// The body of a user's model.
  ///
  /// - Throws: `ConfigurationError` if the model has no such part, or one without a solid.
  init(_ options: UserBody, _ known: KnownModel) throws(ConfigurationError) {
    let model = known.model
    let (size, source) = (model.dofCount, model.source)
    let isReaching = options.reward == .reach
    let tip = try Self.tip(options, source)
    // where the body moves away, its place along the first axis tells nothing
    let hidesFirst = !source.isFixed && !isReaching && options.reward != .upright
    var observation: [ObservationPart] = [
      .positions((hidesFirst ? 1 : 0)..<size), .velocities(0..<size, bound: options.velocityBound),
    ]
    if isReaching { observation.append(.tip) }
    var conditions: [Health.Condition] = []
    if options.leastHeight > -1e9 { conditions.append(.tipAbove(options.leastHeight)) }
    if options.greatestPitch < 1e9 { conditions.append(.angleBelow(options.greatestPitch)) }
    let own = known.isFile ? max(1, Int((0.02 / source.timestep).rounded())) : known.frames
    var infos: [Info] = [.task("reward_task"), .control("reward_ctrl")]
    if !conditions.isEmpty { infos.append(.health("reward_survive")) }
    self.init(
      compiled: model, frames: options.frames > 0 ? options.frames : own, observation: observation,
      start: .uniform(options.startNoise),
      health: conditions.isEmpty ? nil : Health(conditions: conditions), tip: tip, infos: infos)
  }

  /// The end of a capsule's axis, or the centre of another solid, that is farthest from the part's joint.
  private static func tip(
    _ options: UserBody, _ model: PlanarModel
  ) throws(ConfigurationError) -> Tip {
    let solid = model.bodies.indices.filter { !model.bodies[$0].geoms.isEmpty }
    let isLast = options.reward == .reach || options.reward == .upright
    let index =
      options.part.isEmpty
      ? (isLast ? solid.last : solid.first)
      : solid.first { model.bodies[$0].name == options.part }
    guard let index else {
      throw ConfigurationError(
        description:
          "environment.part '\(options.part)' is no body with a solid of \(model.name): use one of \(solid.map { model.bodies[$0].name }.joined(separator: ", "))."
      )
    }
    let ends = model.bodies[index].geoms.flatMap { geom -> [SIMD2<Double>] in
      guard case .capsule(let half, let axis) = geom.shape else { return [geom.center] }
      return [geom.center + half * axis, geom.center - half * axis]
    }
    let farthest = ends.max { ($0 * $0).sum() < ($1 * $1).sum() } ?? .zero
    return Tip(body: index, point: farthest, isCurrent: true)
  }
}
