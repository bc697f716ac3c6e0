import Simulator

/// What MuJoCo has after a step of what it computes on the way: places of points and constraint forces, of the
/// last evaluation of forces in the step.
///
/// That is at the start of the last physics step for Euler's scheme, and at the last of four stages for
/// Runge-Kutta's. Gymnasium reads it: `site_xpos`, `xpos` and `qfrc_constraint` are older than `qpos`.
///
/// It evaluates one environment at a time, up to four times, which costs about as much as a physics step of
/// eight; only bodies that ask for it pay.
final class LastStage {
  private let dynamics: ForwardDynamics
  private let model: CompiledModel
  private let tip: LocomotionBody.Tip?
  private let needsForces: Bool

  /// What there is after a step.
  struct Outcome {
    /// The place of the tip, in m.
    var tip = SIMD2<Double>.zero
    /// The angle of the tip's body against the authored pose, in rad.
    var angle = 0.0
    /// The constraint forces, `[nv]`, if they were asked for.
    var forces: [Double] = []
  }

  init(_ body: LocomotionBody, model: CompiledModel, solver: ConstraintSolver) {
    self.model = model
    dynamics = ForwardDynamics(model: model, solver: solver)
    needsForces = body.observation.contains {
      if case .constraintForces = $0 { true } else { false }
    }
    tip = body.tip
  }

  /// What there is at a state that is no step's end, as after a reset.
  func outcome(qpos: [Double], qvel: [Double]) -> Outcome {
    var outcome = outcome(at: qpos)
    if needsForces {
      let controls = [Double](repeating: 0, count: model.motorCount)
      outcome.forces =
        dynamics.evaluate(qpos: qpos, qvel: qvel, ctrl: controls).constraintForce
    }
    return outcome
  }

  /// What there is after a physics step.
  ///
  /// - Parameters:
  ///   - qpos: the positions before the step, `[nv]`.
  ///   - qvel: the velocities before it, `[nv]`.
  ///   - controls: `[motors]`
  ///   - warmStart: the solver's start before it, `[nv]`.
  /// - Returns: The place of the tip and the constraint forces.
  func outcome(
    before qpos: [Double], _ qvel: [Double], controls: [Double], warmStart: [Double]
  ) -> Outcome {
    func evaluate(_ q: [Double], _ v: [Double]) -> ForwardEvaluation {
      dynamics.evaluate(qpos: q, qvel: v, ctrl: controls, warmStart: warmStart)
    }
    func moved(_ x: [Double], _ step: Double, _ rate: [Double]) -> [Double] {
      x.indices.map { x[$0] + step * rate[$0] }
    }
    guard model.source.integrator == .rungeKutta4 else {
      var outcome = outcome(at: qpos)
      if needsForces { outcome.forces = evaluate(qpos, qvel).constraintForce }
      return outcome
    }
    let step = model.source.timestep
    var (q, v) = (qpos, qvel)
    // stages 2, 3 and 4 are at 1/2, 1/2 and 1 of the step
    for (stage, reach) in [step / 2, step / 2, step].enumerated() {
      let last = stage == 2 && !needsForces
      let next = moved(qpos, reach, v)
      // the last velocities matter for forces alone
      if !last { v = moved(qvel, reach, evaluate(q, v).acceleration) }
      q = next
    }
    var outcome = outcome(at: q)
    if needsForces { outcome.forces = evaluate(q, v).constraintForce }
    return outcome
  }

  /// Where the tip is at these positions, `[nv]`; no forces.
  func outcome(at qpos: [Double]) -> Outcome {
    guard let tip else { return Outcome() }
    let frame = model.source.placedFrames(at: qpos)[tip.body]
    return Outcome(tip: frame.place(of: tip.point), angle: frame.angle)
  }
}
