import Requirements

/// What a batch keeps beside the states: numbers that a step has on the way.
///
/// They are those of the last evaluation of forces, as MuJoCo leaves them after a step: at the start of
/// the last physics step with Euler's scheme, at the last of its four stages with Runge-Kutta's. So they
/// are older than the positions. After ``BatchSimulation/reset(environment:qpos:qvel:warmStart:)`` they
/// are those of the new state without controls.
public struct StepQuantities: Equatable, Sendable {
  /// A point that is fixed in a body, whose place is kept.
  public struct Point: Equatable, Sendable {
    /// The place of the body in the model.
    public var body: Int
    /// The point in the body's frame, in m.
    public var offset: SIMD2<Double>
    /// Whether it is kept where the positions at the end of a step have it instead.
    public var isCurrent: Bool

    /// Creates a point.
    public init(body: Int, offset: SIMD2<Double>, isCurrent: Bool = false) {
      (self.body, self.offset, self.isCurrent) = (body, offset, isCurrent)
    }
  }

  /// A point; nil for none.
  public var point: Point?
  /// Whether the forces of limits, contacts and dry friction are kept, MuJoCo's `qfrc_constraint`.
  public var constraintForces: Bool

  /// Nothing, or what is named.
  public init(point: Point? = nil, constraintForces: Bool = false) {
    (self.point, self.constraintForces) = (point, constraintForces)
  }

  /// The vectors of lanes that a group needs for them.
  func size(dofCount: Int) -> Int {
    (constraintForces ? dofCount : 0) + (point == nil ? 0 : 3)
  }
}

/// What the batch keeps, and where: behind the states of a group.
///
/// ``BatchStorage`` moves these vectors with the states.
struct KeptQuantities {
  let quantities: StepQuantities
  /// Lanes that were reset, whose numbers are not computed yet; one mask per group.
  let stale: UnsafeMutablePointer<LaneMask>

  init(_ quantities: StepQuantities, groupCount: Int) {
    self.quantities = quantities
    stale = .allocate(capacity: groupCount)
    stale.initialize(repeating: LaneMask(repeating: false), count: groupCount)
  }

  /// Frees the memory.
  func deallocate() { stale.deallocate() }
}

extension PlanarKernel {
  /// Writes the place of a point and the angle of its body, as the last kinematics have them.
  @inline(never)
  func copyPlace(
    of point: StepQuantities.Point, into place: UnsafeMutablePointer<Lanes>, lanes: LaneMask
  ) {
    let body = work.bodies + point.body
    let (c, s) = (body.pointee.cosine, body.pointee.sine)
    let x = fnma(s, broadcast(point.offset.y), c * point.offset.x)
    let y = fma(s, broadcast(point.offset.x), c * point.offset.y)
    // adding zero turns -0 into +0
    place[0].replace(with: body.pointee.originX + x + 0, where: lanes)
    place[1].replace(with: body.pointee.originY + y + 0, where: lanes)
    place[2].replace(with: body.pointee.angle + 0, where: lanes)
  }

  /// Writes `Jᵀ F` of the last evaluation of forces.
  @inline(never)
  func copyConstraintForces(into forces: UnsafeMutablePointer<Lanes>, lanes: LaneMask) {
    constraintForces()
    for index in 0..<tables.dofCount {
      forces[index].replace(with: work.constraintForce[index] + 0, where: lanes)
    }
  }

  /// ``kinematics(_:)`` alone, outside of a step.
  @inline(never)
  func place(_ q: UnsafePointer<Lanes>) { kinematics(q) }

  /// ``forward(q:v:warm:alive:)`` outside of a step, with the controls in the workspace.
  @inline(never)
  func evaluate(
    q: UnsafePointer<Lanes>, v: UnsafePointer<Lanes>, warm: UnsafePointer<Lanes>, alive: LaneMask
  ) {
    actuation()
    forward(q: q, v: v, warm: warm, alive: alive)
  }
}
