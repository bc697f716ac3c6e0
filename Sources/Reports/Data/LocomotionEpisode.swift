/// One episode of a simulated body as a drawing: where its geoms are at each step, in whole
/// millimetres, with the second axis downwards as on a screen.
struct LocomotionEpisode {
  /// The model.
  let model: PlanarModel
  /// The two ends of every geom at each step: `[step][4 geoms]`.
  let frames: [[Int]]
  /// Which ends touch the ground at each step, one bit for each end.
  let contacts: [Int]
  /// Where the root is at each step.
  let root: [SIMD2<Int>]
  /// The undiscounted return.
  let episodeReturn: Double

  /// The episode of a batch of a locomotion task.
  ///
  /// - Returns: nil if the batch has no states, or another number of them than the model.
  init?(_ batch: TrajectoryBatch, episode: Int, model: PlanarModel) {
    let size = 2 + model.bodies.count
    guard let states = batch.states, states.columns == 2 * size, episode < batch.episodeCount
    else { return nil }
    let rows = batch.rows(ofEpisode: episode)
    let poses = rows.map { Array(states.row($0).prefix(size)) }
    let placed = poses.map(model.placedGeoms)
    func millimetres(_ length: Double) -> Int { Int((1000 * min(max(length, -1e6), 1e6)).rounded()) }
    self.model = model
    frames = placed.map { geoms in
      geoms.flatMap { $0.ends.flatMap { [millimetres($0.x), -millimetres($0.y)] } }
    }
    contacts = placed.map { geoms in
      geoms.flatMap(\.touches).enumerated().reduce(0) { $1.element ? $0 | 1 << $1.offset : $0 }
    }
    let start = model.bodies[0].offset
    root = poses.map {
      SIMD2(millimetres($0[0] + start.x), -millimetres($0[1] + start.y))
    }
    episodeReturn = batch.rewards[rows].reduce(0, +)
  }

  /// How far the root has come along the first axis, in m.
  var distance: Double { Double((root.last?.x ?? 0) - (root.first?.x ?? 0)) / 1000 }

  /// What the animation reads: frames, contacts and the root, as JSON.
  var json: String {
    func list(_ numbers: [Int]) -> String { "[" + numbers.map(String.init).joined(separator: ",") + "]" }
    let poses = frames.map(list).joined(separator: ",")
    return """
      {"frames":[\(poses)],"contacts":\(list(contacts)),"root":\(list(root.flatMap { [$0.x, $0.y] }))}
      """
  }
}
