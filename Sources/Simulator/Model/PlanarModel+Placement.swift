import CLibrary
import Requirements

/// A geom at a given state: the ends of a capsule's axis, or a sphere's centre twice. Other solids stand
/// as the capsule that fits best into their longest side in the plane.
public struct PlacedGeom: Equatable, Sendable {
  /// The two ends of the axis in the plane, in m.
  public var ends: [SIMD2<Double>]
  /// The radius of the caps, in m.
  public var radius: Double
  /// Whether the cap at each end touches the ground.
  public var touches: [Bool]
}

/// The frame of a body at a given state.
public struct PlacedFrame: Equatable, Sendable {
  /// The place of its origin, the body's joint, in m.
  public let origin: SIMD2<Double>
  /// The angle against the authored pose, in rad; its sense is that of the plane.
  public let angle: Double
  private let sine, cosine: Double

  fileprivate init(_ origin: SIMD2<Double>, _ angle: Double, sense: Double) {
    (self.origin, self.angle) = (origin, angle)
    (sine, cosine) = (sense * sin(angle), cos(angle))
  }

  /// Where a point of the body is, in m; the point in the frame is in m, too.
  public func place(of point: SIMD2<Double>) -> SIMD2<Double> {
    origin + SIMD2(cosine * point.x - sine * point.y, sine * point.x + cosine * point.y)
  }
}

extension PlanarModel {
  /// The frames of all bodies at given positions.
  ///
  /// `o_b = o_p + R(φ_p) d_b` for the hinge of body `b` with parent `p`, and `o_b + R(φ_b) c` for a
  /// point `c` of it, where `φ_b` is the sum of the hinges' displacements from the root on.
  ///
  /// A body that slides has `o_b = o_p + R(φ_p) (d_b + u x)`.
  ///
  /// - Parameter qpos: `[nv]`
  /// - Returns: The frames in the order of the bodies.
  /// - Precondition: the length matches.
  public func placedFrames(at qpos: [Double]) -> [PlacedFrame] {
    let joints = joints
    require(
      qpos.count == joints.count,
      "model \"\(name)\" has \(joints.count) positions, got \(qpos.count)")
    let sense = plane == .vertical ? -1.0 : 1.0
    let displacements = zip(qpos, joints).map { ($0 - $1.reference) * ($1.isReversed ? -1 : 1) }
    let moved = isFixed ? [0, 0, 0] + displacements : displacements
    let base = PlacedFrame(SIMD2(moved[0], moved[1]), 0, sense: sense)
    var frames: [PlacedFrame] = []
    for (index, body) in bodies.enumerated() {
      let parent = body.parent.map { frames[$0] } ?? base
      let reach = body.slide.map { $0 * moved[2 + index] } ?? .zero
      frames.append(
        PlacedFrame(
          parent.place(of: body.offset + reach),
          parent.angle + (body.slide == nil ? moved[2 + index] : 0), sense: sense))
    }
    return frames
  }

  /// All geoms at given positions, body by body; see ``placedFrames(at:)``.
  ///
  /// - Parameter qpos: `[nv]`
  /// - Returns: The geoms in the order of the bodies.
  /// - Precondition: the length matches.
  public func placedGeoms(at qpos: [Double]) -> [PlacedGeom] {
    var result: [PlacedGeom] = []
    for (body, frame) in zip(bodies, placedFrames(at: qpos)) {
      for geom in body.allGeoms {
        let (reach, radius) = geom.outline
        let ends = [geom.center - reach, geom.center + reach].map(frame.place)
        let touches = ends.map { end in
          guard let ground, let contact = ground.contact(with: geom.contact) else { return false }
          return end.y - radius < ground.height + contact.margin
        }
        result.append(PlacedGeom(ends: ends, radius: radius, touches: touches))
      }
    }
    return result
  }
}

extension Geom {
  /// The half axis and the radius of the capsule that stands for the geom in a picture.
  fileprivate var outline: (reach: SIMD2<Double>, radius: Double) {
    var half: SIMD3<Double>
    switch shape {
    case .sphere: return (.zero, radius)
    case .capsule(let halfLength, let axis): return (halfLength * axis, radius)
    case .cylinder(let halfLength): half = SIMD3(radius, radius, halfLength)
    case .box(let sizes): half = sizes
    case .ellipsoid(let semiAxes): half = semiAxes
    }
    let sides = zip([axes.x, axes.y, axes.z], [half.x, half.y, half.z]).map {
      $1 * SIMD2($0.x, $0.y)
    }
    let lengths = sides.map { ($0 * $0).sum().squareRoot() }
    let longest = (0..<3).max { lengths[$0] < lengths[$1] } ?? 0
    let width = lengths.sorted()[1]
    guard lengths[longest] > width else { return (.zero, width) }
    return (sides[longest] * (1 - width / lengths[longest]), width)
  }
}
