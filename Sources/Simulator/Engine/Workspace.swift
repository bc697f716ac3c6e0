/// Every intermediate quantity of one forward evaluation of one group of environments.
///
/// One allocation holds all arrays; a simulation steps its groups one after the other through the
/// same workspace, which stays in the first-level cache. Arrays over bodies have one entry per
/// body, over degrees of freedom one per degree of freedom, sparse matrices as ``KernelTables``
/// says; contact arrays have one entry per slot, and a slot exists for each contact point that
/// touches the ground in at least one lane.
///
/// The owner calls ``deallocate()`` exactly once.
struct Workspace {
  typealias Array = UnsafeMutablePointer<Lanes>

  // kinematics: orientation (sine times the sense of rotation), hinge, hinge relative to the
  // parent's, first moment of mass about the hinge in world axes
  let sine, cosine, originX, originY, armX, armY, momentX, momentY: Array
  // composite bodies: first and second moment of the subtree about the hinge
  let subtreeX, subtreeY, subtreeInertia: Array
  // velocities and accelerations of hinges, forces and moments of subtrees
  let turnRate, velocityX, velocityY, accelerationX, accelerationY: Array
  let forceX, forceY, moment: Array
  // tree-sparse matrices: M, its factor, and the factor of M + JᵀDJ or M + h damping
  let mass, massFactor, matrix: Array
  // vectors over degrees of freedom
  let control, bias, passive, actuator, smooth, smoothAcceleration: Array
  let acceleration, constraintForce, gradient, direction, difference, massDifference: Array
  // single values: 1/trace(M) and the line search step
  let inverseTrace, stepLength: Array
  // limits, one entry per slot
  let limitSign, limitDistance, limitWeight, limitReference: Array
  let limitResidual, limitSlope: Array
  // contacts, one entry per slot; the Jacobians have one entry per hinge of the chain
  let contactDistance, contactX, contactWeight, contactReference, contactTangentReference: Array
  let contactResidual, contactTangentResidual, contactSlope, contactTangentSlope: Array
  let contactTangent, contactNormal: Array
  // Runge-Kutta: state at the start, stage state, weighted sums
  let startPosition, startVelocity, stagePosition, stageVelocity: Array
  let sumVelocity, sumAcceleration: Array

  /// The limited degree of freedom of each limit slot.
  let limitSlots: UnsafeMutablePointer<Int>
  /// The contact point of each contact slot.
  let contactSlots: UnsafeMutablePointer<Int>
  /// The number of limit slots, then the number of contact slots.
  let counts: UnsafeMutablePointer<Int>
  private let slab: Array

  init(_ tables: KernelTables) {
    var sizes: [Int] = []
    func reserve(_ arrays: Int, of size: Int) {
      for _ in 0..<arrays { sizes.append(size) }
    }
    let points = tables.pointCount
    reserve(19, of: tables.bodyCount)
    reserve(3, of: tables.entryCount)
    reserve(12, of: max(tables.dofCount, tables.motorCount))
    reserve(2, of: 1)
    reserve(6, of: tables.limitCount)
    reserve(9, of: points)
    reserve(2, of: points * tables.chainLength)
    reserve(6, of: tables.dofCount)
    let total = sizes.reduce(0, +)
    let slab = Array.allocate(capacity: total)
    slab.initialize(repeating: .zero, count: total)
    self.slab = slab
    var starts = sizes.makeIterator()
    var offset = 0
    func next() -> Array {
      defer { offset += starts.next() ?? 0 }
      return slab + offset
    }

    (sine, cosine, originX, originY) = (next(), next(), next(), next())
    (armX, armY, momentX, momentY) = (next(), next(), next(), next())
    (subtreeX, subtreeY, subtreeInertia) = (next(), next(), next())
    (turnRate, velocityX, velocityY) = (next(), next(), next())
    (accelerationX, accelerationY) = (next(), next())
    (forceX, forceY, moment) = (next(), next(), next())
    (mass, massFactor, matrix) = (next(), next(), next())
    (control, bias, passive, actuator) = (next(), next(), next(), next())
    (smooth, smoothAcceleration, acceleration) = (next(), next(), next())
    (constraintForce, gradient, direction) = (next(), next(), next())
    (difference, massDifference) = (next(), next())
    (inverseTrace, stepLength) = (next(), next())
    (limitSign, limitDistance, limitWeight) = (next(), next(), next())
    (limitReference, limitResidual, limitSlope) = (next(), next(), next())
    (contactDistance, contactX, contactWeight) = (next(), next(), next())
    (contactReference, contactTangentReference) = (next(), next())
    (contactResidual, contactTangentResidual) = (next(), next())
    (contactSlope, contactTangentSlope) = (next(), next())
    (contactTangent, contactNormal) = (next(), next())
    (startPosition, startVelocity, stagePosition) = (next(), next(), next())
    (stageVelocity, sumVelocity, sumAcceleration) = (next(), next(), next())

    limitSlots = .allocate(capacity: tables.limitCount)
    limitSlots.initialize(repeating: 0, count: tables.limitCount)
    contactSlots = .allocate(capacity: points)
    contactSlots.initialize(repeating: 0, count: points)
    counts = .allocate(capacity: 2)
    counts.initialize(repeating: 0, count: 2)
  }

  /// Frees the arrays; no kernel may run afterwards.
  func deallocate() {
    slab.deallocate()
    limitSlots.deallocate()
    contactSlots.deallocate()
    counts.deallocate()
  }
}
