import Requirements

/// Evaluates the stages of one environment in turn and returns every intermediate result.
///
/// For tests, verification and analysis. It runs the same kernels as ``BatchSimulation``, in the
/// first lane of a group. It allocates its results and is not optimised for speed.
public final class ForwardDynamics {
  /// The model.
  public let model: CompiledModel

  private let storage: BatchStorage
  private let kernel: PlanarKernel

  /// Creates an evaluator for one environment at a time.
  public init(model: CompiledModel, solver: ConstraintSolver = .mujoco) {
    self.model = model
    storage = BatchStorage(model, count: 1)
    kernel = PlanarKernel(tables: storage.tables, work: storage.work, solver: solver)
  }

  /// Evaluates all stages at a state.
  ///
  /// - Parameters:
  ///   - qpos: Positions, `[nv]`.
  ///   - qvel: Velocities, `[nv]`.
  ///   - ctrl: Controls, `[motors]`, clamped as in a step.
  ///   - warmStart: A start for the constraint solver, `[nv]`; nil for zero.
  /// - Returns: The output of every stage.
  /// - Precondition: the lengths match.
  public func evaluate(
    qpos: [Double], qvel: [Double], ctrl: [Double], warmStart: [Double]? = nil
  ) -> ForwardEvaluation {
    let size = model.dofCount
    require(
      qpos.count == size && qvel.count == size && ctrl.count == model.motorCount
        && (warmStart?.count ?? size) == size,
      "expected \(size) positions and velocities and \(model.motorCount) controls, got "
        + "\(qpos.count), \(qvel.count), \(ctrl.count), warm start \(warmStart?.count ?? size)")
    for dof in 0..<size {
      storage[0, .position, dof] = qpos[dof]
      storage[0, .velocity, dof] = qvel[dof]
      storage[0, .warmStart, dof] = warmStart?[dof] ?? 0
    }
    ctrl.withUnsafeBufferPointer { storage.loadControls(0, from: $0) }
    kernel.actuation()
    kernel.forward(
      q: storage.vectors(0, .position), v: storage.vectors(0, .velocity),
      warm: storage.vectors(0, .warmStart), alive: storage.alive[0])
    kernel.constraintForces()
    return collect(qvel: qvel)
  }

  /// Reads the first lane of the workspace.
  private func collect(qvel: [Double]) -> ForwardEvaluation {
    let work = storage.work
    func vector(_ values: UnsafeMutablePointer<Lanes>) -> [Double] {
      (0..<model.dofCount).map { values[$0][0] }
    }
    return ForwardEvaluation(
      massMatrix: lowerTriangle(), bias: vector(work.bias), passive: vector(work.passive),
      actuator: vector(work.actuator), smoothAcceleration: vector(work.smoothAcceleration),
      contacts: contacts(), rows: limitRows(qvel) + contactRows(qvel),
      constraintForce: vector(work.constraintForce), acceleration: vector(work.acceleration))
  }

  /// The dense lower triangle of the tree-sparse mass matrix.
  private func lowerTriangle() -> [Double] {
    let mass = storage.work.mass
    var result = [mass[0][0], mass[1][0], mass[2][0]]
    for index in model.bodies.indices {
      let body = storage.tables.bodies[index]
      var row = [Double](repeating: 0, count: index + 3)
      row[0] = mass[body.row][0]
      row[1] = mass[body.row + 1][0]
      for link in 0...body.links {
        row[chain(index)[link] + 2] = mass[body.row + 2 + link][0]
      }
      result += row
    }
    return result
  }

  private func chain(_ body: Int) -> UnsafeMutablePointer<Int> {
    storage.tables.chains + body * storage.tables.chainLength
  }

  /// The contact slots that are active in the first lane.
  private var touchingSlots: [Int] {
    (0..<storage.work.counts[1]).filter { storage.work.contacts[$0].distance[0] < 0 }
  }

  private func contacts() -> [ForwardEvaluation.Contact] {
    touchingSlots.map { slot in
      let work = storage.work
      let point = model.contactPoints[work.contactSlots[slot]]
      let distance = work.contacts[slot].distance[0]
      return ForwardEvaluation.Contact(
        geom: point.geom, distance: distance,
        position: SIMD2(
          work.contacts[slot].x[0], storage.tables.groundHeight + distance / 2),
        tangentSign: tangentSign(point))
    }
  }

  /// The sign of the first world component of the geom's axis.
  private func tangentSign(_ point: ContactPoint) -> Double {
    let (c, s) = (
      storage.work.bodies[point.body].cosine[0], storage.work.bodies[point.body].sine[0]
    )
    return c * point.axis.x - s * point.axis.y < 0 ? -1 : 1
  }

  private func limitRows(_ qvel: [Double]) -> [ForwardEvaluation.ConstraintRow] {
    let work = storage.work
    return (0..<work.counts[0]).filter { work.limits[$0].distance[0] < 0 }.map { slot in
      let dof = work.limitSlots[slot]
      var jacobian = [Double](repeating: 0, count: model.dofCount)
      jacobian[dof] = work.limits[slot].sign[0]
      let weight = work.limits[slot].weight[0]
      return ForwardEvaluation.ConstraintRow(
        kind: .limit, jacobian: jacobian, position: work.limits[slot].distance[0],
        velocity: jacobian[dof] * qvel[dof], reference: work.limits[slot].reference[0],
        regularizer: 1 / weight, force: -weight * min(0, work.limits[slot].residual[0]))
    }
  }

  private func contactRows(_ qvel: [Double]) -> [ForwardEvaluation.ConstraintRow] {
    touchingSlots.flatMap { slot in
      let work = storage.work
      let point = model.contactPoints[work.contactSlots[slot]]
      let sign = tangentSign(point)
      let weight = work.contacts[slot].weight[0]
      // factors of the tangential row in the four edges
      return [sign * point.friction, -sign * point.friction, 0, 0].map { slant in
        let jacobian = contactJacobian(slot, point, slant: slant)
        let reference =
          work.contacts[slot].reference[0] + slant * work.contacts[slot].tangentReference[0]
        let residual =
          work.contacts[slot].residual[0]
          + slant / point.friction * work.contacts[slot].tangentResidual[0]
        return ForwardEvaluation.ConstraintRow(
          kind: .contact, jacobian: jacobian, position: work.contacts[slot].distance[0],
          velocity: zip(jacobian, qvel).reduce(0) { $0 + $1.0 * $1.1 }, reference: reference,
          regularizer: 1 / weight, force: -weight * min(0, residual))
      }
    }
  }

  private func contactJacobian(_ slot: Int, _ point: ContactPoint, slant: Double) -> [Double] {
    let start = slot * storage.tables.chainLength
    var row = [Double](repeating: 0, count: model.dofCount)
    row[0] = slant
    row[1] = 1
    for link in 0...storage.tables.bodies[point.body].links {
      row[chain(point.body)[link] + 2] =
        storage.work.contactNormal[start + link][0]
        + slant * storage.work.contactTangent[start + link][0]
    }
    return row
  }
}
