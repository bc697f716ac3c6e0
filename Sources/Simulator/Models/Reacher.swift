extension PlanarModel {
  /// The arm of Gymnasium's `reacher.xml`: two links and a fingertip, 75 g, in the horizontal plane.
  /// Nothing touches anything.
  ///
  /// `qpos`: the angle of the first link, then that of the second one relative to it. Two motors drive
  /// them. One environment step is 2 physics steps of 0.01 s. The target of Gymnasium's file, which moves
  /// by itself and touches nothing, is left to the environment.
  ///
  /// - Source: Gymnasium 1.4.0, `envs/mujoco/assets/reacher.xml`.
  public static let reacher = PlanarModel(
    name: "reacher",
    plane: .horizontal,
    timestep: 0.01,
    integrator: .rungeKutta4,
    slides: [],
    bodies: [
      Body(name: "world", parent: nil, offset: .zero, hinge: Joint(name: ""), geoms: []),
      Body(
        name: "body0", parent: 0, offset: .zero,
        hinge: Joint(name: "joint0", damping: 1, armature: 1), geoms: [link("link0")]),
      Body(
        name: "body1", parent: 1, offset: SIMD2(0.1, 0),
        hinge: Joint(
          name: "joint1", damping: 1, armature: 1, limit: Joint.Limit(lower: -3, upper: 3)),
        geoms: [
          link("link1"),
          Geom(name: "fingertip", shape: .sphere, center: SIMD2(0.11, 0), radius: 0.01),
        ]),
    ],
    motors: [
      Motor(joint: "joint0", gear: 200), Motor(joint: "joint1", gear: 200),
    ])
}

/// A link, 0.1 m long.
private func link(_ name: String) -> Geom {
  .capsule(name: name, from: .zero, to: SIMD2(0.1, 0), radius: 0.01)
}
