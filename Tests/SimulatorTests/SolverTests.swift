import Foundation
import Testing

@testable import Simulator

@Suite struct SolverTests {
  /// States on the ground and beyond limits.
  private func states(_ model: CompiledModel, count: Int) -> [(
    q: [Double], v: [Double], u: [Double]
  )] {
    var random = SeededGenerator(31)
    return (0..<count).map { _ in
      var q = random.vector(model.dofCount, scale: 0.8)
      if model.source.ground != nil { q[1] = .random(in: -0.7...0, using: &random) }
      if model.source.ground == nil { q[3] = 1.75 + .random(in: -0.02...0.02, using: &random) }
      return (q, random.vector(model.dofCount, scale: 4), random.vector(model.motorCount))
    }
  }

  /// The exact solver's point is stationary: `M a = f + Jᵀ F` with `F = -D min(0, J a - aref)`.
  @Test(arguments: Subject.allCases)
  func theExactSolverFindsTheMinimiser(subject: Subject) throws {
    let model = try CompiledModel(subject.model)
    let dynamics = ForwardDynamics(model: model, solver: .exact)
    var rows = 0
    for (q, v, u) in states(model, count: 300) {
      let state = dynamics.evaluate(qpos: q, qvel: v, ctrl: u)
      let mass = SymmetricMatrix(state.massMatrix, size: model.dofCount)
      var residual = mass.times(plus(state.acceleration, -1, state.smoothAcceleration))
      var size = 1.0
      for row in state.rows {
        let gap = dot(row.jacobian, state.acceleration) - row.reference
        let force = max(0, -gap / row.regularizer)
        residual = plus(residual, -force, row.jacobian)
        size = max(size, force)
        rows += 1
      }
      #expect(residual.allSatisfy { abs($0) <= 1e-9 * size })
    }
    #expect(rows > 100)
  }

  /// MuJoCo's stopping rule ends close to the minimiser, nearly always at it.
  @Test(arguments: Subject.allCases)
  func bothSolversAgree(subject: Subject) throws {
    let model = try CompiledModel(subject.model)
    let cases = states(model, count: 2000)
    let batches = [ConstraintSolver.exact, .mujoco].map { solver in
      let batch = BatchSimulation(model: model, count: cases.count, solver: solver)
      for (index, state) in cases.enumerated() {
        batch.reset(environment: index, qpos: state.q, qvel: state.v)
      }
      batch.step(controls: cases.flatMap(\.u), frames: 1)
      return batch
    }
    var apart = 0
    for index in cases.indices {
      let difference =
        zip(
          batches[0].qvel(environment: index), batches[1].qvel(environment: index)
        ).map { abs($0 - $1) }.max() ?? 0
      #expect(difference < 1e-4)
      if difference > 1e-10 { apart += 1 }
    }
    #expect(apart < cases.count / 100)
  }

  /// The minimiser does not depend on where the iteration starts.
  @Test func theExactSolverForgetsItsStart() throws {
    let model = try CompiledModel(.halfCheetah)
    let dynamics = ForwardDynamics(model: model, solver: .exact)
    var random = SeededGenerator(32)
    for (q, v, u) in states(model, count: 100) {
      let cold = dynamics.evaluate(qpos: q, qvel: v, ctrl: u).acceleration
      let warm = dynamics.evaluate(
        qpos: q, qvel: v, ctrl: u, warmStart: plus(cold, 1, random.vector(9, scale: 100)))
      for (a, b) in zip(cold, warm.acceleration) { #expect(abs(a - b) <= 1e-10 * (1 + abs(a))) }
    }
  }

  /// A capsule on a slope without sliding friction, and the velocities after one step in MuJoCo 4.0.0.
  @Test(arguments: [ConstraintSolver.exact, .mujoco, .stopping(tolerance: 0)])
  func stiffContactsLeaveNoRounding(solver: ConstraintSolver) throws {
    let text = """
      <mujoco><compiler angle="radian"/><option timestep="0.005" integrator="Euler"/><worldbody>
      <geom type="plane" size="1 1 1" pos="0 0 -0.5" quat="0.9789011300796573 0.20433447464578738 0 0"
      friction="0 0.11 0.036" priority="2" condim="6"/><body pos="0 0.3 -0.2">
      <joint type="slide" axis="0 0 1" armature="0.15"/><joint type="hinge" axis="1 0 0" damping="3"/>
      <geom type="capsule" size="0.07" fromto="0 -0.1 0.06 0 -0.4 -0.4"/></body></worldbody></mujoco>
      """
    let model = try CompiledModel(MJCFLoader().load(xml: Data(text.utf8)))
    let simulation = BatchSimulation(model: model, count: 1, solver: solver)
    simulation.reset(environment: 0, qpos: [0.01, -0.02], qvel: [-0.1, 0.05])
    simulation.step(controls: [], frames: 1)
    let expected = [-0.22999762168869045, -2.9868407179296246]
    for (a, b) in zip(simulation.qvel(environment: 0), expected) { #expect(abs(a - b) <= 1e-10) }
  }
}
