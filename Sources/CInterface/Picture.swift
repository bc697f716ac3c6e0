import CLibrary
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
  /// Where a point should go.
  var goal: [Double]?

  /// `planar`, `point`, or nil if there is no picture.
  static func kind(of tasks: any TaskDistribution) -> String? {
    if tasks is any LocomotionTasks { return "planar" }
    return tasks is any PlanarTasks ? "point" : nil
  }

  init(_ batch: EnvironmentBatch, row: Int) throws {
    var states = Matrix(rows: batch.count, columns: batch.stateSize)
    states.withMutableView { batch.environment.copyStates(into: $0) }
    let state = states.row(row)
    if let body = (batch.tasks as? any LocomotionTasks)?.body {
      let model = body.source
      segments = Self.segments(of: model, at: state)
      ground = model.ground?.height
    } else if batch.tasks is any PlanarTasks {
      (point, goal) = (Array(state.prefix(2)), batch.environment.task)
    } else {
      throw CallError(
        METATAPE_UNSUPPORTED, "There is no picture of '\(batch.tasks.name)'.")
    }
  }

  /// The solids of a model at positions `qpos`, which may be followed by velocities.
  static func segments(of model: PlanarModel, at qpos: [Double]) -> [Segment] {
    // a positive rotation about +y turns z to x
    let sense: Double = model.plane == .horizontal ? 1 : -1
    var frames: [(origin: SIMD2<Double>, angle: Double)] = []
    var segments: [Segment] = []
    for (index, body) in model.bodies.enumerated() {
      let parent =
        body.parent.map { frames[$0] } ?? (origin: SIMD2(qpos[0], qpos[1]), angle: 0)
      let origin = parent.origin + turned(body.offset, parent.angle)
      let angle = parent.angle + sense * qpos[2 + index]
      frames.append((origin, angle))
      for geom in body.geoms {
        let center = origin + turned(geom.center, angle)
        var half = SIMD2<Double>.zero
        if case .capsule(let halfLength, let axis) = geom.shape {
          half = turned(axis * halfLength, angle)
        }
        let (from, to) = (center - half, center + half)
        segments.append(
          Segment(from: [from.x, from.y], to: [to.x, to.y], radius: geom.radius))
      }
    }
    return segments
  }

  private static func turned(_ vector: SIMD2<Double>, _ angle: Double) -> SIMD2<Double> {
    let (s, c) = (sin(angle), cos(angle))
    return SIMD2(c * vector.x - s * vector.y, s * vector.x + c * vector.y)
  }
}
