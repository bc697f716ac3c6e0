import Requirements

/// Many independent environments of one model, stepped together.
///
/// Environments fill the lanes of SIMD vectors, eight at a time; those with the same active
/// constraints sit side by side. An environment's trajectory is bit-identical whatever the others
/// do and wherever it sits in the batch. All arrays in this interface are row-major
/// `[environment][k]`, in MuJoCo's order and signs; units are m, rad and s.
///
/// <!-- snippet: Docs/Examples/Sources/Snippets/Reference.swift#batch -->
/// ```swift
/// let model = try CompiledModel(.halfCheetah)
/// let batch = BatchSimulation(model: model, count: 64)
/// batch.step(controls: [Double](repeating: 0.1, count: 64 * model.motorCount), frames: 5)
/// print(batch.qpos(environment: 3))
/// ```
///
/// A batch is not thread-safe; use one per task. Stepping allocates nothing unless a state fails.
public final class BatchSimulation {
  /// The model.
  public let model: CompiledModel

  /// The number of environments.
  public let count: Int

  /// The stopping rule of the constraint solver.
  public let solver: ConstraintSolver

  /// The failures since the last ``clearInvalidStates()``, in the order of detection.
  public private(set) var invalidStates: [InvalidState] = []

  let storage: BatchStorage
  let kernel: PlanarKernel
  private var stepCount = 0
  private var resetSteps: [Int]

  /// Creates `count` environments at rest in the authored pose.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - count: The number of environments.
  ///   - solver: The stopping rule of the constraint solver.
  ///   - quantities: What is kept of every step beside the states; by default nothing, which costs
  ///     nothing.
  /// - Precondition: `count > 0`, and a kept point belongs to a body of the model.
  public init(
    model: CompiledModel, count: Int, solver: ConstraintSolver = .mujoco,
    keeping quantities: StepQuantities = StepQuantities()
  ) {
    require(count > 0, "a batch needs at least one environment, got \(count)")
    let body = quantities.point?.body ?? 0
    require(
      model.bodies.indices.contains(body),
      "model \"\(model.source.name)\" has \(model.bodies.count) bodies, but a point of body \(body) should be kept"
    )
    self.model = model
    self.count = count
    self.solver = solver
    storage = BatchStorage(model, count: count, keeping: quantities)
    kernel = PlanarKernel(
      tables: storage.tables, work: storage.work, solver: solver.adapted(to: model.source))
    resetSteps = [Int](repeating: 0, count: count)
  }

  /// Sets the state of an environment and marks it valid.
  ///
  /// - Parameters:
  ///   - environment: The index of the environment.
  ///   - qpos: Positions, `[nv]`.
  ///   - qvel: Velocities, `[nv]`.
  ///   - warmStart: A start for the constraint solver, `[nv]`; nil for zero, as after a reset in
  ///     MuJoCo.
  /// - Precondition: the index is in range and the lengths match.
  public func reset(
    environment: Int, qpos: [Double], qvel: [Double], warmStart: [Double]? = nil
  ) {
    check(environment)
    let size = model.dofCount
    require(
      qpos.count == size && qvel.count == size && (warmStart?.count ?? size) == size,
      "model \"\(model.source.name)\" has \(size) degrees of freedom, got qpos \(qpos.count), "
        + "qvel \(qvel.count), warmStart \(warmStart?.count ?? size)")
    for dof in 0..<size {
      storage[environment, .position, dof] = qpos[dof]
      storage[environment, .velocity, dof] = qvel[dof]
      storage[environment, .warmStart, dof] = warmStart?[dof] ?? 0
    }
    storage.setAlive(environment, true)
    if let kept = storage.kept {
      let (group, lane) = storage.seat(environment)
      kept.stale[group][lane] = true
    }
    resetSteps[environment] = stepCount
  }

  /// Advances every valid environment by `frames` physics steps with constant controls.
  ///
  /// An environment whose state leaves the valid range is halted from that step on, see
  /// ``InvalidState``; the others are not affected.
  ///
  /// - Parameters:
  ///   - controls: `[count][motors]`, row-major; clamped to each motor's range.
  ///   - frames: The number of physics steps.
  /// - Precondition: the number of controls matches and `frames >= 0`.
  /// - Complexity: about 2,000 flop per environment and step for the half-cheetah, 1,600 for the
  ///   swimmer; no allocation.
  public func step(controls: UnsafeBufferPointer<Double>, frames: Int) {
    require(
      controls.count == count * model.motorCount,
      "\(count) environments of \(model.motorCount) motors, got \(controls.count) controls")
    require(frames >= 0, "frames must not be negative, got \(frames)")
    guard frames > 0 else { return }
    storage.kept?.stale.update(
      repeating: LaneMask(repeating: false), count: storage.groupCount)
    storage.regroup()
    for group in 0..<storage.groupCount where any(storage.alive[group]) {
      storage.loadControls(group, from: controls)
      advance(group, frames: frames)
    }
    stepCount += frames
  }

  /// Advances every valid environment, see ``step(controls:frames:)-(UnsafeBufferPointer<Double>,_)``.
  public func step(controls: [Double], frames: Int) {
    controls.withUnsafeBufferPointer { step(controls: $0, frames: frames) }
  }

  /// All frames of one group.
  private func advance(_ group: Int, frames: Int) {
    let kernel = kernel
    let q = storage.vectors(group, .position)
    let v = storage.vectors(group, .velocity)
    let warm = storage.vectors(group, .warmStart)
    var alive = storage.alive[group]
    kernel.actuation()
    for frame in 0..<frames {
      let accepted = kernel.step(q: q, v: v, warm: warm, alive: alive)
      let failed = alive .& .!accepted
      if any(failed) {
        report(group, failed, frame: frame)
        alive = accepted
        storage.alive[group] = accepted
      }
    }
    storage.patterns[group] = storage.work.pattern[0]
    if let kept = storage.kept { keep(kept.quantities, group, lanes: alive) }
  }

  /// Records the failures of one group; the rejected values are still in the workspace.
  @inline(never)
  private func report(_ group: Int, _ failed: LaneMask, frame: Int) {
    let (storage, work) = (storage, storage.work)
    let fields: [(InvalidState.Field, UnsafeMutablePointer<Lanes>)] = [
      (.qpos, work.stagePosition), (.qvel, work.stageVelocity), (.qacc, work.acceleration),
    ]
    for lane in 0..<Lanes.width where failed[lane] {
      let environment = storage.residents[group * Lanes.width + lane]
      let places = fields.lazy.flatMap { field, values in
        (0..<self.model.dofCount).lazy.map { (field, $0, storage.read(values, $0, lane: lane)) }
      }
      guard let (field, dof, value) = places.first(where: { !($0.2.magnitude <= StateRange.limit) })
      else { continue }
      invalidStates.append(
        InvalidState(
          model: model.source.name, environment: environment,
          step: stepCount + frame - resetSteps[environment], field: field, dof: dof,
          value: value))
    }
  }

  /// Forgets the recorded failures; the environments stay halted until they are reset.
  public func clearInvalidStates() {
    invalidStates.removeAll(keepingCapacity: true)
  }

  private func check(_ environment: Int) {
    require(
      environment >= 0 && environment < count,
      "environment \(environment) is not in 0..<\(count)")
  }
}

extension BatchSimulation {
  /// Whether an environment holds a valid state; false from a failure to the next reset.
  public func isValid(environment: Int) -> Bool {
    check(environment)
    return storage.isAlive(environment)
  }

  /// Positions of an environment, `[nv]`.
  public func qpos(environment: Int) -> [Double] { read(environment, .position) }

  /// Velocities of an environment, `[nv]`.
  public func qvel(environment: Int) -> [Double] { read(environment, .velocity) }

  /// The constraint solver's accelerations in the last step, `[nv]`: a start for the next one.
  public func warmStart(environment: Int) -> [Double] { read(environment, .warmStart) }

  /// One position, without an allocation.
  public func qpos(environment: Int, dof: Int) -> Double {
    check(environment)
    require(dof >= 0 && dof < model.dofCount, "dof \(dof) is not in 0..<\(model.dofCount)")
    return storage[environment, .position, dof]
  }

  /// One velocity, without an allocation.
  public func qvel(environment: Int, dof: Int) -> Double {
    check(environment)
    require(dof >= 0 && dof < model.dofCount, "dof \(dof) is not in 0..<\(model.dofCount)")
    return storage[environment, .velocity, dof]
  }

  /// Copies `qpos[skip...]` and `qvel` of every environment, row-major
  /// `[environment][2 nv - skip]`: the usual observation of a locomotion task.
  ///
  /// - Precondition: `0 <= skip <= nv` and the buffer has `count (2 nv - skip)` elements.
  public func copyObservations(
    skipping skip: Int, into buffer: UnsafeMutableBufferPointer<Double>
  ) {
    let size = model.dofCount
    let width = 2 * size - skip
    require(skip >= 0 && skip <= size, "cannot skip \(skip) of \(size) positions")
    require(
      buffer.count == count * width,
      "\(count) observations of \(width) numbers, got a buffer of \(buffer.count)")
    for environment in 0..<count {
      let (group, lane) = storage.seat(environment)
      let positions = storage.vectors(group, .position)
      let velocities = storage.vectors(group, .velocity)
      let row = environment * width
      for dof in skip..<size {
        buffer[row + dof - skip] = storage.read(positions, dof, lane: lane)
      }
      for dof in 0..<size {
        buffer[row + size - skip + dof] = storage.read(velocities, dof, lane: lane)
      }
    }
  }

  private func read(_ environment: Int, _ field: StateField) -> [Double] {
    check(environment)
    return (0..<model.dofCount).map { storage[environment, field, $0] }
  }
}
