import Simulator

/// One episode of a simulated body as a drawing: the positions of its geoms at each step, in whole
/// millimetres, with the second axis pointing down as on a screen.
struct LocomotionEpisode {
  /// The model.
  let model: PlanarModel
  /// The two ends of every geom at each step: `[step][4 geoms]`.
  let frames: [[Int]]
  /// Which ends touch the ground at each step, one bit for each end.
  let contacts: [Int]
  /// The centre of all ends at each step, which the camera follows.
  let centres: [SIMD2<Int>]
  /// The displacement of the root along the first axis, in m.
  let distance: Double
  /// The undiscounted return.
  let episodeReturn: Double

  /// An episode of a batch of a locomotion task.
  ///
  /// - Returns: nil if the batch has no states, or if their size does not match the model.
  init?(_ batch: TrajectoryBatch, episode: Int, model: PlanarModel) {
    let size = 2 + model.bodies.count
    guard let states = batch.states, states.columns == 2 * size, episode < batch.episodeCount
    else { return nil }
    let rows = batch.rows(ofEpisode: episode)
    let poses = rows.map { Array(states.row($0).prefix(size)) }
    let placed = poses.map(model.placedGeoms)
    func millimetres(_ length: Double) -> Int {
      Int((1000 * min(max(length, -1e6), 1e6)).rounded())
    }
    self.model = model
    frames = placed.map { geoms in
      geoms.flatMap { $0.ends.flatMap { [millimetres($0.x), -millimetres($0.y)] } }
    }
    contacts = placed.map { geoms in
      geoms.flatMap(\.touches).enumerated().reduce(0) { $1.element ? $0 | 1 << $1.offset : $0 }
    }
    centres = placed.map { geoms in
      let ends = geoms.flatMap(\.ends)
      let sum = ends.reduce(.zero, +) / Double(max(1, ends.count))
      return SIMD2(millimetres(sum.x), -millimetres(sum.y))
    }
    distance = (poses.last?[0] ?? 0) - (poses.first?[0] ?? 0)
    episodeReturn = batch.rewards[rows].reduce(0, +)
  }

  /// The data of the animation: frames, contacts and camera positions, as JSON.
  var json: String {
    func list(_ numbers: [Int]) -> String {
      "[" + numbers.map(String.init).joined(separator: ",") + "]"
    }
    let poses = frames.map(list).joined(separator: ",")
    let camera = list(centres.flatMap { [$0.x, $0.y] })
    return "{\"frames\":[\(poses)],\"contacts\":\(list(contacts)),\"camera\":\(camera)}"
  }
}
