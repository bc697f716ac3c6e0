import Simulator

/// Compares the simulator with recorded MuJoCo data, stage by stage.
///
/// The data is a directory with `<model>_states.json` (states with the output of every stage and
/// one physics step) and `<model>_rollouts.json` (states, actions and rewards at environment-step
/// boundaries, with `sens`, MuJoCo's own drift under rounding noise).
///
/// - Forward stages, relative to one plus the largest recorded magnitude: tolerance 1e-11.
/// - One physics step, one environment step from a recorded state: tolerance 1e-10 absolute.
/// - Rewards `(x' - x)/dt - weight |a|²`, plus the recorded bonus for staying upright: tolerance
///   1e-11 absolute.
/// - Free runs: the error of `qpos` over `1e-11 + 100 max sens` so far: tolerance 1.
///
/// MuJoCo itself stops early in some states and steps (recorded `gap` above 1e-11). With
/// `ConstraintSolver.exact`, these are compared with MuJoCo's exact solution if it was recorded,
/// and skipped otherwise. The free run is skipped, because early stops accumulate.
public struct GoldenVerification {
  private let model: CompiledModel
  private let solver: ConstraintSolver
  private let controlCost: Double

  /// The gap below which MuJoCo's default and its exact solution count as equal.
  private static let exactGap = 1e-11

  /// Prepares a verification of `model`; its name is the prefix of the files.
  ///
  /// `controlCost` is the weight of the squared action in the recorded reward: 0.1 for
  /// Gymnasium's half-cheetah, 1e-4 for its swimmer, 1e-3 for its walker and hopper.
  public init(model: CompiledModel, controlCost: Double, solver: ConstraintSolver = .mujoco) {
    self.model = model
    self.controlCost = controlCost
    self.solver = solver
  }

  /// Compares everything in `directory`.
  ///
  /// - Throws: ``GoldenDataError`` if a file is missing, malformed or of another model.
  public func verify(directory: String) throws(GoldenDataError) -> VerificationReport {
    let files = GoldenDirectory(path: directory, model: model)
    let states = try files.states()
    let rollouts = try files.rollouts()
    let stepCount = rollouts.rollouts.reduce(0) { $0 + $1.actions.count }
    guard !states.isEmpty && stepCount > 0 else {
      throw GoldenDataError(
        file: directory, problem: "it holds \(states.count) states and \(stepCount) steps",
        advice: "record at least one of each")
    }
    var report = VerificationReport(
      model: model.source.name, stateCount: states.count,
      environmentStepCount: stepCount, stages: [])
    report.stages += StageComparison(model: model, solver: solver).compare(states) { gap in
      // a velocity gap is at least a sixth of the step times the acceleration gap
      solver == .exact && gap > Self.exactGap * model.timestep / 10
    }
    report.stages.append(physicsStep(states))
    report.stages += environmentSteps(rollouts)
    if solver != .exact { report.stages.append(freeRun(rollouts)) }
    return report
  }

  /// Whether an entry is skipped because MuJoCo stopped early there.
  private func skips(gap: Double) -> Bool {
    solver == .exact && gap > Self.exactGap
  }

  /// One physics step from every state, all states in one batch.
  private func physicsStep(_ states: [GoldenState]) -> VerificationReport.Stage {
    var stage = VerificationReport.Stage("physics step", .absolute, bar: 1e-10)
    guard !states.isEmpty else { return stage }
    let batch = BatchSimulation(model: model, count: states.count, solver: solver)
    for (index, state) in states.enumerated() {
      batch.reset(
        environment: index, qpos: state.qpos, qvel: state.qvel, warmStart: state.warm.values)
    }
    batch.step(controls: states.flatMap(\.ctrl), frames: 1)
    for (index, state) in states.enumerated() {
      var expected = state.nextPosition + state.nextVelocity
      if skips(gap: state.gap) {
        guard let q = state.exactNextPosition, let v = state.exactNextVelocity else { continue }
        expected = q + v
      }
      let actual = batch.qpos(environment: index) + batch.qvel(environment: index)
      stage.compare(actual, expected, at: "state \(state.id) (\(state.kind))")
    }
    return stage
  }

  /// One environment step from every recorded state of every rollout, and its reward.
  private func environmentSteps(_ data: GoldenRollouts) -> [VerificationReport.Stage] {
    var stage = VerificationReport.Stage("environment step", .absolute, bar: 1e-10)
    var reward = VerificationReport.Stage("reward", .absolute, bar: 1e-11)
    for rollout in data.rollouts where !rollout.actions.isEmpty {
      let batch = BatchSimulation(model: model, count: rollout.actions.count, solver: solver)
      for time in rollout.actions.indices {
        batch.reset(
          environment: time, qpos: rollout.qpos[time], qvel: rollout.qvel[time],
          warmStart: rollout.warm[time])
      }
      batch.step(controls: rollout.actions.flatMap { $0 }, frames: data.frameSkip)
      for (time, action) in rollout.actions.enumerated() where !skips(gap: rollout.gap[time]) {
        let place = "rollout \(rollout.id) (\(rollout.kind)), step \(time)"
        let q = batch.qpos(environment: time)
        stage.compare(
          q + batch.qvel(environment: time), rollout.qpos[time + 1] + rollout.qvel[time + 1],
          at: place)
        let cost = controlCost * action.reduce(0) { $0 + $1 * $1 }
        let bonus = rollout.healthy?[time] ?? 0
        let value = (q[0] - rollout.qpos[time][0]) / data.dt + bonus - cost
        reward.compare([value], [rollout.reward[time]], at: place)
      }
    }
    return [stage, reward]
  }

  /// All rollouts from their first state, with the recorded actions and without corrections.
  private func freeRun(_ data: GoldenRollouts) -> VerificationReport.Stage {
    var stage = VerificationReport.Stage("free run", .ratio, bar: 1)
    let rollouts = data.rollouts.filter { !$0.actions.isEmpty }
    guard !rollouts.isEmpty else { return stage }
    let batch = BatchSimulation(model: model, count: rollouts.count, solver: solver)
    for (index, rollout) in rollouts.enumerated() {
      batch.reset(
        environment: index, qpos: rollout.qpos[0], qvel: rollout.qvel[0],
        warmStart: rollout.warm[0])
    }
    var drift = [Double](repeating: 0, count: rollouts.count)
    for time in 0..<(rollouts.map(\.actions.count).max() ?? 0) {
      let controls = rollouts.flatMap { rollout in
        time < rollout.actions.count
          ? rollout.actions[time] : [Double](repeating: 0, count: model.motorCount)
      }
      batch.step(controls: controls, frames: data.frameSkip)
      for (index, rollout) in rollouts.enumerated() where time < rollout.actions.count {
        drift[index] = max(drift[index], rollout.sens[time])
        let allowed = 1e-11 + 100 * drift[index]
        var error = 0.0
        for (a, b) in zip(batch.qpos(environment: index), rollout.qpos[time + 1]) {
          let difference = (a - b).magnitude
          error = difference.isNaN ? .infinity : max(error, difference)
        }
        stage.record(
          error / allowed, at: "rollout \(rollout.id) (\(rollout.kind)), step \(time)")
      }
    }
    return stage
  }
}
