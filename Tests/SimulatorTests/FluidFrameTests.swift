import Foundation
import Testing

@testable import Simulator

/// The drag of bodies whose inertia leaves the choice of principal axes open.
///
/// The numbers are MuJoCo 4.0.0's `qfrc_passive` of the same files.
@Suite struct FluidFrameTests {
  private func passive(_ model: CompiledModel, _ qvel: [Double]) -> [Double] {
    ForwardDynamics(model: model).evaluate(
      qpos: [0, 0, 0], qvel: qvel, ctrl: [Double](repeating: 0, count: model.motorCount)
    ).passive
  }

  /// One body in the horizontal plane.
  private func body(_ geoms: String, density: Double = 4000) throws -> CompiledModel {
    let text = """
      <mujoco><option density="\(density)"/><worldbody><body>
        <joint type="slide" axis="1 0 0"/><joint type="slide" axis="0 1 0"/><joint axis="0 0 1"/>
        \(geoms)
      </body></worldbody></mujoco>
      """
    return try CompiledModel(MJCFLoader().load(xml: Data(text.utf8)))
  }

  private func agree(_ values: [Double], _ expected: [Double], _ bound: Double = 1e-12) -> Bool {
    zip(values, expected).allSatisfy { abs($0 - $1) <= bound * (1 + abs($1)) }
  }

  /// A capsule by `fromto` is turned about its own axis, unless that is one of the plane's.
  @Test(arguments: [
    (0.0, 388.94950348724655, -17.8396291144307), (10, 373.5269940535493, -17.132257474039882),
    (30, 301.2488010428804, -13.81713264469594), (45, 275.02883145497276, -12.61452272066691),
    (60, 301.2488010428806, -13.817132644695942), (90, 388.94950348724655, -17.8396291144307),
    (135, 275.02883145497276, -12.61452272066691),
  ])
  func anObliqueCapsuleHasMuJoCosDrag(degrees: Double, force: Double, torque: Double) throws {
    let (x, y) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
    let model = try body(
      "<geom type='capsule' size='0.1' fromto='\(-x / 2) \(-y / 2) 0 \(x / 2) \(y / 2) 0'/>")
    // 1 m/s across the capsule
    let across = passive(model, [-y, x, 0])
    #expect(agree([across[0], across[1]], [force * y, -force * x]), "\(across)")
    #expect(agree([passive(model, [0, 0, 1])[2]], [torque]))
  }

  @Test(arguments: [
    (
      "horizontal-oblique-capsule",
      [144.17104408988837, -144.17104408988837, -72.08552204494418],
      [
        1.5802432374834765, -1.5982636983763403, 1.82775584693142, 0.6127645985623535,
        -0.9794325340127802, -0.30716722379517836,
      ], SIMD2(-0.5, 0.5).normalized
    ),
    (
      "horizontal-straight-capsule", [0, -288.1855148660073, -101.88798878087687],
      [
        1.7369702459477483, -1.5445079993683823, 2.8031741787905733, 0.6947535697323972,
        -0.8347075164995266, -0.386017103886407,
      ], SIMD2(0, 1)
    ),
  ])
  func theModelsOfTheFilesMoveLikeMuJoCo(
    name: String, drag: [Double], end: [Double], across: SIMD2<Double>
  ) throws {
    let model = try CompiledModel(MJCFLoader().load(path: "\(fixtures)/\(name).xml"))
    #expect(agree(passive(model, [across.x, across.y, 0]), drag))
    let batch = BatchSimulation(model: model, count: 1)
    batch.reset(environment: 0, qpos: [0, 0, 0], qvel: [0.5, -1, 2])
    batch.step(controls: [0.3, -0.7, 0.9], frames: 200)
    #expect(agree(batch.qpos(environment: 0) + batch.qvel(environment: 0), end, 1e-11))
  }

  /// A sphere that is turned has the drag of a turned cube.
  @Test(arguments: [
    ("quat='.5 .3 -.2 .7'", [-57.45555017972586, 110.85216012683318, -0.25221984658495916]),
    ("euler='0 0 30'", [-97.0055079428302, 162.52427079655595, -0.3569341451864758]),
    ("euler='20 0 0'", [-69.11999999999998, 106.87834793626503, -0.3104535462204873]),
  ])
  func aTurnedSphereHasMuJoCosDrag(turn: String, drag: [Double]) throws {
    #expect(agree(passive(try body("<geom size='.2' \(turn)/>"), [0.6, -0.8, 1]), drag))
  }

  /// Where geoms are arranged so that both moments of the plane are equal, the axes are the body's.
  @Test func aSymmetricBodyLiesInItsOwnAxes() throws {
    for (start, count) in [(0.3, 3), (0.7, 4), (1.1, 6)] {
      let star = (0..<count).map { index in
        let angle = start + 2 * Double.pi * Double(index) / Double(count)
        return
          "<geom type='capsule' size='.05' fromto='0 0 0 \(cos(angle)) \(sin(angle)) 0'/>"
      }
      let box = try body(star.joined()).bodies[0].fluidBox
      #expect(box.axis == SIMD2(1, 0) && box.axialDrag.isFinite)
      #expect(abs(box.axialDrag - box.transverseDrag) < 1e-12 * box.axialDrag)
    }
  }

  /// Where rounding decides about the axes, a dense medium is refused; without one they do not
  /// matter.
  @Test func axesThatRoundingDecidesAreRefused() throws {
    let cross = (0..<4).map { index in
      let angle = 0.4 + Double(index) * .pi / 2
      let length = index % 2 == 0 ? 1 + 1e-12 : 1
      return "<geom type='capsule' size='.05' "
        + "fromto='0 0 0 \(length * cos(angle)) \(length * sin(angle)) 0'/>"
    }.joined()
    let error = try #require(throws: ModelError.self) { try body(cross) }
    #expect(error.part == "body \"body 0\"" && error.problem.contains("nearly equal"))
    _ = try body(cross, density: 0)
  }

  /// A capsule that is nearly a sphere still has the axis of its file.
  @Test func aShortCapsuleKeepsItsAxis() throws {
    let geom = "<geom type='capsule' size='.1 1e-11' euler='90 0 0'/>"
    let frame = "<geom type='capsule' size='.1' fromto='0 0 0 3e-11 4e-11 0'/>"
    #expect(try abs(body(geom).bodies[0].fluidBox.axis.y) == 1)
    let axis = try body(frame).bodies[0].fluidBox.axis
    #expect(abs(abs(axis.x) - 0.6) < 1e-12 && abs(abs(axis.y) - 0.8) < 1e-12)
    let native = Geom.capsule(from: SIMD2(0, 0), to: SIMD2(3e-11, 4e-11), radius: 0.1)
    var model = PlanarModel.swimmer
    model.bodies[2].geoms = [native]
    let box = try CompiledModel(model).bodies[2].fluidBox
    #expect(abs(box.axis.x + 0.6) < 1e-12 && abs(box.axis.y + 0.8) < 1e-12)
  }

  /// A geom without mass is none for the frame.
  @Test func masslessGeomsDoNotChangeTheFrame() throws {
    let capsule = "<geom type='capsule' size='.1' fromto='-.3 -.4 0 .3 .4 0'/>"
    let alone = try body(capsule).bodies[0].fluidBox
    let marked = try body(capsule + "<geom size='.1' density='0'/>").bodies[0].fluidBox
    #expect(alone == marked)
    let beaded = try body(capsule + "<geom size='.01'/>").bodies[0].fluidBox
    #expect(beaded.transverseDrag > 1.2 * alone.transverseDrag)
  }

  @Test func aFrameThatIsNoneIsRefused() throws {
    var model = PlanarModel.swimmer
    model.bodies[0].geoms[0].frame = Geom.Frame(
      x: SIMD3(0, 1, 0), y: SIMD3(0, 0, 1), z: SIMD3(1, 0, 0))
    _ = try CompiledModel(model)
    model.bodies[0].geoms[0].frame?.x = SIMD3(0, 1, 1)
    #expect(throws: ModelError.self) { try CompiledModel(model) }
    model.bodies[0].geoms[0].frame = Geom.Frame(
      x: SIMD3(1, 0, 0), y: SIMD3(0, 1, 0), z: SIMD3(0, 0, 1))
    #expect(throws: ModelError.self) { try CompiledModel(model) }
  }
}

extension SIMD2<Double> {
  /// The vector of length 1.
  fileprivate var normalized: SIMD2 { self / (self * self).sum().squareRoot() }
}
