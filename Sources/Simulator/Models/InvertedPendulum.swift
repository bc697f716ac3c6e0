extension PlanarModel {
  /// The inverted pendulum of Gymnasium's `inverted_pendulum.xml`: a pole on a cart on a rail, 15.5 kg, in
  /// the vertical plane. Nothing touches anything.
  ///
  /// `qpos`: x of the cart, then the angle of the pole (positive: towards x), 0 when upright. One motor
  /// drives the cart. One environment step is 2 physics steps of 0.02 s.
  ///
  /// - Source: Gymnasium 1.4.0, `envs/mujoco/assets/inverted_pendulum.xml`.
  public static let invertedPendulum = PlanarModel(
    name: "inverted pendulum",
    plane: .vertical,
    timestep: 0.02,
    integrator: .rungeKutta4,
    gravity: SIMD2(0, -9.81),
    slides: [],
    bodies: [
      CartAndPoles.rail,
      CartAndPoles.cart(damping: 1, limit: Joint.Limit(lower: -1, upper: 1)),
      Body(
        name: "pole", parent: 1, offset: .zero,
        hinge: Joint(
          name: "hinge", damping: 1, limit: Joint.Limit(lower: -.pi / 2, upper: .pi / 2)),
        geoms: [
          .capsule(name: "cpole", from: .zero, to: SIMD2(0.001, 0.6), radius: 0.049)
        ]),
    ],
    motors: [Motor(name: "slide", joint: "slider", gear: 100, controlRange: -3...3)])

  /// The inverted double pendulum of Gymnasium's `inverted_double_pendulum.xml`: two poles, one on top of
  /// the other, on a cart on a rail, 18.9 kg, in the vertical plane. Nothing touches anything.
  ///
  /// `qpos`: x of the cart, then the angle of the lower pole and that of the upper one relative to it
  /// (positive: towards x), 0 when upright. One motor drives the cart. One environment step is 5 physics
  /// steps of 0.01 s.
  ///
  /// - Source: Gymnasium 1.4.0, `envs/mujoco/assets/inverted_double_pendulum.xml`.
  public static let invertedDoublePendulum = PlanarModel(
    name: "cartpole",
    plane: .vertical,
    timestep: 0.01,
    integrator: .rungeKutta4,
    gravity: SIMD2(1e-5, -9.81),
    slides: [],
    bodies: [
      CartAndPoles.rail,
      CartAndPoles.cart(
        damping: 0.05, limit: Joint.Limit(lower: -1, upper: 1, margin: 0.01)),
      CartAndPoles.pole("pole", geom: "cpole", joint: "hinge", parent: 1, offset: .zero),
      CartAndPoles.pole(
        "pole2", geom: "cpole2", joint: "hinge2", parent: 2, offset: SIMD2(0, 0.6)),
    ],
    motors: [Motor(name: "slide", joint: "slider", gear: 500)])
}

/// The parts that the two pendulums have in common.
private enum CartAndPoles {
  /// What does not move.
  static let rail = Body(
    name: "world", parent: nil, offset: .zero, hinge: Joint(name: ""), geoms: [])

  /// The cart: a capsule along the rail.
  static func cart(damping: Double, limit: Joint.Limit) -> Body {
    Body(
      name: "cart", parent: 0, offset: .zero,
      hinge: Joint(name: "slider", damping: damping, limit: limit),
      geoms: [
        Geom(
          name: "cart", shape: .capsule(halfLength: 0.1, axis: SIMD2(1, 0)), center: .zero,
          radius: 0.1)
      ], slide: SIMD2(1, 0))
  }

  /// A pole of the double pendulum, 0.6 m long.
  static func pole(
    _ name: String, geom: String, joint: String, parent: Int, offset: SIMD2<Double>
  ) -> Body {
    Body(
      name: name, parent: parent, offset: offset, hinge: Joint(name: joint, damping: 0.05),
      geoms: [.capsule(name: geom, from: .zero, to: SIMD2(0, 0.6), radius: 0.045)])
  }
}
