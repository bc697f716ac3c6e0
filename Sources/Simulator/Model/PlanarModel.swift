/// A planar articulated body in its medium, as authored.
///
/// The first body is the root. It moves by two slides and one hinge, or is fixed. Every other body
/// turns about one hinge fixed in its parent or slides along a line of it. All rotations are about
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

  /// The largest number of Newton iterations of the constraint solver in a step.
  public var iterations = 100

  /// Whether the constraint solver starts from the acceleration of the last step where that is better.
  public var startsWarm = true

  /// Whether joint damping enters Euler steps implicitly.
  public var dampsImplicitly = true

  /// Creates a model from its parts; ``CompiledModel`` checks them.
  public init(
    name: String, plane: Plane, timestep: Double, integrator: Integrator,
    gravity: SIMD2<Double> = .zero, density: Double = 0, viscosity: Double = 0,
    totalMass: Double? = nil, slides: [Joint], bodies: [Body], motors: [Motor],
    ground: Ground? = nil
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
  }
}

extension PlanarModel {
  /// Whether the root is fixed: without slides, its hinge does not turn either.
  public var isFixed: Bool { slides.isEmpty }

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
