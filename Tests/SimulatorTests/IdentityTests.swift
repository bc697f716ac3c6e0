import Testing

@testable import Simulator

/// Laws of mechanics that hold whatever the reference implementation says.
@Suite struct IdentityTests {
  /// `1/2 vᵀ M v` is the sum of the bodies' kinetic energies, and of the armatures'.
  @Test(arguments: Subject.allCases)
  func kineticEnergyIsHalfVMV(subject: Subject) throws {
    let model = try CompiledModel(subject.model)
    let dynamics = ForwardDynamics(model: model)
    var random = SeededGenerator(1)
    for _ in 0..<50 {
      let (q, v) = (
        random.vector(model.dofCount, scale: 3), random.vector(model.dofCount, scale: 3)
      )
      let mass = dynamics.mass(q)
      let energy = 0.5 * dot(v, mass.times(v))
      let direct = kineticEnergy(model, q, v)
      #expect(abs(energy - direct) <= 1e-13 * (1 + direct))
    }
  }

  /// `Mdot - 2C` is skew: `vᵀ Mdot v = 2 vᵀ (bias(q, v) - bias(q, 0))`.
  @Test(arguments: Subject.allCases)
  func coriolisForceFitsTheMassMatrix(subject: Subject) throws {
    let model = try CompiledModel(subject.model)
    let dynamics = ForwardDynamics(model: model)
    var random = SeededGenerator(2)
    let h = 1e-5
    for _ in 0..<50 {
      let (q, v) = (
        random.vector(model.dofCount, scale: 3), random.vector(model.dofCount, scale: 2)
      )
      let forward = dot(v, dynamics.mass(plus(q, h, v)).times(v))
      let backward = dot(v, dynamics.mass(plus(q, -h, v)).times(v))
      let rate = (forward - backward) / (2 * h)
      let zero = [Double](repeating: 0, count: model.dofCount)
      let coriolis = plus(dynamics.bias(q, v), -1, dynamics.bias(q, zero))
      // central difference: error h² times the third derivative
      #expect(abs(rate - 2 * dot(v, coriolis)) <= 1e-7 * (1 + abs(rate)))
    }
  }

  /// Power balance: the kinetic energy changes by the power of all other forces.
  @Test(arguments: Subject.allCases)
  func powerBalance(subject: Subject) throws {
    let model = try CompiledModel(subject.model)
    let dynamics = ForwardDynamics(model: model)
    var random = SeededGenerator(3)
    let h = 1e-5
    for _ in 0..<50 {
      let (q, v) = (
        random.vector(model.dofCount, scale: 1), random.vector(model.dofCount, scale: 2)
      )
      let state = dynamics.evaluate(qpos: q, qvel: v, ctrl: random.vector(model.motorCount))
      let mass = SymmetricMatrix(state.massMatrix, size: model.dofCount)
      let massRate =
        (dot(v, dynamics.mass(plus(q, h, v)).times(v))
          - dot(v, dynamics.mass(plus(q, -h, v)).times(v))) / (2 * h)
      let energyRate = dot(v, mass.times(state.acceleration)) + 0.5 * massRate
      let zero = [Double](repeating: 0, count: model.dofCount)
      let gravity = dynamics.bias(q, zero)
      let power =
        dot(v, state.passive) + dot(v, state.actuator) + dot(v, state.constraintForce)
        - dot(v, gravity)
      #expect(abs(energyRate - power) <= 1e-7 * (1 + abs(power)))
    }
  }

  /// Without damping, contact and limits the energy error of RK4 falls as the step's fourth power.
  @Test(arguments: Subject.allCases)
  func energyDriftShrinksWithTheStep(subject: Subject) throws {
    // the swimmer moves slowly: larger steps, or all one sees is rounding
    let steps = subject == .halfCheetah ? [4e-3, 2e-3, 1e-3] : [2e-2, 1e-2, 5e-3]
    let drifts = try steps.map { timestep in
      try drift(
        subject.model.conservative(timestep: timestep, gravity: SIMD2(0, -9.81)), speed: 3
      ) { energy($0, $1, $2) }
    }
    #expect(drifts[1] < drifts[0] / 8, "\(drifts)")
    #expect(drifts[2] < drifts[1] / 8, "\(drifts)")
    #expect(drifts[2] < 1e-3)
  }

  /// Without contact, medium and gravity both linear momenta and the angular momentum about the
  /// origin are conserved; the armature of the slides counts as mass.
  @Test(arguments: Subject.allCases)
  func momentumIsConserved(subject: Subject) throws {
    let quantities: [(CompiledModel, [Double], [Double]) -> Double] = [
      { model, q, v in ForwardDynamics(model: model).mass(q).times(v)[0] },
      { model, q, v in ForwardDynamics(model: model).mass(q).times(v)[1] },
      { model, q, v in
        let momentum = ForwardDynamics(model: model).mass(q).times(v)
        let arm = SIMD2(q[0], q[1]) + model.bodies[0].offset
        return momentum[2]
          + model.rotationSense * (arm.x * momentum[1] - arm.y * momentum[0])
      },
    ]
    for (index, quantity) in quantities.enumerated() {
      let drift = try drift(subject.model.conservative(timestep: 1e-3), quantity)
      #expect(drift < 1e-6, "momentum \(index)")
    }
  }

  /// Motors act between bodies: they cannot push the whole.
  @Test(arguments: Subject.allCases)
  func motorsDoNotChangeTheMomentum(subject: Subject) throws {
    let model = try CompiledModel(subject.model.conservative(timestep: 1e-3))
    let dynamics = ForwardDynamics(model: model)
    var random = SeededGenerator(4)
    for _ in 0..<20 {
      let (q, v) = (random.vector(model.dofCount), random.vector(model.dofCount, scale: 3))
      let state = dynamics.evaluate(qpos: q, qvel: v, ctrl: random.vector(model.motorCount))
      let force = SymmetricMatrix(state.massMatrix, size: model.dofCount)
        .times(state.acceleration)
      for slide in 0..<2 { #expect(abs(force[slide] + state.bias[slide]) < 1e-10) }
    }
  }

  /// A body in free fall follows the parabola.
  @Test func freeFall() throws {
    var source = PlanarModel.halfCheetah.conservative(timestep: 1e-3, gravity: SIMD2(0, -9.81))
    for index in source.bodies.indices { source.bodies[index].hinge.stiffness = 0 }
    let model = try CompiledModel(source)
    let batch = BatchSimulation(model: model, count: 1)
    batch.step(controls: [Double](repeating: 0, count: model.motorCount), frames: 500)
    #expect(abs(batch.qpos(environment: 0)[1] + 0.5 * 9.81 * 0.25) < 1e-10)
    #expect(abs(batch.qvel(environment: 0)[1] + 9.81 * 0.5) < 1e-10)
    #expect(batch.qpos(environment: 0)[2...].allSatisfy { abs($0) < 1e-10 })
  }

  /// The largest change of `quantity` over 0.4 s from a fixed random state.
  private func drift(
    _ source: PlanarModel, speed: Double = 1,
    _ quantity: (CompiledModel, [Double], [Double]) -> Double
  ) throws -> Double {
    let model = try CompiledModel(source)
    let batch = BatchSimulation(model: model, count: 1)
    var random = SeededGenerator(5)
    batch.reset(
      environment: 0, qpos: random.vector(model.dofCount, scale: 0.5),
      qvel: random.vector(model.dofCount, scale: speed))
    let start = quantity(model, batch.qpos(environment: 0), batch.qvel(environment: 0))
    let controls = [Double](repeating: 0, count: model.motorCount)
    var largest = 0.0
    for _ in 0..<20 {
      batch.step(controls: controls, frames: Int((0.02 / source.timestep).rounded()))
      let now = quantity(model, batch.qpos(environment: 0), batch.qvel(environment: 0))
      largest = max(largest, abs(now - start))
    }
    return largest
  }

  /// Kinetic energy, springs and height.
  private func energy(_ model: CompiledModel, _ q: [Double], _ v: [Double]) -> Double {
    var result = kineticEnergy(model, q, v)
    for (dof, angle) in zip(model.dofs, q) { result += 0.5 * dof.stiffness * angle * angle }
    for (body, place) in zip(model.bodies, places(model, q)) {
      result -= body.inertia.mass * (model.source.gravity * place.center).sum()
    }
    return result
  }
}

/// Where a body is.
private struct Place {
  var angle: Double
  var origin: SIMD2<Double>
  var center: SIMD2<Double>
}

/// Kinematics written the obvious way.
private func places(_ model: CompiledModel, _ q: [Double]) -> [Place] {
  var result: [Place] = []
  func turned(_ v: SIMD2<Double>, _ angle: Double) -> SIMD2<Double> {
    let a = model.rotationSense * angle
    return SIMD2(cosine(a) * v.x - sine(a) * v.y, sine(a) * v.x + cosine(a) * v.y)
  }
  for (index, body) in model.bodies.enumerated() {
    var angle = q[index + 2]
    var origin = SIMD2(q[0], q[1]) + body.offset
    if let parent = body.parent {
      angle += result[parent].angle
      origin = result[parent].origin + turned(body.offset, result[parent].angle)
    }
    result.append(
      Place(angle: angle, origin: origin, center: origin + turned(body.inertia.center, angle)))
  }
  return result
}

/// The sum of `1/2 m |c'|² + 1/2 I w²` over bodies, with velocities
/// carried from the root outwards.
private func kineticEnergy(_ model: CompiledModel, _ q: [Double], _ v: [Double]) -> Double {
  let sense = model.rotationSense
  var velocities: [SIMD2<Double>] = []
  var rates: [Double] = []
  let now = places(model, q)
  var energy = 0.0
  for (index, body) in model.bodies.enumerated() {
    var rate = v[index + 2]
    var velocity = SIMD2(v[0], v[1])
    if let parent = body.parent {
      rate += rates[parent]
      velocity =
        velocities[parent] + cross(sense * rates[parent], now[index].origin - now[parent].origin)
    }
    rates.append(rate)
    velocities.append(velocity)
    let center = velocity + cross(sense * rate, now[index].center - now[index].origin)
    energy +=
      0.5 * body.inertia.mass * (center * center).sum()
      + 0.5 * body.inertia.normalInertia * rate * rate
  }
  for (dof, value) in zip(model.dofs, v) { energy += 0.5 * dof.armature * value * value }
  return energy
}

/// The velocity that a turn at `rate` gives a point at `arm`.
private func cross(_ rate: Double, _ arm: SIMD2<Double>) -> SIMD2<Double> {
  SIMD2(-rate * arm.y, rate * arm.x)
}

extension ForwardDynamics {
  /// The mass matrix at `q`.
  func mass(_ q: [Double]) -> SymmetricMatrix {
    let zero = [Double](repeating: 0, count: model.dofCount)
    let state = evaluate(
      qpos: q, qvel: zero, ctrl: [Double](repeating: 0, count: model.motorCount))
    return SymmetricMatrix(state.massMatrix, size: model.dofCount)
  }

  /// The bias force at `(q, v)`.
  func bias(_ q: [Double], _ v: [Double]) -> [Double] {
    evaluate(qpos: q, qvel: v, ctrl: [Double](repeating: 0, count: model.motorCount)).bias
  }
}
