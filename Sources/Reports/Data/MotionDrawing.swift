import Simulator

/// The motion of a simulated body as a drawing: the positions of its geoms at each step, in whole units
/// of the drawing, with the second axis pointing down as on a screen.
struct MotionDrawing {
  /// The model.
  let model: PlanarModel
  /// The length of 1000 units of the drawing, in m: 1 for bodies of about that size.
  let scale: Double
  /// The two ends of every geom at each step: `[step][4 geoms]`.
  let frames: [[Int]]
  /// The width of each geom.
  let widths: [Int]
  /// Which ends touch the ground at each step, one bit for each end.
  let contacts: [Int]
  /// Where the camera is at each step: the centre of all ends, or if the root is fixed that of the whole
  /// motion.
  let camera: [SIMD2<Int>]
  /// The displacement of the root along the first axis, in m; 0 if it is fixed.
  let distance: Double

  /// The motion of a model along positions, of which there is at least one: `[step][nv]`.
  init(_ poses: [[Double]], of model: PlanarModel) {
    let placed = poses.map(model.placedGeoms)
    let places = placed.map { $0.flatMap(\.ends) }
    let centres = model.isFixed ? [Self.middle(places)] : places.map(Self.mean)
    let extent = zip(places, places.indices).map { ends, step in
      let centre = centres[min(step, centres.count - 1)]
      return ends.map { (($0 - centre) * ($0 - centre)).sum().squareRoot() }.max() ?? 0
    }
    let scale = Self.scale(of: extent.max() ?? 0)
    func units(_ length: Double) -> Int {
      Int((1000 / scale * min(max(length, -1e6), 1e6)).rounded())
    }
    self.model = model
    self.scale = scale
    frames = places.map { ends in ends.flatMap { [units($0.x), -units($0.y)] } }
    widths = placed[0].map { units(2 * $0.radius) }
    contacts = placed.map { geoms in
      geoms.flatMap(\.touches).enumerated().reduce(0) { $1.element ? $0 | 1 << $1.offset : $0 }
    }
    camera = poses.indices.map { step in
      let centre = centres[min(step, centres.count - 1)]
      return SIMD2(units(centre.x), -units(centre.y))
    }
    distance = model.isFixed ? 0 : (poses.last?[0] ?? 0) - (poses.first?[0] ?? 0)
  }

  /// The motion of an episode of a batch.
  ///
  /// - Returns: nil if the batch has no states, or if their size does not match the model.
  init?(_ batch: TrajectoryBatch, episode: Int, of model: PlanarModel) {
    let size = model.joints.count
    // behind the positions of the body there may be those of a target
    guard let states = batch.states, let part = batch.stateParts.first, part.name == "qpos",
      part.size >= size, episode < batch.episodeCount
    else { return nil }
    self.init(
      batch.rows(ofEpisode: episode).map { Array(states.row($0).prefix(size)) }, of: model)
  }

  private static func mean(_ places: [SIMD2<Double>]) -> SIMD2<Double> {
    places.reduce(.zero, +) / Double(max(1, places.count))
  }

  /// The centre of the box around all places.
  private static func middle(_ places: [[SIMD2<Double>]]) -> SIMD2<Double> {
    let all = places.flatMap(\.self)
    guard var least = all.first, var most = all.first else { return .zero }
    for place in all {
      least = pointwiseMin(least, place)
      most = pointwiseMax(most, place)
    }
    return (least + most) / 2
  }

  /// The scale for bodies that reach as far from the camera: 1, 2 or 5 times a power of ten.
  private static func scale(of extent: Double) -> Double {
    if (0.2...1.9).contains(extent) || !(extent > 1e-6) || extent > 1e6 { return 1 }
    var decade = 1e-6
    while 10 * decade * 1.5 < extent { decade *= 10 }
    return [1, 2, 5, 10].map { $0 * decade }.first { 1.5 * $0 >= extent } ?? 1
  }

  /// The data of the animation: frames, contacts and camera positions, as JSON.
  var json: String {
    func list(_ numbers: [Int]) -> String {
      "[" + numbers.map(String.init).joined(separator: ",") + "]"
    }
    let poses = frames.map(list).joined(separator: ",")
    let places = list(camera.flatMap { [$0.x, $0.y] })
    return "{\"frames\":[\(poses)],\"contacts\":\(list(contacts)),\"camera\":\(places)}"
  }
}
