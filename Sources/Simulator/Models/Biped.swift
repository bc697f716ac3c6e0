/// The parts that Gymnasium's walker and hopper have in common: an upright torso, and legs of thigh,
/// leg and foot that turn about the negative normal.
struct Biped {
  /// The surface of the torso, thighs and legs.
  var contact: Geom.Contact
  /// Damping of the joints of a leg, in N m s/rad.
  var damping: Double
  /// Armature of the joints of a leg, in kg m².
  var armature: Double
  /// Half the length of a foot, the position of its centre before the ankle, and its friction.
  var foot: (halfLength: Double, center: Double, friction: Double)

  /// The height of the torso when standing, in m.
  static let height = 1.25

  /// Two slides that measure the torso's position, with the height from the ground.
  static let slides = [Joint(name: "rootx"), Joint(name: "rootz", reference: height)]

  /// The root.
  var torso: Body {
    Body(
      name: "torso", parent: nil, offset: SIMD2(0, Self.height), hinge: Joint(name: "rooty"),
      geoms: [upright("torso_geom", center: 0, halfLength: 0.2, radius: 0.05)])
  }

  /// The three links of a leg, of which the first is at place `index` in the list of bodies.
  func leg(_ suffix: String, at index: Int) -> [Body] {
    [
      Body(
        name: "thigh\(suffix)", parent: 0, offset: SIMD2(0, -0.2),
        hinge: hinge("thigh\(suffix)_joint", -150...0),
        geoms: [
          upright("thigh\(suffix)_geom", center: -0.225, halfLength: 0.225, radius: 0.05)
        ]),
      Body(
        name: "leg\(suffix)", parent: index, offset: SIMD2(0, -0.45),
        hinge: hinge("leg\(suffix)_joint", -150...0),
        geoms: [upright("leg\(suffix)_geom", center: -0.25, halfLength: 0.25, radius: 0.04)]),
      Body(
        name: "foot\(suffix)", parent: index + 1, offset: SIMD2(0, -0.5),
        hinge: hinge("foot\(suffix)_joint", -45...45),
        geoms: [
          Geom(
            name: "foot\(suffix)_geom",
            shape: .capsule(halfLength: foot.halfLength, axis: SIMD2(-1, 0)),
            center: SIMD2(foot.center, 0), radius: 0.06, contact: sole)
        ]),
    ]
  }

  /// The motors of a leg.
  func motors(_ suffix: String, gear: Double) -> [Motor] {
    ["thigh", "leg", "foot"].map { Motor(joint: "\($0)\(suffix)_joint", gear: gear) }
  }

  /// The surface of a foot.
  private var sole: Geom.Contact {
    var result = contact
    result.friction = foot.friction
    return result
  }

  /// A hinge with a range in degrees.
  private func hinge(_ name: String, _ range: ClosedRange<Double>) -> Joint {
    Joint(
      name: name, isReversed: true, damping: damping, armature: armature,
      limit: Joint.Limit(
        lower: range.lowerBound * Double.pi / 180, upper: range.upperBound * Double.pi / 180))
  }

  /// A capsule along the second axis.
  private func upright(
    _ name: String, center: Double, halfLength: Double, radius: Double
  ) -> Geom {
    Geom(
      name: name, shape: .capsule(halfLength: halfLength, axis: SIMD2(0, 1)),
      center: SIMD2(0, center), radius: radius, contact: contact)
  }
}
