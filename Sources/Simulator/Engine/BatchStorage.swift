/// The memory of a batch: states of all groups, tables, and the workspace they share.
///
/// A group holds `3 nv` vectors of lanes: positions, velocities and warm starts; behind them are the
/// ``StepQuantities`` that are kept. Which lane an environment occupies may change between steps, see
/// `BatchStorage+Regrouping.swift`. This type owns every allocation and frees it.
final class BatchStorage {
  let tables: KernelTables
  let work: Workspace
  let count: Int
  let groupCount: Int
  /// What is kept beside the states; nil for nothing.
  let kept: KeptQuantities?
  /// The vectors of a group.
  let width: Int
  /// Lanes that hold a valid environment, one mask per group.
  let alive: UnsafeMutablePointer<LaneMask>
  /// The constraints last active in each lane, one vector per group.
  let patterns: UnsafeMutablePointer<SIMD8<UInt64>>
  /// The lane, counted over all groups, of each environment.
  let places: UnsafeMutablePointer<Int>
  /// The environment in each lane; numbers from ``count`` on are empty lanes.
  let residents: UnsafeMutablePointer<Int>
  let scratch: RegroupingScratch
  private let states: UnsafeMutablePointer<Lanes>

  init(_ model: CompiledModel, count: Int, keeping quantities: StepQuantities = StepQuantities()) {
    tables = KernelTables(model)
    work = Workspace(tables)
    self.count = count
    groupCount = (count + Lanes.width - 1) / Lanes.width
    let lanes = groupCount * Lanes.width
    let added = quantities.size(dofCount: tables.dofCount)
    kept = added > 0 ? KeptQuantities(quantities, groupCount: groupCount) : nil
    width = 3 * tables.dofCount + added
    states = .allocate(capacity: groupCount * width)
    states.initialize(repeating: .zero, count: groupCount * width)
    alive = .allocate(capacity: groupCount)
    alive.initialize(repeating: LaneMask(repeating: false), count: groupCount)
    patterns = .allocate(capacity: groupCount)
    patterns.initialize(repeating: .zero, count: groupCount)
    places = .allocate(capacity: lanes)
    residents = .allocate(capacity: lanes)
    for lane in 0..<lanes {
      places.advanced(by: lane).initialize(to: lane)
      residents.advanced(by: lane).initialize(to: lane)
    }
    scratch = RegroupingScratch(width: width)
    for environment in 0..<count {
      setAlive(environment, true)
      for (dof, position) in model.referencePositions.enumerated() {
        self[environment, .position, dof] = position
      }
    }
    if let kept { kept.stale.update(from: alive, count: groupCount) }
  }

  deinit {
    tables.deallocate()
    work.deallocate()
    scratch.deallocate()
    states.deallocate()
    kept?.deallocate()
    alive.deallocate()
    patterns.deallocate()
    places.deallocate()
    residents.deallocate()
  }

  /// The vectors of a group, one pointer per field, in the engine's coordinates.
  @inline(__always)
  func vectors(_ group: Int, _ field: StateField) -> UnsafeMutablePointer<Lanes> {
    states + (group * width + field.rawValue * tables.dofCount)
  }

  /// The constraint forces of a group, if they are kept.
  func constraintForces(_ group: Int) -> UnsafeMutablePointer<Lanes> {
    states + (group * width + 3 * tables.dofCount)
  }

  /// The place of the point of a group, if it is kept, and the angle of its body.
  func place(_ group: Int) -> UnsafeMutablePointer<Lanes> {
    states + (group * width + width - 3)
  }

  /// The group and the lane of an environment.
  @inline(__always)
  func seat(_ environment: Int) -> (group: Int, lane: Int) {
    let (group, lane) = places[environment].quotientAndRemainder(dividingBy: Lanes.width)
    return (group, lane)
  }

  /// A number along one of the model's coordinates, from the model's sense to the engine's or back.
  @inline(__always)
  func turned(_ value: Double, _ dof: Int) -> Double {
    // 0 - 0 is +0
    tables.senses[dof] < 0 ? 0 - value : value
  }

  /// A number of a lane along one of the model's coordinates, from the engine's vectors.
  @inline(__always)
  func read(_ vectors: UnsafePointer<Lanes>, _ dof: Int, lane: Int) -> Double {
    turned(vectors[dof &+ tables.firstDof][lane], dof)
  }

  /// One number of one environment, in the model's coordinates.
  @inline(__always)
  subscript(environment: Int, field: StateField, dof: Int) -> Double {
    get {
      let (group, lane) = seat(environment)
      return read(vectors(group, field), dof, lane: lane)
    }
    set {
      let (group, lane) = seat(environment)
      vectors(group, field)[dof &+ tables.firstDof][lane] = turned(newValue, dof)
    }
  }

  /// Whether an environment holds a valid state.
  func isAlive(_ environment: Int) -> Bool {
    let (group, lane) = seat(environment)
    return alive[group][lane]
  }

  /// Marks an environment as valid or halted.
  func setAlive(_ environment: Int, _ value: Bool) {
    let (group, lane) = seat(environment)
    alive[group][lane] = value
  }

  /// Copies the controls of one group, row-major by environment, into its lanes.
  ///
  /// Empty lanes get zeros.
  @inline(__always)
  func loadControls(_ group: Int, from controls: UnsafeBufferPointer<Double>) {
    let motors = tables.motorCount
    for lane in 0..<Lanes.width {
      let environment = residents[group * Lanes.width + lane]
      for motor in 0..<motors {
        work.control[motor][lane] =
          environment < count ? controls[environment * motors + motor] : 0
      }
    }
  }
}

/// The three vectors of a state.
enum StateField: Int, CaseIterable {
  case position, velocity, warmStart
}
