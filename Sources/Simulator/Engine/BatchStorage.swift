/// The memory of a batch: states of all groups, tables, and the workspace they share.
///
/// A group holds `3 nv` vectors of lanes: positions, velocities and warm starts. Environment `e`
/// is lane `e % 8` of group `e / 8`. This type owns every allocation and frees it.
final class BatchStorage {
  let tables: KernelTables
  let work: Workspace
  let groupCount: Int
  /// Lanes that hold a valid environment, one mask per group.
  let alive: UnsafeMutablePointer<LaneMask>
  private let states: UnsafeMutablePointer<Lanes>

  init(_ model: CompiledModel, count: Int) {
    tables = KernelTables(model)
    work = Workspace(tables)
    groupCount = (count + Lanes.width - 1) / Lanes.width
    states = .allocate(capacity: groupCount * 3 * tables.dofCount)
    states.initialize(repeating: .zero, count: groupCount * 3 * tables.dofCount)
    alive = .allocate(capacity: groupCount)
    alive.initialize(repeating: LaneMask(repeating: false), count: groupCount)
    for environment in 0..<count { setAlive(environment, true) }
  }

  deinit {
    tables.deallocate()
    work.deallocate()
    states.deallocate()
    alive.deallocate()
  }

  /// The vectors of a group, one pointer per field.
  @inline(__always)
  func vectors(_ group: Int, _ field: StateField) -> UnsafeMutablePointer<Lanes> {
    states + (group * 3 + field.rawValue) * tables.dofCount
  }

  /// One number of one environment.
  @inline(__always)
  subscript(environment: Int, field: StateField, dof: Int) -> Double {
    get {
      let (group, lane) = environment.quotientAndRemainder(dividingBy: Lanes.width)
      return vectors(group, field)[dof][lane]
    }
    set {
      let (group, lane) = environment.quotientAndRemainder(dividingBy: Lanes.width)
      vectors(group, field)[dof][lane] = newValue
    }
  }

  /// Whether an environment holds a valid state.
  func isAlive(_ environment: Int) -> Bool {
    alive[environment / Lanes.width][environment % Lanes.width]
  }

  /// Marks an environment as valid or halted.
  func setAlive(_ environment: Int, _ value: Bool) {
    alive[environment / Lanes.width][environment % Lanes.width] = value
  }

  /// Copies the controls of one group, row-major by environment, into its lanes.
  ///
  /// Lanes beyond the end of the batch get zeros.
  @inline(__always)
  func loadControls(_ group: Int, from controls: UnsafeBufferPointer<Double>) {
    let motors = tables.motorCount
    let first = group * Lanes.width
    let present = motors == 0 ? 0 : min(Lanes.width, controls.count / motors - first)
    for motor in 0..<motors {
      var value = Lanes.zero
      for lane in 0..<present { value[lane] = controls[(first + lane) * motors + motor] }
      work.control[motor] = value
    }
  }
}

/// The three vectors that a state consists of.
enum StateField: Int {
  case position, velocity, warmStart
}
