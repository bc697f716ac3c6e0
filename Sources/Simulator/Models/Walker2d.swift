extension PlanarModel {
  /// The walker of Gymnasium's `walker2d_v5.xml`: a torso and two legs of three links each, 23.7 kg,
  /// in the vertical plane. Its legs pass through each other.
  ///
  /// `qpos`: x and height of the torso (1.25 m when standing), pitch (positive: nose down), then
  /// thigh, leg and foot of the right leg and of the left one (positive: against the pitch). Six
  /// motors drive the legs in that order. One environment step is 4 physics steps of 0.002 s.
  ///
  /// - Source: Gymnasium 1.4.0, `envs/mujoco/assets/walker2d_v5.xml`.
  public static let walker2d = PlanarModel(
    name: "walker2d",
    plane: .vertical,
    timestep: 0.002,
    integrator: .rungeKutta4,
    gravity: SIMD2(0, -9.81),
    slides: Biped.slides,
    bodies: [biped.torso] + biped.leg("", at: 1) + biped.leg("_left", at: 4),
    motors: biped.motors("", gear: 100) + biped.motors("_left", gear: 100),
    ground: Ground(contact: Geom.Contact(friction: 0.7, affinity: 1)))
}

private let biped = Biped(
  contact: Geom.Contact(friction: 0.9), damping: 0.1, armature: 0.01,
  foot: (halfLength: 0.1, center: 0.1, friction: 1.9))
