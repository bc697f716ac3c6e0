import Requirements
import Simulator

/// Episodes of a simulated body, whatever its task: what moves, what is observed and what the body is paid.
///
/// Not a part of the batch, which is generic: that would make every access a generic one. A step allocates
/// nothing unless a state fails.
final class BodyEpisodes {
  let body: LocomotionBody
  let count: Int
  let everyRow: [Int]
  private let settings: LocomotionSettings
  private var simulation: BatchSimulation
  private var controls: [Double]
  /// What is known of an episode's last step, or of its start.
  private var steps: [BodyStep]
  /// The physics steps of an environment step, and their duration.
  private let frames: Int
  private let timestep: Double
  private let ranges: [ClosedRange<Double>]
  private let movesRoot: Bool
  private let hasTip: Bool
  /// The leading positions that are not observed and the bound of velocities, where the observation is of
  /// the other positions and all velocities.
  private let plain: (hidden: Int, bound: Double)?

  init(_ body: LocomotionBody, _ settings: LocomotionSettings, count: Int) {
    (self.body, self.settings, self.count) = (body, settings, count)
    everyRow = Array(0..<count)
    frames = body.frames * settings.actionRepeat
    timestep = body.timestep * Double(settings.actionRepeat)
    simulation = BatchSimulation(
      model: body.model, count: count, solver: settings.solver, keeping: body.keptQuantities)
    controls = [Double](repeating: 0, count: count * body.model.motorCount)
    steps = [BodyStep](repeating: BodyStep(), count: count)
    ranges = body.controlRanges
    movesRoot = !body.source.isFixed
    hasTip = body.tip != nil
    plain = Self.plainObservation(body)
  }

  private static func plainObservation(_ body: LocomotionBody) -> (hidden: Int, bound: Double)? {
    let size = body.model.dofCount
    guard body.observation.count == 2, case .positions(let seen) = body.observation[0],
      case .velocities(let moving, let bound) = body.observation[1], seen.upperBound == size,
      moving == 0..<size
    else { return nil }
    return (seen.lowerBound, bound)
  }

  /// Makes a model that of all episodes.
  func take(_ model: CompiledModel) {
    simulation = BatchSimulation(
      model: model, count: count, solver: settings.solver, keeping: body.keptQuantities)
  }

  /// Starts an episode.
  func begin(_ i: Int, _ qpos: [Double], _ qvel: [Double], target: SIMD2<Double>) {
    simulation.reset(environment: i, qpos: qpos, qvel: qvel)
    steps[i] = BodyStep()
    steps[i].target = target
  }

  func forgetFailures() { simulation.clearInvalidStates() }

  // MARK: Steps

  /// Takes actions, and moves.
  func advance(_ actions: MatrixView) {
    let motors = body.model.motorCount
    require(
      actions.rows == count && actions.columns == motors,
      "\(count) bodies of \(motors) motors got actions of shape [\(actions.rows), \(actions.columns)]."
    )
    // locals: without them, every access retains the simulation
    let (simulation, settings) = (simulation, settings)
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
      steps[i].root = root(simulation, i)
      steps[i].tip = tip(simulation, i)
      steps[i].controlReward = -settings.controlCost * cost
    }
    controls.withUnsafeBufferPointer { simulation.step(controls: $0, frames: frames) }
    for i in 0..<count {
      let tip = tip(simulation, i)
      steps[i].motion = BodyMotion(
        velocity: (root(simulation, i) - steps[i].root) / timestep, tip: tip,
        target: steps[i].target, tipVelocity: (tip - steps[i].tip) / timestep,
        tipAngle: hasTip ? simulation.angle(environment: i) : 0)
    }
  }

  /// What a body did in the step.
  func motion(_ i: Int) -> BodyMotion { steps[i].motion }

  /// Notes what the task pays for the step.
  func pay(_ i: Int, _ reward: Double) { steps[i].taskReward = reward }

  /// Rewards, ends and failures of the step.
  func settle(_ result: inout StepResult) {
    let (simulation, penalties) = (simulation, body.penalties)
    let (health, given) = (body.health, settings.health)
    for i in 0..<count {
      let motion = steps[i].motion
      var reward = steps[i].controlReward + steps[i].taskReward
      if let health {
        let isHealthy = health.holds(simulation, i, tip: motion.tip, angle: motion.tipAngle)
        steps[i].healthReward = isHealthy || given.paysFall ? given.reward : 0
        reward += steps[i].healthReward
        result.terminated[i] = given.terminates && !isHealthy
      }
      for penalty in penalties { reward -= penalty.value(simulation, i, tip: motion.tip) }
      result.rewards[i] = reward
      if result.failures[i] != nil { result.failures[i] = nil }
    }
    guard !simulation.invalidStates.isEmpty else { return }
    for failure in simulation.invalidStates {
      result.failures[failure.environment] = failure.description
    }
    simulation.clearInvalidStates()
  }

  private func root(_ simulation: BatchSimulation, _ i: Int) -> SIMD2<Double> {
    guard movesRoot else { return .zero }
    return SIMD2(simulation.qpos(environment: i, dof: 0), simulation.qpos(environment: i, dof: 1))
  }

  private func tip(_ simulation: BatchSimulation, _ i: Int) -> SIMD2<Double> {
    hasTip ? simulation.place(environment: i) : .zero
  }

  // MARK: States

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

  private func copy(skipping hidden: Int, into rows: MutableMatrixView) {
    simulation.copyObservations(
      skipping: hidden,
      into: UnsafeMutableBufferPointer(start: rows.pointer, count: rows.count))
  }

  // MARK: Numbers beside the reward

  func copyInfos(into infos: MutableMatrixView) {
    for i in 0..<count {
      for (k, info) in body.infos.enumerated() { infos[i, k] = value(of: info, i) }
    }
  }

  private func value(of info: LocomotionBody.Info, _ i: Int) -> Double {
    let root = root(simulation, i)
    return switch info {
    case .position(_, let axis): root[axis]
    case .velocity(_, let axis): steps[i].motion.velocity[axis]
    case .rise: root.y - body.model.referencePositions[1]
    case .distance: (root * root).sum().squareRoot()
    case .task: steps[i].taskReward
    case .control: steps[i].controlReward
    case .health: steps[i].healthReward
    case .penalty(_, let index):
      -body.penalties[index].value(simulation, i, tip: tip(simulation, i))
    }
  }

  // MARK: Observations

  /// Observes all episodes.
  func observe(_ observations: MutableMatrixView) {
    guard let plain else { return observe(everyRow, observations) }
    copy(skipping: plain.hidden, into: observations)
    guard plain.bound.isFinite else { return }
    for i in 0..<count {
      for k in body.model.dofCount - plain.hidden..<observations.columns {
        observations[i, k] = clipped(observations[i, k], plain.bound)
      }
    }
  }

  /// Observes some episodes.
  func observe(_ rows: [Int], _ observations: MutableMatrixView) {
    let (simulation, steps) = (simulation, steps)
    var column = 0
    func put(_ value: (Int) -> Double) {
      for i in rows { observations[i, column] = value(i) }
      column += 1
    }
    func putPlace(_ place: (Int) -> SIMD2<Double>) {
      put { place($0).x }
      put { place($0).y }
    }
    func putTurns(_ range: Range<Int>, sinesAt sines: Int, cosinesAt cosines: Int) {
      for dof in range {
        let k = dof - range.lowerBound
        for i in rows {
          let turn = sineAndCosine(simulation.qpos(environment: i, dof: dof))
          observations[i, sines + k] = turn.sine
          observations[i, cosines + k] = turn.cosine
        }
      }
      column += 2 * range.count
    }
    for part in body.observation {
      switch part {
      case .positions(let range):
        for dof in range { put { simulation.qpos(environment: $0, dof: dof) } }
      case .sinesAndCosines(let range):
        putTurns(range, sinesAt: column, cosinesAt: column + range.count)
      case .cosinesAndSines(let range):
        putTurns(range, sinesAt: column + range.count, cosinesAt: column)
      case .velocities(let range, let bound):
        for dof in range { put { clipped(simulation.qvel(environment: $0, dof: dof), bound) } }
      case .constraintForces(let range, let bound):
        for dof in range {
          put { clipped(simulation.constraintForce(environment: $0, dof: dof), bound) }
        }
      case .tip: putPlace(simulation.place)
      case .target: putPlace { steps[$0].target }
      case .tipFromTarget: putPlace { simulation.place(environment: $0) - steps[$0].target }
      }
    }
  }

  private func clipped(_ value: Double, _ bound: Double) -> Double {
    min(max(value, -bound), bound)
  }
}

/// What is known of an episode's last step, or of its start.
private struct BodyStep {
  /// Of the root before the step.
  var root = SIMD2<Double>.zero
  /// Of the tip before the step.
  var tip = SIMD2<Double>.zero
  /// What the body did.
  var motion = BodyMotion(velocity: .zero)
  /// The task's part of the reward.
  var taskReward = 0.0
  /// `-c Σ a²`
  var controlReward = 0.0
  /// What was given for standing.
  var healthReward = 0.0
  /// Where the tip should go.
  var target = SIMD2<Double>.zero
}
