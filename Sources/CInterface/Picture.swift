import Experiments
import Simulator

/// What is there to draw of one episode.
struct Picture: Encodable {
  struct Segment: Encodable {
    let from, to: [Double]
    let radius: Double
  }
  /// Capsules and spheres: [x, z], or [x, y] of a body seen from above.
  var segments: [Segment] = []
  /// The height of the ground.
  var ground: Double?
  /// The position of a point.
  var point: [Double]?
  /// Where a point or a fingertip should go.
  var goal: [Double]?
  /// The width of the view in metres, where it is not the usual one.
  var width: Double?

  /// `planar`, `point`, or nil if there is no picture.
  static func kind(of tasks: any TaskDistribution) -> String? {
    if tasks is any BodyTasks { return "planar" }
    return tasks is any PlanarTasks ? "point" : nil
  }

  init(_ batch: EnvironmentBatch, row: Int) throws {
    var states = Matrix(rows: batch.count, columns: batch.stateSize)
    states.withMutableView { batch.environment.copyStates(into: $0) }
    let state = states.row(row)
    if let tasks = batch.tasks as? any BodyTasks {
      let body = tasks.body
      let model = try tasks.model(of: batch.environment.task)?.source ?? body.source
      segments = model.placedGeoms(at: Array(state.prefix(model.joints.count))).map {
        Segment(
          from: [$0.ends[0].x, $0.ends[0].y], to: [$0.ends[1].x, $0.ends[1].y],
          radius: $0.radius)
      }
      ground = model.ground?.height
      width = body.viewWidth
      if state.count > 2 * model.joints.count {
        goal = Array(state[model.joints.count..<model.joints.count + 2])
      }
    } else if let tasks = batch.tasks as? any PlanarTasks {
      (point, goal) = (Array(state.prefix(2)), tasks.place(of: batch.environment.task))
      if tasks.extent != 0.5 { width = 2.8 * tasks.extent }
    } else {
      throw CallError(
        METATAPE_UNSUPPORTED, "There is no picture of '\(batch.tasks.name)'.")
    }
  }
}
