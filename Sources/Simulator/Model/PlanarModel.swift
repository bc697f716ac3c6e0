/// A planar articulated body in its medium, as authored.
///
/// The first body is the root. It moves by two slides and one hinge, or is fixed: then it stands for
/// the world, and any number of trees may hang on it. Every other body turns about one hinge fixed in
/// its parent or slides along a line of it. All rotations are about
/// the normal of one plane and all offsets lie in it, so the planar equations are exact, not an
/// approximation of the spatial ones.
///
/// Coordinates `qpos`, velocities `qvel` and accelerations `qacc` have one entry per degree of
/// freedom, in the order of ``joints``: first slide, second slide, then the joint of every body in
/// the order of ``bodies``. If the root is fixed, its slides and its hinge have no entries.
///
/// | symbol | shape | unit | frame |
/// |---|---|---|---|
/// | `qpos` | `[nv]` | m, m, rad, ... | ``Joint/reference`` plus the displacement from the authored pose |
/// | `qvel` | `[nv]` | m/s, m/s, rad/s, ... | same |
/// | `ctrl` | `[motors]` | 1 | clamped to each motor's range when forces are computed |
/// | `qacc` | `[nv]` | m/s², m/s², rad/s², ... | same as `qvel` |
public struct PlanarModel: Sendable, Equatable {
  /// The model's name, for messages.
  public var name: String

  /// The plane of motion.
  public var plane: Plane

  /// The duration of one physics step, in seconds.
  public var timestep: Double

  /// The integration scheme of a step.
  public var integrator: Integrator

  /// Acceleration of gravity along the two axes of the plane, in m/s².
  public var gravity: SIMD2<Double>

  /// Density of the surrounding medium, in kg/m³.
  public var density: Double

  /// Viscosity of the surrounding medium, in kg/(m s).
  public var viscosity: Double

  /// If present, masses and inertias are multiplied by one factor that makes this the total, in kg.
  public var totalMass: Double?

  /// The two slides of the root body, along the first and the second axis of the plane; none if the
  /// root is fixed.
  public var slides: [Joint]

  /// The bodies; parents come before their children.
  public var bodies: [Body]

  /// The motors, in the order of `ctrl`.
  public var motors: [Motor]

  /// The ground, a half space below a horizontal line; nil if there are no contacts.
  public var ground: Ground?

  /// The world's axes, by their components along those of the plane and its normal; nil if the axes of
  /// the plane are axes of the world, as ``Plane`` says. On them depend the directions of friction.
  public var world: Geom.Frame?

  /// Other fixed planes. They need a fixed root.
  public var walls: [Wall]

  /// The largest number of Newton iterations of the constraint solver in a step.
  public var iterations = 100

  /// The set of forces that a contact with friction may exert (`cone`).
  public var frictionCone = FrictionCone.pyramidal

  /// The ratio of the impedance of friction to that of the normal direction in contacts (`impratio`).
  public var frictionRatio = 1.0

  /// The tolerance at which ``ConstraintSolver/mujoco`` stops.
  public var tolerance = 1e-8

  /// Whether the constraint solver starts from the acceleration of the last step where that is better.
  public var startsWarm = true

  /// Whether joint damping enters Euler steps implicitly.
  public var dampsImplicitly = true

  /// Creates a model from its parts; ``CompiledModel`` checks them.
  public init(
    name: String, plane: Plane, timestep: Double, integrator: Integrator,
    gravity: SIMD2<Double> = .zero, density: Double = 0, viscosity: Double = 0,
    totalMass: Double? = nil, slides: [Joint], bodies: [Body], motors: [Motor],
    ground: Ground? = nil, walls: [Wall] = [], world: Geom.Frame? = nil
  ) {
    self.name = name
    self.plane = plane
    self.timestep = timestep
    self.integrator = integrator
    self.gravity = gravity
    self.density = density
    self.viscosity = viscosity
    self.totalMass = totalMass
    self.slides = slides
    self.bodies = bodies
    self.motors = motors
    self.ground = ground
    self.walls = walls
    self.world = world
  }
}

extension PlanarModel {
  /// Whether the root is fixed: without slides, its hinge does not turn either.
  public var isFixed: Bool { slides.isEmpty }

  /// Whether a body turns, itself or with others that carry it.
  func turns(_ index: Int) -> Bool {
    var body: Int? = index
    while let current = body {
      if bodies[current].slide == nil, !isFixed || current > 0 { return true }
      body = bodies[current].parent
    }
    return false
  }

  /// The world's axes, by their components along those of the plane and its normal.
  var worldAxes: Geom.Frame {
    if let world { return world }
    return plane == .vertical
      ? Geom.Frame(x: SIMD3(1, 0, 0), y: SIMD3(0, 0, 1), z: SIMD3(0, 1, 0)) : .plane
  }

  /// Whether the tangents that MuJoCo chooses for a normal in the plane lie in the plane and across it.
  var hasPlanarTangents: Bool {
    [worldAxes.y, worldAxes.z].allSatisfy { axis in
      let height = axis.z.magnitude
      return height < 1e-12 || height > 1 - 1e-12
    }
  }

  /// Whether a body has no mass of its own: a fixed root, or one of several joints between two bodies.
  func isMassless(_ index: Int) -> Bool {
    bodies[index].isIntermediate || (index == 0 && isFixed)
  }

  /// The joints, in the order of the coordinates.
  public var joints: [Joint] { slides + bodies.dropFirst(isFixed ? 1 : 0).map(\.hinge) }
}

extension PlanarModel {
  /// The plane of motion, and with it the sense of a positive rotation.
  public enum Plane: String, Sendable, Hashable, CaseIterable {
    /// First axis x, second axis z (up); a positive hinge rotation is about +y: it turns z to x.
    case vertical
    /// First axis x, second axis y, seen from above; a positive rotation is about +z: x to y.
    case horizontal
  }

  /// The integration scheme of one physics step.
  public enum Integrator: String, Sendable, Hashable, CaseIterable {
    /// Semi-implicit Euler; joint damping enters implicitly.
    case euler
    /// The classical Runge-Kutta scheme with four stages; damping is explicit.
    case rungeKutta4
    /// Semi-implicit Euler; damping of joints and motors enters implicitly (`implicitfast`).
    case implicitFast
  }

  /// The set of forces that a contact with friction may exert.
  ///
  /// With normal force `f_n`, friction forces `f_j` and coefficients `mu_j`, Coulomb's law allows the
  /// elliptic cone `Σ (f_j / mu_j)² <= f_n²`. The pyramid in it has an edge along each `± f_j`.
  ///
  /// - Source: MuJoCo documentation, "Computation", friction cones.
  public enum FrictionCone: String, Sendable, Hashable, CaseIterable {
    /// The pyramid, MuJoCo's default.
    case pyramidal
    /// The elliptic cone.
    case elliptic
  }

  /// A fixed plane in any direction, of which one side is solid.
  public struct Wall: Sendable, Hashable {
    /// The unit normal, away from the solid side: components along the axes of the plane of motion and
    /// its normal.
    public var normal: SIMD3<Double>

    /// The distance of the surface from the origin along the normal, in m.
    public var distance: Double

    /// The surface.
    public var contact: Geom.Contact

    /// Creates a wall.
    public init(normal: SIMD3<Double>, distance: Double, contact: Geom.Contact) {
      self.normal = normal
      self.distance = distance
      self.contact = contact
    }
  }

  /// The half space below a horizontal line of the vertical plane.
  public struct Ground: Sendable, Hashable {
    /// The height of the surface, in m.
    public var height: Double

    /// The surface, with which those of the geoms are combined; nil if the geoms' parameters are
    /// those of the contact with the ground, and every geom that touches anything touches it.
    public var contact: Geom.Contact?

    /// Creates a ground whose surface is at `height`.
    public init(height: Double = 0, contact: Geom.Contact? = nil) {
      self.height = height
      self.contact = contact
    }
  }
}
