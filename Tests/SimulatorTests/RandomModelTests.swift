import Foundation
import Testing

@testable import Simulator

/// Random models of everything that the loader accepts, against recorded MuJoCo results.
@Suite struct RandomModelTests {
  @Test func everyModelMovesLikeMuJoCo() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/random_models.json"))
    let recorded = try JSONDecoder().decode(RecordedModels.self, from: data)
    #expect(recorded.models.count == 240)
    var coverage: [String: Int] = [:]
    for (index, entry) in recorded.models.enumerated() {
      for trait in try compare(entry, index) { coverage[trait, default: 0] += 1 }
    }
    // a fuzz that misses something does not test it
    for (trait, least) in [
      "vertical": 80, "horizontal": 80, "Runge-Kutta": 40, "Euler": 80, "medium": 80,
      "turned capsule in a medium": 30, "turned sphere in a medium": 3, "several geoms": 80,
      "ground": 40, "limited slide": 40, "limited hinge": 100, "constrained sample": 250,
    ] {
      #expect(coverage[trait, default: 0] >= least, "\(trait): \(coverage[trait, default: 0])")
    }
  }

  /// Roots, slides, several joints between two bodies, reversed axes, references, margins, and
  /// contacts between bodies.
  @Test func everyJointAndContactMovesLikeMuJoCo() throws {
    try compare(
      "random_joints", atLeast: 1,
      [
        "vertical": 50, "horizontal": 20, "Runge-Kutta": 30, "Euler": 30, "medium": 10,
        "ground": 30,
        "fixed root": 20, "slide below the root": 30, "several joints": 30, "reversed joint": 60,
        "reference": 60, "spring reference": 60, "margin of a limit": 30, "margin of a contact": 20,
        "contact without friction": 10, "coupled branches": 5, "constrained sample": 150,
        "touching bodies": 30, "crossing axes": 5,
      ])
  }

  /// Several trees, welded bodies, fixed geoms, walls, boxes, contacts out of the plane and with friction
  /// against turning, priorities, all kinds of softness, dry friction, servos, and implicit damping.
  @Test func everyTreeAndSurfaceMovesLikeMuJoCo() throws {
    try compare(
      "random_planar", atLeast: 80,
      [
        "vertical": 20, "horizontal": 20, "Runge-Kutta": 10, "Euler": 20, "implicit damping": 10,
        "medium": 8, "several trees": 20, "welded bodies": 10, "fixed geoms": 8, "walls": 10,
        "corners": 5, "capsules in space": 3, "spheres on boxes": 1, "rolling friction": 5,
        "dry friction": 8, "servo": 15, "constrained sample": 80, "turned plane": 3,
        "both ends of a range": 3,
      ])
  }

  /// Elliptic friction cones of all dimensions and ratios of impedance.
  @Test func everyConeMovesLikeMuJoCo() throws {
    try compare(
      "random_cones", atLeast: 30,
      [
        "elliptic cones": 30, "ratio of impedance": 20, "Runge-Kutta": 10, "Euler": 10,
        "implicit damping": 10, "several trees": 10, "walls": 15, "corners": 5,
        "rolling friction": 10,
        "turning friction": 10, "sliding friction": 20, "dry friction": 5, "constrained sample": 80,
        "touching bodies": 60,
      ])
  }

  /// Compares the models of a file, of which at least so many have each trait.
  private func compare(_ file: String, atLeast count: Int, _ traits: [String: Int]) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/\(file).json"))
    let recorded = try JSONDecoder().decode(RecordedModels.self, from: data)
    #expect(recorded.models.count >= count)
    var coverage: [String: Int] = [:]
    for (index, entry) in recorded.models.enumerated() {
      for trait in try compare(entry, index) { coverage[trait, default: 0] += 1 }
    }
    for (trait, least) in traits {
      #expect(coverage[trait, default: 0] >= least, "\(trait): \(coverage[trait, default: 0])")
    }
  }

  /// Compares the samples of one model; returns what it has.
  private func compare(_ entry: RecordedModels.Model, _ index: Int) throws -> [String] {
    let model = try CompiledModel(MJCFLoader().load(xml: Data(entry.xml.utf8)))
    var traits = traits(of: model)
    let contacts =
      model.contactPoints.map(\.contact) + model.contactPairs.map(\.contact)
      + model.spatialContacts.map(\.contact)
    let isStiff = contacts.contains(where: \.isStiff)
    let replay = Replay(model)
    for (place, sample) in entry.samples.enumerated() {
      let errors = replay.errors(of: sample)
      // 1e-9 for what the constraint solver amplifies, more where friction of almost zero makes it
      // ill-conditioned: without rows it is rounding
      let bound = sample.rows == 0 ? 1e-12 : isStiff ? 1e-7 : 1e-9
      #expect(
        errors.allSatisfy { $0 < bound },
        "model \(index), sample \(place): passive, qacc, qpos, qvel are off by \(errors)")
      if sample.rows > 0 { traits.append("constrained sample") }
      if sample.touching ?? 0 > 0 { traits.append("touching bodies") }
      if sample.crossing ?? 0 > 0 { traits.append("crossing axes") }
    }
    return traits
  }

  private func traits(of model: CompiledModel) -> [String] {
    let source = model.source
    let isDense = source.density > 0
    let alone = source.bodies.filter { $0.geoms.count == 1 }.map { $0.geoms[0] }
    let turned = alone.filter { $0.frame != nil }
    let options: [(String, Bool)] = [
      ("vertical", source.plane == .vertical), ("horizontal", source.plane == .horizontal),
      ("Runge-Kutta", source.integrator == .rungeKutta4), ("Euler", source.integrator == .euler),
      ("medium", isDense),
      ("turned capsule in a medium", isDense && turned.contains { $0.shape != .sphere }),
      (
        "turned sphere in a medium",
        isDense && model.bodies.contains { !$0.fluidBox.oblique.isEmpty }
      ),
      ("several geoms", source.bodies.contains { $0.geoms.count > 1 }),
      ("ground", source.ground != nil),
      ("limited slide", source.slides.contains { $0.limit != nil }),
      ("limited hinge", source.bodies.contains { $0.hinge.limit != nil }),
    ]
    let parts: [(String, Bool)] = [
      ("fixed root", source.isFixed),
      ("slide below the root", source.bodies.contains { $0.slide != nil }),
      ("several joints", source.bodies.contains(where: \.isIntermediate)),
      ("reversed joint", source.joints.contains(where: \.isReversed)),
      ("reference", source.joints.contains { $0.reference != 0 }),
      ("spring reference", source.joints.contains { $0.springReference != 0 }),
      ("margin of a limit", source.joints.contains { ($0.limit?.margin ?? 0) > 0 }),
      ("margin of a contact", model.contactPairs.contains { $0.contact.margin > 0 }),
      (
        "contact without friction",
        model.contactPairs.contains { $0.contact.dimension == .frictionless }
      ),
      ("coupled branches", hasCoupledBranches(model)),
    ]
    func touches(_ isSuch: (SpatialContact.Kind) -> Bool) -> Bool {
      model.spatialContacts.contains { isSuch($0.kind) }
    }
    let trees: [(String, Bool)] = [
      ("implicit damping", source.integrator == .implicitFast),
      ("several trees", source.bodies.count { $0.parent == 0 } > 1 && source.isFixed),
      ("welded bodies", source.bodies.contains { !$0.welded.isEmpty }),
      ("fixed geoms", source.isFixed && !source.bodies[0].geoms.isEmpty),
      ("walls", !source.walls.isEmpty),
      (
        "corners",
        touches { if case .wall(let wall) = $0 { wall.corner != .zero } else { false } }
      ),
      ("capsules in space", touches { if case .capsules = $0 { true } else { false } }),
      ("spheres on boxes", touches { if case .box = $0 { true } else { false } }),
      ("rolling friction", model.spatialContacts.contains { $0.contact.dimension == .rolling }),
      ("turning friction", model.spatialContacts.contains { $0.contact.dimension.rawValue == 4 }),
      ("sliding friction", model.spatialContacts.contains { $0.contact.dimension == .sliding }),
      ("elliptic cones", source.frictionCone == .elliptic),
      ("ratio of impedance", source.frictionRatio != 1),
      ("dry friction", source.joints.contains { $0.frictionLoss > 0 }),
      ("servo", source.motors.contains { $0.bias != .zero }),
      ("turned plane", source.world != nil),
      (
        "both ends of a range",
        source.joints.contains { joint in
          joint.limit.map { $0.upper - $0.lower < 2 * $0.margin } ?? false
        }
      ),
    ]
    return (options + parts + trees).filter(\.1).map(\.0)
  }

  /// Whether two bodies may touch of which neither is an ancestor of the other.
  private func hasCoupledBranches(_ model: CompiledModel) -> Bool {
    model.contactPairs.contains { pair in
      var body = Optional(pair.second.body)
      while let current = body, current != pair.first.body { body = model.bodies[current].parent }
      return body == nil
    }
  }
}
