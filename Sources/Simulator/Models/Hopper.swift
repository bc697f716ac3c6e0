extension PlanarModel {
  /// The hopper of Gymnasium's `hopper.xml`: a torso and one leg of three links, 15.8 kg, in the
  /// vertical plane. Its links touch each other, without friction.
  ///
  /// `qpos`: x and height of the torso (1.25 m when standing), pitch (positive: nose down), then
  /// thigh, leg and foot (positive: against the pitch). Three motors drive them. One environment
  /// step is 4 physics steps of 0.002 s.
  ///
  /// - Source: Gymnasium 1.4.0, `envs/mujoco/assets/hopper.xml`.
  public static let hopper = PlanarModel(
    name: "hopper",
    plane: .vertical,
    timestep: 0.002,
    integrator: .rungeKutta4,
    gravity: SIMD2(0, -9.81),
    slides: Biped.slides,
    bodies: [biped.torso] + biped.leg("", at: 1),
    motors: biped.motors("", gear: 200),
    ground: Ground(
      contact: Geom.Contact(
        friction: 1, softness: softness, margin: margin, dimension: .sliding, affinity: 1)))
}

private let softness = ConstraintSoftness(minimum: 0.8, maximum: 0.8, width: 0.01)

private let margin = 0.001

private let biped = Biped(
  contact: Geom.Contact(
    friction: 0.9, softness: softness, margin: margin, dimension: .frictionless, affinity: 1),
  damping: 1, armature: 1, foot: (halfLength: 0.195, center: 0.065, friction: 2))
