import Foundation
import Testing

@testable import Simulator

/// Contacts with elliptic friction cones.
@Suite struct ConeTests {
  /// Forces and slacks of one contact: the normal one first, then those of friction, each times its
  /// coefficient.
  private struct Contact {
    var forces: [Double]
    var slacks: [Double]
    var size: Double

    /// Which zone of the cost the contact is in.
    var zone: String {
      if forces.allSatisfy({ $0 == 0 }) { return "top" }
      return slacks.allSatisfy { abs($0) < 1e-9 * size } ? "bottom" : "middle"
    }
  }

  /// The contacts of an evaluation, of which `coefficients` are those of friction.
  private func contacts(
    _ state: ForwardEvaluation, _ coefficients: [Double]
  ) -> [Contact] {
    var result: [Contact] = []
    var place = 0
    for row in state.rows where row.kind == .coneNormal || row.kind == .coneFriction {
      // s = J a - aref + R F
      let residual = dot(row.jacobian, state.acceleration) - row.reference
      let slack = residual + row.regularizer * row.force
      if row.kind == .coneNormal {
        result.append(Contact(forces: [row.force], slacks: [slack], size: 1 + abs(residual)))
        place = 0
      } else {
        result[result.count - 1].forces.append(row.force / coefficients[place])
        result[result.count - 1].slacks.append(slack * coefficients[place])
        result[result.count - 1].size += abs(residual)
        place += 1
      }
    }
    return result
  }

  private func length(_ x: ArraySlice<Double>) -> Double { dot(Array(x), Array(x)).squareRoot() }

  /// The forces solve the dual problem: they are in the cone, the slacks `J a - aref + R F` in its dual,
  /// and both are orthogonal. And the accelerations are those that the forces cause.
  @Test(arguments: Sample.all, [ConstraintSolver.exact, .stopping(tolerance: 0)])
  func forcesAreOptimal(sample: Sample, solver: ConstraintSolver) throws {
    let model = try CompiledModel(MJCFLoader().load(xml: Data(sample.xml.utf8)))
    let dynamics = ForwardDynamics(model: model, solver: solver)
    var random = SeededGenerator(71)
    var zones: [String: Int] = [:]
    for _ in 0..<1500 {
      var q = random.vector(model.dofCount, scale: 0.1)
      q[1] -= 0.05
      // most hardly move: their friction holds; some leave the ground
      let pace = Double.random(in: 0...1, using: &random)
      let v = random.vector(model.dofCount, scale: 20 * pow(pace, 6))
      let state = dynamics.evaluate(qpos: q, qvel: v, ctrl: [])
      let mass = SymmetricMatrix(state.massMatrix, size: model.dofCount)
      var rest = mass.times(plus(state.acceleration, -1, state.smoothAcceleration))
      for row in state.rows { rest = plus(rest, -row.force, row.jacobian) }
      let largest = state.rows.map { abs($0.force) }.max() ?? 0
      // an expected decrease of 1e-14 may leave a force of 1e-4 along stiff rows
      #expect(rest.allSatisfy { abs($0) <= 1e-6 * (1 + largest) })
      for contact in contacts(state, sample.coefficients) {
        let (forces, slacks) = (contact.forces, contact.slacks)
        let force = 1e-9 * (1 + largest)
        #expect(length(forces[1...]) <= forces[0] + force)
        #expect(length(slacks[1...]) <= slacks[0] + 1e-9 * contact.size)
        #expect(abs(dot(forces, slacks)) <= force * contact.size)
        zones[contact.zone, default: 0] += 1
      }
    }
    for zone in ["top", "bottom", "middle"] {
      #expect(zones[zone, default: 0] >= 20, "\(zone): \(zones)")
    }
  }

  /// A ball on the ground in each zone: forces and velocities after a step in MuJoCo 4.0.0.
  @Test(arguments: Zone.all)
  func zonesAreThoseOfMuJoCo(zone: Zone) throws {
    let model = try CompiledModel(MJCFLoader().load(xml: Data(Zone.xml(zone.dimension).utf8)))
    let state = ForwardDynamics(model: model).evaluate(
      qpos: [0, -0.01, 0], qvel: zone.velocity, ctrl: [])
    #expect(state.rows.count == zone.forces.count)
    for (row, force) in zip(state.rows, zone.forces) {
      #expect(abs(abs(row.force) - abs(force)) <= 1e-9 * (1 + abs(force)))
    }
    let simulation = BatchSimulation(model: model, count: 1)
    simulation.reset(environment: 0, qpos: [0, -0.01, 0], qvel: zone.velocity)
    simulation.step(controls: [], frames: 1)
    for (value, expected) in zip(simulation.qvel(environment: 0), zone.next) {
      #expect(abs(value - expected) <= 1e-12)
    }
  }

  /// The minimum does not depend on where the iteration starts, although the cost is not quadratic.
  @Test(arguments: Sample.all, [ConstraintSolver.exact, .stopping(tolerance: 0)])
  func theSolverForgetsItsStart(sample: Sample, solver: ConstraintSolver) throws {
    let model = try CompiledModel(MJCFLoader().load(xml: Data(sample.xml.utf8)))
    var random = SeededGenerator(72)
    let dynamics = ForwardDynamics(model: model, solver: solver)
    for _ in 0..<500 {
      let (q, v) = (
        random.vector(model.dofCount, scale: 0.1), random.vector(model.dofCount, scale: 3)
      )
      let cold = dynamics.evaluate(qpos: q, qvel: v, ctrl: []).acceleration
      let start = plus(cold, 1, random.vector(model.dofCount, scale: 100))
      let warm = dynamics.evaluate(qpos: q, qvel: v, ctrl: [], warmStart: start).acceleration
      for (a, b) in zip(warm, cold) { #expect(abs(a - b) <= 1e-4 + 1e-6 * abs(b)) }
    }
  }

  /// A path is bit-identical alone and in a batch.
  @Test(arguments: Sample.all)
  func lanesAreIndependent(sample: Sample) throws {
    let model = try CompiledModel(MJCFLoader().load(xml: Data(sample.xml.utf8)))
    var random = SeededGenerator(73)
    let states = (0..<13).map { _ in
      (random.vector(model.dofCount, scale: 0.1), random.vector(model.dofCount, scale: 3))
    }
    func run(_ order: [Int]) -> [[UInt64]] {
      let batch = BatchSimulation(model: model, count: order.count)
      for (place, index) in order.enumerated() {
        batch.reset(environment: place, qpos: states[index].0, qvel: states[index].1)
      }
      for _ in 0..<40 { batch.step(controls: [], frames: 1) }
      return order.indices.map { place in
        (batch.qpos(environment: place) + batch.qvel(environment: place)).map(\.bitPattern)
      }
    }
    let together = run(Array(states.indices))
    #expect(run(states.indices.reversed()) == together.reversed())
    for index in states.indices { #expect(run([index]) == [together[index]]) }
  }

  /// Sliding friction that is almost zero with friction against turning is refused, by its geom.
  @Test func frictionThatMuJoCoDoesNotSolveIsRefused() throws {
    for (old, new) in [("0.5 0.02 0.03", "0 0.02 0.03"), ("elliptic", "pyramidal")] {
      var text = Zone.xml(4).replacingOccurrences(of: "0.5 0.02 0.03", with: "0 0.02 0.03")
      text = text.replacingOccurrences(of: old, with: new)
      let model = try MJCFLoader().load(xml: Data(text.utf8))
      guard new != "pyramidal" else {
        _ = try CompiledModel(model)
        continue
      }
      let error = try #require(throws: ModelError.self) { try CompiledModel(model) }
      #expect(error.description.contains("geom \"ball\""))
      #expect(error.description.contains("elliptic"))
    }
  }

  /// The cone is read, is pyramidal by default, and both have different constants.
  @Test func theConeIsRead() throws {
    let text = Zone.xml(3)
    let elliptic = try MJCFLoader().load(xml: Data(text.utf8))
    let other = text.replacingOccurrences(of: "cone=\"elliptic\"", with: "")
    let pyramidal = try MJCFLoader().load(xml: Data(other.utf8))
    #expect(elliptic.frictionCone == .elliptic && pyramidal.frictionCone == .pyramidal)
    #expect(elliptic != pyramidal)
    let slopes = try CompiledModel(elliptic).fields.filter { $0.name.hasSuffix("coneSlope") }
    #expect(slopes.map(\.value) == [0.25])
    #expect(try CompiledModel(pyramidal).fields.allSatisfy { !$0.name.hasSuffix("coneSlope") })
  }
}

/// A model with elliptic cones.
struct Sample: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var xml: String
  /// The friction coefficients of each direction.
  var coefficients: [Double]

  private init(
    _ name: String, dimension: Int, ratio: Double, friction: [Double], world: String, bodies: String
  ) {
    testDescription = name
    let numbers = friction.map { "\($0)" }.joined(separator: " ")
    xml = """
      <mujoco><compiler angle="radian"/>
      <option timestep="0.002" cone="elliptic" impratio="\(ratio)"/>
      <default><geom condim="\(dimension)" friction="\(numbers)"/></default>
      <worldbody>\(world)\(bodies)</worldbody></mujoco>
      """
    coefficients = [friction[0], friction[0], friction[1], friction[2], friction[2]]
  }

  private static let slides = """
    <joint type="slide" axis="1 0 0" armature="0.2"/><joint type="slide" axis="0 0 1"/>
    <joint type="hinge" axis="0 1 0" armature="0.05"/>
    """

  /// A ground; a slope out of the plane; the same with friction against turning and rolling; a floor
  /// along the plane; and a chain against a fixed capsule at another height.
  static let all = [
    Sample(
      "ground", dimension: 3, ratio: 3, friction: [0.6, 0.01, 0.01],
      world: "<geom type=\"plane\" size=\"1 1 1\"/>",
      bodies: """
        <body pos="0 0 0.2">\(slides)<geom type="capsule" size="0.1" fromto="-0.3 0 0 0.3 0 0"
        contype="1" conaffinity="0"/>
        <body pos="0.3 0 0"><joint type="hinge" axis="0 1 0" armature="0.1"/>
        <geom type="capsule" size="0.08" fromto="0 0 0 0.2 0 -0.1" contype="1" conaffinity="0"/></body>
        </body>
        """),
    Sample(
      "slope out of the plane", dimension: 3, ratio: 0.5, friction: [0.8, 0.01, 0.01],
      world: "<geom type=\"plane\" size=\"1 1 1\" euler=\"0.5 0.3 0\"/>",
      bodies: """
        <body pos="0 0 0.22">\(slides)<geom type="sphere" size="0.2" pos="0.02 0 0"/></body>
        """),
    Sample(
      "rolling on a slope", dimension: 6, ratio: 0.5, friction: [0.7, 0.05, 0.03],
      world: "<geom type=\"plane\" size=\"1 1 1\" euler=\"0.2 0.1 0\"/>",
      bodies: """
        <body pos="0 0 0.21">\(slides)<geom type="sphere" size="0.2" pos="0.02 0 0"/></body>
        """),
    Sample(
      "turning against a capsule", dimension: 4, ratio: 2, friction: [0.5, 0.04, 0.03],
      world: "<geom type=\"capsule\" size=\"0.1\" fromto=\"-0.5 0.06 -0.02 0.5 0.06 0.02\"/>",
      bodies: """
        <body pos="0 0 0.2">\(slides)<geom type="capsule" size="0.1" fromto="-0.2 0 -0.02 0.2 0 0"/>
        </body>
        """),
  ]
}

/// A ball on the ground in one zone of the cost, with MuJoCo's forces and the velocities after a step.
struct Zone: Sendable, CustomTestStringConvertible {
  var name: String
  var dimension: Int
  var velocity: [Double]
  var forces: [Double]
  var next: [Double]

  var testDescription: String { "\(name), dimension \(dimension)" }

  static func xml(_ dimension: Int) -> String {
    let surface = "friction=\"0.5 0.02 0.03\" condim=\"\(dimension)\""
    return """
      <mujoco><compiler angle="radian"/><option timestep="0.002" cone="elliptic" impratio="4"/>
      <worldbody><geom type="plane" size="1 1 1" \(surface)/>
      <body pos="0 0 0.2"><joint type="slide" axis="1 0 0"/><joint type="slide" axis="0 0 1"/>
      <joint type="hinge" axis="0 1 0"/><geom name="ball" type="sphere" size="0.2" \(surface)/></body>
      </worldbody></mujoco>
      """
  }

  static let all = [
    Zone(
      name: "top", dimension: 3, velocity: [1, 3, 0], forces: [0, 0, 0], next: [1, 2.98038, 0]),
    Zone(
      name: "bottom", dimension: 3, velocity: [0.001, -0.2, 0.004],
      forces: [1851.1158470147336, 0.2292324487236595, 0],
      next: [0.0009863186960007127, -0.10913966101694912, 0.0041667408924913165]),
    Zone(
      name: "middle", dimension: 3, velocity: [1, -0.2, 0],
      forces: [1955.8449597510723, 977.9224798755362, 0],
      next: [0.9416345512626716, -0.10288910252534283, 0.7113289064861968]),
    Zone(
      name: "top", dimension: 6, velocity: [1, 3, 0], forces: [0, 0, 0, 0, 0, 0],
      next: [1, 2.98038, 0]),
    Zone(
      name: "bottom", dimension: 6, velocity: [0.001, -0.2, 0.004],
      forces: [1851.1158470147336, 0, 3.11868947169203, 0, 0.8026074538136092, 0],
      next: [0.0008138669329793325, -0.10913966101694912, 0.0032746152628260563]),
    Zone(
      name: "middle", dimension: 6, velocity: [1, -0.2, 0],
      forces: [2312.4123464088775, 0, 951.6317820191047, 0, 39.399933998243014, 0],
      next: [0.943203661722079, -0.0816080542113748, 0.5452359760729035]),
  ]
}
