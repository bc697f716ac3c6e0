import CLibrary

extension PlanarModel {
  /// The half-cheetah of Gymnasium's `half_cheetah.xml`: a torso with a head and two legs of three
  /// links each, 14 kg, in the vertical plane.
  ///
  /// `qpos`: x and z of the torso relative to (0, 0.7) m, pitch (positive: nose down), then the
  /// back thigh, shin and foot and the front thigh, shin and foot. Six motors drive the legs in
  /// that order. One environment step is 5 physics steps of 0.01 s.
  ///
  /// - Source: Gymnasium 1.4.0, `envs/mujoco/assets/half_cheetah.xml`.
  public static let halfCheetah = PlanarModel(
    name: "half_cheetah",
    plane: .vertical,
    timestep: 0.01,
    integrator: .euler,
    gravity: SIMD2(0, -9.81),
    totalMass: 14,
    slides: [Joint(name: "rootx"), Joint(name: "rootz")],
    bodies: [
      Body(
        name: "torso", parent: nil, offset: SIMD2(0, 0.7), hinge: Joint(name: "rooty"),
        geoms: [
          .capsule(
            name: "torso", from: SIMD2(-0.5, 0), to: SIMD2(0.5, 0), radius: limbRadius,
            contact: cheetahContact),
          limb("head", center: SIMD2(0.6, 0.1), turn: 0.87, halfLength: 0.15),
        ]),
      leg(
        "bthigh", parent: 0, offset: SIMD2(-0.5, 0), stiffness: 240, damping: 6,
        range: -0.52...1.05, center: SIMD2(0.1, -0.13), turn: -3.8, halfLength: 0.145),
      leg(
        "bshin", parent: 1, offset: SIMD2(0.16, -0.25), stiffness: 180, damping: 4.5,
        range: -0.785...0.785, center: SIMD2(-0.14, -0.07), turn: -2.03, halfLength: 0.15),
      leg(
        "bfoot", parent: 2, offset: SIMD2(-0.28, -0.14), stiffness: 120, damping: 3,
        range: -0.4...0.785, center: SIMD2(0.03, -0.097), turn: -0.27, halfLength: 0.094),
      leg(
        "fthigh", parent: 0, offset: SIMD2(0.5, 0), stiffness: 180, damping: 4.5,
        range: -1...0.7, center: SIMD2(-0.07, -0.12), turn: 0.52, halfLength: 0.133),
      leg(
        "fshin", parent: 4, offset: SIMD2(-0.14, -0.24), stiffness: 120, damping: 3,
        range: -1.2...0.87, center: SIMD2(0.065, -0.09), turn: -0.6, halfLength: 0.106),
      leg(
        "ffoot", parent: 5, offset: SIMD2(0.13, -0.18), stiffness: 60, damping: 1.5,
        range: -0.5...0.5, center: SIMD2(0.045, -0.07), turn: -0.6, halfLength: 0.07),
    ],
    motors: [
      Motor(name: "bthigh", joint: "bthigh", gear: 120),
      Motor(name: "bshin", joint: "bshin", gear: 90),
      Motor(name: "bfoot", joint: "bfoot", gear: 60),
      Motor(name: "fthigh", joint: "fthigh", gear: 120),
      Motor(name: "fshin", joint: "fshin", gear: 60),
      Motor(name: "ffoot", joint: "ffoot", gear: 30),
    ],
    ground: Ground())
}

private let limbRadius = 0.046

private let cheetahContact = Geom.Contact(
  friction: 0.4, softness: ConstraintSoftness(minimum: 0, maximum: 0.8, width: 0.01))

/// A capsule whose axis is the z axis turned by `turn` about y.
private func limb(
  _ name: String, center: SIMD2<Double>, turn: Double, halfLength: Double
) -> Geom {
  Geom(
    name: name, shape: .capsule(halfLength: halfLength, axis: SIMD2(sin(turn), cos(turn))),
    center: center, radius: limbRadius, contact: cheetahContact)
}

/// A link of a leg: hinge, spring, damper, limit and one capsule.
private func leg(
  _ name: String, parent: Int, offset: SIMD2<Double>, stiffness: Double, damping: Double,
  range: ClosedRange<Double>, center: SIMD2<Double>, turn: Double, halfLength: Double
) -> Body {
  Body(
    name: name, parent: parent, offset: offset,
    hinge: Joint(
      name: name, stiffness: stiffness, damping: damping, armature: 0.1,
      limit: Joint.Limit(
        lower: range.lowerBound, upper: range.upperBound,
        softness: ConstraintSoftness(minimum: 0, maximum: 0.8, width: 0.03))),
    geoms: [limb(name, center: center, turn: turn, halfLength: halfLength)])
}
