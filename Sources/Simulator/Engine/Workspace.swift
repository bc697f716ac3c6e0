/// The results of the stages for one body.
struct BodyState {
  /// Angle to the world, and its cosine and sine, the sine times the sense of rotation.
  var angle, sine, cosine: Lanes
  /// The hinge in the world, and relative to the parent's hinge.
  var originX, originY, armX, armY: Lanes
  /// First moment of mass about the hinge, in world axes.
  var momentX, momentY: Lanes
  /// First and second moment of the subtree about the hinge.
  var subtreeX, subtreeY, subtreeInertia: Lanes
  /// Angular velocity; velocity and acceleration of the hinge.
  var turnRate, velocityX, velocityY, accelerationX, accelerationY: Lanes
  /// Force and moment about the hinge of the subtree.
  var forceX, forceY, moment: Lanes
}

/// A joint limit that is exceeded in at least one lane.
struct LimitState {
  /// The only entry of the Jacobian: +1 at the lower end, -1 at the upper.
  var sign: Lanes
  /// The distance to the end of the range minus the margin.
  var violation: Lanes
  var weight, reference, residual, slope: Lanes
}

/// The dry friction of a joint.
struct FrictionState {
  var reference, residual, slope: Lanes
}

/// A contact that is active in at least one lane.
///
/// The violation is the distance minus the margin. The tangential numbers belong to the row `mu jt`, see ``ContactPair``.
struct ContactState {
  var violation, x, weight, reference, tangentReference: Lanes
  var residual, tangentResidual, slope, tangentSlope: Lanes
}

/// What a contact between two bodies has besides its ``ContactState``.
struct PairContactState {
  /// The unit vector from the first geom to the second; zero where it leaves the plane.
  var normalX, normalY: Lanes
  /// The unit vector of the plane along which friction acts.
  var tangentX, tangentY: Lanes
  /// The second coordinate of the contact point.
  var y: Lanes
}

/// Every intermediate quantity of one forward evaluation of one group of environments.
///
/// A simulation steps its groups one after the other through the same workspace, which stays in
/// the first-level cache. Vectors have one entry per degree of freedom, sparse matrices are laid
/// out as ``KernelTables`` says, limits and contacts have one entry per slot.
///
/// The owner calls ``deallocate()`` exactly once.
struct Workspace {
  typealias Array = UnsafeMutablePointer<Lanes>

  let bodies: UnsafeMutablePointer<BodyState>
  /// For each body that slides, the direction in the world: two numbers.
  let slideAxes: Array
  let limits: UnsafeMutablePointer<LimitState>
  let frictions: UnsafeMutablePointer<FrictionState>
  let contacts: UnsafeMutablePointer<ContactState>
  /// For each contact slot, what contacts between bodies have besides.
  let pairContacts: UnsafeMutablePointer<PairContactState>
  /// Tangential and normal Jacobian of each contact slot, one entry per hinge of its chain.
  let contactTangent, contactNormal: Array
  /// For each contact slot, what turning adds to the tangential row of a spatial contact.
  let spins: Array
  /// For each contact slot of a model with elliptic cones, how many slots its cone has; 0 for the slots
  /// of a cone after its first.
  let coneSizes: UnsafeMutablePointer<Int>
  /// The tangential Jacobian of a cone in the direction of its friction.
  let coneTangent: Array
  /// The limited degree of freedom of each limit slot.
  let limitSlots: UnsafeMutablePointer<Int>
  /// The slots of limits and of contacts that act in a lane the solver still works on.
  let openLimits, openContacts: UnsafeMutablePointer<Int>
  /// The contact of each contact slot, an index of ``KernelTables/contacts``.
  let contactSlots: UnsafeMutablePointer<Int>
  /// The number of limit slots, of contact slots, and of those of them that touch the ground,
  /// which come first; then the numbers of open limit slots and open contact slots.
  let counts: UnsafeMutablePointer<Int>

  /// For each lane, a bit pattern of the active limits and contact points.
  let pattern: UnsafeMutablePointer<SIMD8<UInt64>>

  /// Tree-sparse matrices: M, its factor, and the factor of `M + JᵀDJ` or `M + h damping`.
  let mass, massFactor, matrix: Array
  /// Vectors of the stages up to the smooth acceleration.
  let control, bias, passive, actuator, smooth, smoothAcceleration: Array
  /// Vectors of the constraint solver.
  let acceleration, constraintForce, gradient, direction, difference, massDifference: Array
  /// The state after a step, and the weighted sums of Runge-Kutta.
  let stagePosition, stageVelocity, sumVelocity, sumAcceleration: Array
  /// Single values: `1/trace(M)` and the line search step.
  let inverseTrace, stepLength: Array
  private let slab: Array

  init(_ tables: KernelTables) {
    func cleared<T>(_ count: Int, _ value: T) -> UnsafeMutablePointer<T> {
      let result = UnsafeMutablePointer<T>.allocate(capacity: count)
      result.initialize(repeating: value, count: count)
      return result
    }
    let zero = Lanes.zero
    bodies = cleared(
      tables.bodyCount,
      BodyState(
        angle: zero, sine: zero, cosine: zero, originX: zero, originY: zero, armX: zero,
        armY: zero, momentX: zero, momentY: zero, subtreeX: zero, subtreeY: zero,
        subtreeInertia: zero, turnRate: zero, velocityX: zero, velocityY: zero,
        accelerationX: zero, accelerationY: zero, forceX: zero, forceY: zero, moment: zero))
    limits = cleared(
      tables.limitCount,
      LimitState(
        sign: zero, violation: zero, weight: zero, reference: zero, residual: zero, slope: zero))
    frictions = cleared(
      tables.frictionCount, FrictionState(reference: zero, residual: zero, slope: zero))
    contacts = cleared(
      tables.contactLimit,
      ContactState(
        violation: zero, x: zero, weight: zero, reference: zero, tangentReference: zero,
        residual: zero, tangentResidual: zero, slope: zero, tangentSlope: zero))
    pairContacts = cleared(
      tables.pairCount + tables.spatialCount > 0 ? tables.contactLimit : 0,
      PairContactState(
        normalX: zero, normalY: zero, tangentX: zero, tangentY: zero, y: zero))
    spins = cleared(tables.spatialCount > 0 ? tables.contactLimit : 0, zero)
    coneSizes = cleared(tables.hasCones ? tables.contactLimit : 0, 0)
    coneTangent = cleared(tables.hasCones ? tables.chainLength : 0, zero)
    limitSlots = cleared(tables.limitCount, 0)
    contactSlots = cleared(tables.contactLimit, 0)
    openLimits = cleared(tables.limitCount, 0)
    openContacts = cleared(tables.contactLimit, 0)
    counts = cleared(5, 0)
    pattern = cleared(1, SIMD8<UInt64>.zero)

    let vector = max(tables.dofCount, tables.motorCount)
    let jacobian = tables.contactLimit * tables.chainLength
    let total = 2 * jacobian + 3 * tables.entryCount + 16 * vector + 2 + 2 * tables.bodyCount
    slab = cleared(total, zero)
    var end = slab
    func next(_ size: Int) -> Array {
      defer { end += size }
      return end
    }
    (contactTangent, contactNormal) = (next(jacobian), next(jacobian))
    let entries = tables.entryCount
    (mass, massFactor, matrix) = (next(entries), next(entries), next(entries))
    (control, bias, passive, actuator) = (next(vector), next(vector), next(vector), next(vector))
    (smooth, smoothAcceleration) = (next(vector), next(vector))
    (acceleration, constraintForce, gradient) = (next(vector), next(vector), next(vector))
    (direction, difference, massDifference) = (next(vector), next(vector), next(vector))
    (stagePosition, stageVelocity) = (next(vector), next(vector))
    (sumVelocity, sumAcceleration) = (next(vector), next(vector))
    (inverseTrace, stepLength) = (next(1), next(1))
    slideAxes = next(2 * tables.bodyCount)
  }

  /// Frees the arrays; no kernel may run afterwards.
  func deallocate() {
    bodies.deallocate()
    limits.deallocate()
    frictions.deallocate()
    contacts.deallocate()
    pairContacts.deallocate()
    spins.deallocate()
    coneSizes.deallocate()
    coneTangent.deallocate()
    limitSlots.deallocate()
    contactSlots.deallocate()
    openLimits.deallocate()
    openContacts.deallocate()
    counts.deallocate()
    pattern.deallocate()
    slab.deallocate()
  }
}
