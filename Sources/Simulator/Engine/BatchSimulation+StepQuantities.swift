import Requirements

/// What is kept of a step beside the states, see ``StepQuantities``.
extension BatchSimulation {
  /// The place of the kept point in an environment, in m, without an allocation.
  ///
  /// - Precondition: the index is in range, and a point is kept.
  public func place(environment: Int) -> SIMD2<Double> {
    let (place, lane) = keptPlace(environment)
    return SIMD2(place[0][lane], place[1][lane])
  }

  /// The angle of the kept point's body against the authored pose, in rad, in the sense of the plane.
  ///
  /// - Precondition: the index is in range, and a point is kept.
  public func angle(environment: Int) -> Double {
    let (place, lane) = keptPlace(environment)
    return place[2][lane]
  }

  /// One constraint force, in N or N m, without an allocation.
  ///
  /// - Precondition: the indices are in range, and constraint forces are kept.
  public func constraintForce(environment: Int, dof: Int) -> Double {
    require(dof >= 0 && dof < model.dofCount, "dof \(dof) is not in 0..<\(model.dofCount)")
    let (group, lane) = keptSeat(environment, isKept: \.constraintForces)
    return storage.read(storage.constraintForces(group), dof, lane: lane)
  }

  private func keptPlace(_ environment: Int) -> (place: UnsafeMutablePointer<Lanes>, lane: Int) {
    let (group, lane) = keptSeat(environment) { $0.point != nil }
    return (storage.place(group), lane)
  }

  /// The seat of an environment whose kept numbers are up to date.
  @inline(__always)
  private func keptSeat(
    _ environment: Int, isKept: (StepQuantities) -> Bool
  ) -> (group: Int, lane: Int) {
    require(
      environment >= 0 && environment < count,
      "environment \(environment) is not in 0..<\(count)")
    guard let kept = storage.kept, isKept(kept.quantities) else {
      requirementFailure(
        "the batch does not keep this number: name it in 'keeping' when you create the batch")
    }
    let seat = storage.seat(environment)
    if any(kept.stale[seat.group]) { refresh(kept, seat.group) }
    return seat
  }

  /// Copies the numbers of the last step from the workspace.
  @inline(never)
  func keep(_ quantities: StepQuantities, _ group: Int, lanes: LaneMask) {
    if quantities.constraintForces {
      kernel.copyConstraintForces(into: storage.constraintForces(group), lanes: lanes)
    }
    if let point = quantities.point {
      if point.isCurrent { kernel.place(storage.vectors(group, .position)) }
      kernel.copyPlace(of: point, into: storage.place(group), lanes: lanes)
    }
  }

  /// Computes the numbers of the environments of a group that were reset.
  @inline(never)
  private func refresh(_ kept: KeptQuantities, _ group: Int) {
    let position = storage.vectors(group, .position)
    if kept.quantities.constraintForces {
      for motor in 0..<model.motorCount { storage.work.control[motor] = .zero }
      kernel.evaluate(
        q: position, v: storage.vectors(group, .velocity),
        warm: storage.vectors(group, .warmStart), alive: kept.stale[group])
    } else {
      kernel.place(position)
    }
    keep(kept.quantities, group, lanes: kept.stale[group])
    kept.stale[group] = LaneMask(repeating: false)
  }
}
