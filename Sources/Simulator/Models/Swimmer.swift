extension PlanarModel {
  /// The swimmer of Gymnasium's `swimmer.xml`: three equal links in a viscous, dense medium, in
  /// the horizontal plane.
  ///
  /// `qpos`: x and y of the first hinge frame, heading, then the two joints between the links.
  /// Two motors drive these joints. One environment step is 4 physics steps of 0.01 s.
  ///
  /// - Source: Gymnasium 1.4.0, `envs/mujoco/assets/swimmer.xml`.
  public static let swimmer = PlanarModel(
    name: "swimmer",
    plane: .horizontal,
    timestep: 0.01,
    integrator: .rungeKutta4,
    density: 4000,
    viscosity: 0.1,
    slides: [
      Joint(name: "slider1", armature: armature), Joint(name: "slider2", armature: armature),
    ],
    bodies: [
      Body(
        name: "torso", parent: nil, offset: .zero,
        hinge: Joint(name: "free_body_rot", armature: armature),
        geoms: [.capsule(from: SIMD2(1.5, 0), to: SIMD2(0.5, 0), radius: linkRadius)]),
      Body(
        name: "mid", parent: 0, offset: SIMD2(0.5, 0),
        hinge: Joint(name: "motor1_rot", armature: armature, limit: bend),
        geoms: [.capsule(from: .zero, to: SIMD2(-1, 0), radius: linkRadius)]),
      Body(
        name: "back", parent: 1, offset: SIMD2(-1, 0),
        hinge: Joint(name: "motor2_rot", armature: armature, limit: bend),
        geoms: [.capsule(from: .zero, to: SIMD2(-1, 0), radius: linkRadius)]),
    ],
    motors: [
      Motor(joint: "motor1_rot", gear: 150), Motor(joint: "motor2_rot", gear: 150),
    ])
}

private let armature = 0.1

private let linkRadius = 0.1

/// 100 degrees to either side.
private let bend = Joint.Limit(lower: -100 * Double.pi / 180, upper: 100 * Double.pi / 180)
