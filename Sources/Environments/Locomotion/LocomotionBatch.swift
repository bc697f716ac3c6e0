// More than 300 lines: the protocols of an environment, of one body, in one type.
import Requirements
import Simulator

/// A batch of episodes of a simulated body.
final class LocomotionBatch<Tasks: BodyTasks>: StatefulEnvironment, RestartableEnvironment,
  InformativeEnvironment
{
  let tasks: Tasks
  let body: LocomotionBody
  let count: Int
  var task: TaskParameters = []
  private var activeTask: TaskParameters = []
  private var simulation: BatchSimulation
  private var controls: [Double]
  /// What is known of an episode's last step, or of its start.
  private var steps: [BodyStep]
  /// What the last evaluation of an episode's step had; empty if the body does not ask.
  private var outcomes: [LastStage.Outcome] = []
  /// The physics steps of an environment step, and their duration.
  private let frames: Int
  private let timestep: Double
  private let ranges: [ClosedRange<Double>]
  private let movesRoot: Bool
  /// Finds what the last evaluation of a step has; nil if the body does not ask.
  private var lastStage: LastStage?
  /// The leading positions that are not observed and the bound of velocities, where the observation is of
  /// the other positions and all velocities.
  private let plain: (hidden: Int, bound: Double)?

  init(_ tasks: Tasks, count: Int) {
    self.tasks = tasks
    body = tasks.body
    self.count = count
    frames = body.frames * tasks.settings.actionRepeat
    timestep = body.timestep * Double(tasks.settings.actionRepeat)
    simulation = BatchSimulation(
      model: body.model, count: count, solver: tasks.settings.solver)
    controls = [Double](repeating: 0, count: count * body.model.motorCount)
    steps = [BodyStep](repeating: BodyStep(), count: count)
    ranges = body.controlRanges
    movesRoot = !body.source.isFixed
    plain = Self.plainObservation(body)
    if body.looksAtLastStage {
      lastStage = LastStage(body, model: body.model, solver: tasks.settings.solver)
      outcomes = [LastStage.Outcome](repeating: LastStage.Outcome(), count: count)
    }
  }

  private static func plainObservation(_ body: LocomotionBody) -> (hidden: Int, bound: Double)? {
    let size = body.model.dofCount
    guard body.observation.count == 2, case .positions(let seen) = body.observation[0],
      case .velocities(let moving, let bound) = body.observation[1], seen.upperBound == size,
      moving == 0..<size
    else { return nil }
    return (seen.lowerBound, bound)
  }

  func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream) {
    if task != activeTask { take(task) }
    start(0..<count, using: stream)
    simulation.clearInvalidStates()
    observe(observations)
  }

  /// Makes a task the one of the episodes, with its body if it has one of its own.
  private func take(_ task: TaskParameters) {
    if let objection = tasks.objectionToNumbers(of: task) {
      requirementFailure("A task of \(tasks.name): \(objection)")
    }
    do {
      if let model = try tasks.model(of: task) {
        let solver = tasks.settings.solver
        simulation = BatchSimulation(model: model, count: count, solver: solver)
        if body.looksAtLastStage { lastStage = LastStage(body, model: model, solver: solver) }
      }
    } catch { requirementFailure("A task of \(tasks.name): \(error)") }
    activeTask = task
  }

  /// Draws the states of episodes.
  private func start(_ rows: some Sequence<Int>, using stream: (Int) -> RandomStream) {
    for i in rows {
      var stream = stream(i)
      let (qpos, qvel) = body.drawStart(using: &stream)
      begin(
        i, qpos, qvel,
        target: body.hasTarget ? tasks.drawTarget(of: activeTask, using: &stream) : .zero)
    }
  }

  private func begin(_ i: Int, _ qpos: [Double], _ qvel: [Double], target: SIMD2<Double>) {
    simulation.reset(environment: i, qpos: qpos, qvel: qvel)
    steps[i] = BodyStep()
    steps[i].target = target
    if let lastStage { outcomes[i] = lastStage.outcome(qpos: qpos, qvel: qvel) }
  }

  func restart(
    _ rows: [Int], into observations: MutableMatrixView, using stream: (Int) -> RandomStream
  ) {
    start(rows, using: stream)
    for i in rows { observe(i, observations) }
  }

  func restart(
    _ rows: [Int], from states: MatrixView, observations: MutableMatrixView
  ) -> Int? {
    let (size, whole) = (body.model.dofCount, body.model.dofCount + targetSize)
    // a target does not move
    for i in rows where (whole + size..<2 * whole).contains(where: { states[i, $0] != 0 }) {
      return i
    }
    for i in rows {
      let state = UnsafeBufferPointer(start: states.row(i), count: 2 * whole)
      let target = body.hasTarget ? SIMD2(state[size], state[size + 1]) : .zero
      begin(i, Array(state[..<size]), Array(state[whole..<whole + size]), target: target)
      observe(i, observations)
    }
    return nil
  }

  func step(
    _ actions: MatrixView, observations: MutableMatrixView, result: inout StepResult,
    using stream: (Int) -> RandomStream
  ) {
    let settings = tasks.settings
    let motors = body.model.motorCount
    require(
      actions.rows == count && actions.columns == motors,
      "\(count) bodies of \(motors) motors got actions of shape [\(actions.rows), \(actions.columns)]."
    )
    for i in 0..<count {
      var cost = 0.0
      for k in 0..<motors {
        let scaled = settings.actionScale * actions[i, k]
        let control =
          settings.clipsAction
          ? min(max(scaled, ranges[k].lowerBound), ranges[k].upperBound) : scaled
        controls[i * motors + k] = control
        cost += control * control
      }
      (steps[i].root, steps[i].tip) = (root(i), tip(i))
      steps[i].controlReward = -settings.controlCost * cost
    }
    advance()
    let (health, penalties) = (body.health, body.penalties)
    for i in 0..<count {
      var step = steps[i]
      step.velocity = (root(i) - step.root) / timestep
      let (tip, angle) = tipAndAngle(i)
      let motion = BodyMotion(
        velocity: step.velocity, tip: tip, target: step.target,
        tipVelocity: (tip - step.tip) / timestep, tipAngle: angle)
      step.taskReward = tasks.reward(of: motion, task: activeTask)
      var reward = step.controlReward + step.taskReward
      if let health {
        let isHealthy = health.holds(simulation, i, tip: tip, angle: angle)
        step.healthReward = isHealthy || settings.health.paysFall ? settings.health.reward : 0
        reward += step.healthReward
        result.terminated[i] = settings.health.terminates && !isHealthy
      }
      for penalty in penalties { reward -= penalty.value(simulation, i, tip: tip) }
      result.rewards[i] = reward
      steps[i] = step
      if result.failures[i] != nil { result.failures[i] = nil }
    }
    if !simulation.invalidStates.isEmpty {
      for failure in simulation.invalidStates {
        result.failures[failure.environment] = failure.description
      }
      simulation.clearInvalidStates()
    }
    observe(observations)
  }

  /// The physics steps, the last one apart if its stages matter.
  private func advance() {
    guard let lastStage, body.tip?.isCurrent != true else {
      controls.withUnsafeBufferPointer { simulation.step(controls: $0, frames: frames) }
      guard let lastStage else { return }
      for i in 0..<count where simulation.isValid(environment: i) {
        outcomes[i] = lastStage.outcome(at: simulation.qpos(environment: i))
      }
      return
    }
    controls.withUnsafeBufferPointer { simulation.step(controls: $0, frames: frames - 1) }
    let motors = body.model.motorCount
    for i in 0..<count where simulation.isValid(environment: i) {
      outcomes[i] = lastStage.outcome(
        before: simulation.qpos(environment: i), simulation.qvel(environment: i),
        controls: Array(controls[i * motors..<(i + 1) * motors]),
        warmStart: simulation.warmStart(environment: i))
    }
    controls.withUnsafeBufferPointer { simulation.step(controls: $0, frames: 1) }
  }

  // MARK: States

  private var targetSize: Int { body.hasTarget ? 2 : 0 }

  /// The positions and velocities of MuJoCo; a target's come behind the body's.
  var stateParts: [StatePart] {
    let size = body.model.dofCount + targetSize
    return [StatePart("qpos", size: size), StatePart("qvel", size: size)]
  }

  func copyStates(into states: MutableMatrixView) {
    guard body.hasTarget else { return copy(skipping: 0, into: states) }
    let size = body.model.dofCount
    for i in 0..<count {
      for dof in 0..<size {
        states[i, dof] = simulation.qpos(environment: i, dof: dof)
        states[i, size + 2 + dof] = simulation.qvel(environment: i, dof: dof)
      }
      (states[i, size], states[i, size + 1]) = (steps[i].target.x, steps[i].target.y)
      (states[i, 2 * size + 2], states[i, 2 * size + 3]) = (0, 0)
    }
  }

  private func root(_ i: Int) -> SIMD2<Double> {
    guard movesRoot else { return .zero }
    return SIMD2(simulation.qpos(environment: i, dof: 0), simulation.qpos(environment: i, dof: 1))
  }

  private func tip(_ i: Int) -> SIMD2<Double> { outcomes.isEmpty ? .zero : outcomes[i].tip }

  private func tipAndAngle(_ i: Int) -> (SIMD2<Double>, Double) {
    outcomes.isEmpty ? (.zero, 0) : (outcomes[i].tip, outcomes[i].angle)
  }

  // MARK: Numbers beside the reward

  var infoNames: [String] { body.infos.map(\.name) }

  func copyInfos(into infos: MutableMatrixView) {
    for i in 0..<count {
      for (k, info) in body.infos.enumerated() { infos[i, k] = value(of: info, i) }
    }
  }

  private func value(of info: LocomotionBody.Info, _ i: Int) -> Double {
    switch info {
    case .position(_, let axis): root(i)[axis]
    case .velocity(_, let axis): steps[i].velocity[axis]
    case .rise: root(i).y - body.model.referencePositions[1]
    case .distance: (root(i) * root(i)).sum().squareRoot()
    case .task: steps[i].taskReward
    case .control: steps[i].controlReward
    case .health: steps[i].healthReward
    case .penalty(_, let index):
      -body.penalties[index].value(simulation, i, tip: tip(i))
    }
  }

  // MARK: Observations

  private func observe(_ i: Int, _ observations: MutableMatrixView) {
    var column = 0
    func put(_ value: Double) {
      observations[i, column] = value
      column += 1
    }
    func put(_ place: SIMD2<Double>) {
      put(place.x)
      put(place.y)
    }
    for part in body.observation {
      switch part {
      case .positions(let range):
        for dof in range { put(simulation.qpos(environment: i, dof: dof)) }
      case .sines(let range):
        for dof in range { put(sineAndCosine(simulation.qpos(environment: i, dof: dof)).sine) }
      case .cosines(let range):
        for dof in range { put(sineAndCosine(simulation.qpos(environment: i, dof: dof)).cosine) }
      case .velocities(let range, let bound):
        for dof in range { put(clipped(simulation.qvel(environment: i, dof: dof), bound)) }
      case .constraintForces(let range, let bound):
        for dof in range { put(clipped(outcomes[i].forces[dof], bound)) }
      case .tip: put(tip(i))
      case .target: put(steps[i].target)
      case .tipFromTarget: put(tip(i) - steps[i].target)
      }
    }
  }

  private func observe(_ observations: MutableMatrixView) {
    guard let plain else {
      for i in 0..<count { observe(i, observations) }
      return
    }
    copy(skipping: plain.hidden, into: observations)
    guard plain.bound.isFinite else { return }
    for i in 0..<count {
      for k in body.model.dofCount - plain.hidden..<observations.columns {
        observations[i, k] = clipped(observations[i, k], plain.bound)
      }
    }
  }

  private func clipped(_ value: Double, _ bound: Double) -> Double {
    min(max(value, -bound), bound)
  }

  private func copy(skipping hidden: Int, into rows: MutableMatrixView) {
    simulation.copyObservations(
      skipping: hidden,
      into: UnsafeMutableBufferPointer(start: rows.pointer, count: rows.count))
  }
}

/// What is known of an episode's last step, or of its start. Not inside of the batch, which is generic: that would
/// make every access a generic one.
private struct BodyStep {
  /// Of the root before the step.
  var root = SIMD2<Double>.zero
  /// Of the tip before the step.
  var tip = SIMD2<Double>.zero
  /// Of the root, averaged over the step.
  var velocity = SIMD2<Double>.zero
  /// The task's part of the reward.
  var taskReward = 0.0
  /// `-c Σ a²`
  var controlReward = 0.0
  /// What was given for standing.
  var healthReward = 0.0
  /// Where the tip should go.
  var target = SIMD2<Double>.zero
}
