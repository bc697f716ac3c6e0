import Foundation
import Testing

@testable import Simulator

/// Gymnasium's models, from the Python package; set `METATAPE_GYMNASIUM_ASSETS` to its directory
/// `gymnasium/envs/mujoco/assets`.
private let assets = ProcessInfo.processInfo.environment["METATAPE_GYMNASIUM_ASSETS"]

@Suite struct MJCFTests {
  @Test(
    .enabled(if: assets != nil, "set METATAPE_GYMNASIUM_ASSETS to gymnasium/envs/mujoco/assets"),
    arguments: Subject.allCases)
  func gymnasiumsModelsEqualTheNativeOnes(subject: Subject) throws {
    let path = "\(try #require(assets))/\(subject.model.name).xml"
    let read = try CompiledModel(MJCFLoader().load(path: path))
    let native = try CompiledModel(subject.model)
    #expect(read.fields.map(\.name) == native.fields.map(\.name))
    for (a, b) in zip(read.fields, native.fields) where a.value != b.value {
      #expect(abs(a.value - b.value) <= 1e-12 * max(1, abs(b.value)), "\(a.name)")
    }
    #expect(read.dofs.map(\.name) == native.dofs.map(\.name))
    #expect(read.source.integrator == native.source.integrator)
  }

  @Test(
    .enabled(if: assets != nil, "set METATAPE_GYMNASIUM_ASSETS to gymnasium/envs/mujoco/assets"),
    arguments: Walker.allCases)
  func gymnasiumsWalkersEqualTheNativeOnes(walker: Walker) throws {
    let file = walker == .walker2d ? "walker2d_v5.xml" : "hopper.xml"
    let read = try CompiledModel(MJCFLoader().load(path: "\(try #require(assets))/\(file)"))
    let native = try CompiledModel(walker.model)
    #expect(read.fields.map(\.name) == native.fields.map(\.name))
    for (a, b) in zip(read.fields, native.fields) where a.value != b.value {
      #expect(abs(a.value - b.value) <= 1e-12 * max(1, abs(b.value)), "\(a.name)")
    }
    #expect(read.dofs.map(\.name) == native.dofs.map(\.name))
    #expect(read.source.name == native.source.name)
  }

  @Test(.enabled(if: assets != nil, "set METATAPE_GYMNASIUM_ASSETS"))
  func otherModelsAreRefusedWithALine() throws {
    for name in ["ant", "humanoid", "pusher"] {
      let path = "\(try #require(assets))/\(name).xml"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let error = try #require(throws: MJCFError.self) { try MJCFLoader().load(path: path) }
      #expect(error.kind == .unsupported && error.line > 0, "\(name): \(error)")
    }
  }

  @Test func aSmallModelIsReadAsWritten() throws {
    let model = try load(sample)
    #expect(model.plane == .vertical)
    #expect(model.timestep == 0.005)
    #expect(model.integrator == .rungeKutta4)
    #expect(model.bodies.map(\.name) == ["trunk", "limb"])
    #expect(model.bodies[1].offset == SIMD2(0.1 + 0.05, -0.3))
    // the frame moves to the hinge
    #expect(model.bodies[1].geoms[0].center == SIMD2(0 - 0.05, -0.2))
    let hinge = model.bodies[1].hinge
    #expect(hinge.damping == 2 && hinge.stiffness == 5 && hinge.armature == 0.01)
    #expect(abs((hinge.limit?.upper ?? 0) - Double.pi / 4) < 1e-15)
    // a class overrides the leading entries of a vector only
    #expect(hinge.limit?.softness == ConstraintSoftness(minimum: 0.5, maximum: 0.8, width: 0.03))
    #expect(model.motors == [Motor(name: "m", joint: "knee", gear: 7, controlRange: -0.5...0.5)])
    #expect(model.bodies[0].geoms[0].shape == .sphere)
    #expect(model.bodies[0].geoms[0].contact?.friction == 0.9)
    #expect(model.ground?.height == 0.25)
    _ = try CompiledModel(model)
  }

  @Test func hostileTextsAreRefused() throws {
    let bomb = """
      <?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
      <mujoco model="&b;"/>
      """
    let file = "<!DOCTYPE m [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><mujoco>&x;</mujoco>"
    let net = "<!DOCTYPE m SYSTEM \"http://192.0.2.1/x.dtd\"><mujoco/>"
    let deep = String(repeating: "<body>", count: 50_000)
    let wide = "<mujoco>" + String(repeating: "<size/>", count: 20_000) + "</mujoco>"
    let large = "<mujoco>" + String(repeating: " ", count: 2 << 20) + "</mujoco>"
    let coded = "<?xml version=\"1.0\" encoding=\"UTF-7\"?><mujoco/>"
    for (text, kind) in [
      (bomb, MJCFError.Kind.unsupported), (file, .unsupported), (net, .unsupported),
      (deep, .tooLarge), (wide, .tooLarge), (large, .tooLarge), (coded, .unsupported),
      ("", .malformed), ("\u{0}", .malformed), ("<mujoco>&x;</mujoco>", .malformed),
      ("<?pi?><mujoco/>", .unsupported), ("<?xml?><mujoco/>", .unsupported),
      ("<?xml version=\"1.0\"?>\n<mujoco/>", .unsupported),
      ("<mujoco><?pi?></mujoco>", .unsupported),
      ("<mujoco xmlns=\"\"/>", .unsupported), ("<mujoco><![CDATA[x]]></mujoco>", .unsupported),
      ("not xml", .malformed), ("<mujoco", .malformed), ("<other/>", .invalidValue),
      ("<mujoco/>", .unsupported),
    ] {
      let error = try #require(throws: MJCFError.self) { try load(text) }
      #expect(error.kind == kind, "\(text.prefix(40)): \(error)")
    }
    #expect(throws: MJCFError.self) { try MJCFLoader().load(xml: Data([0xff, 0xfe, 0x3c, 0])) }
    #expect(throws: MJCFError.self) { try MJCFLoader().load(path: "/nowhere.xml") }
    #expect(throws: MJCFError.self) { try MJCFLoader().load(path: "/") }
  }

  /// What is not well formed is refused at the line where it goes wrong, tags closed by others too.
  @Test(arguments: [
    ("<visual>", "<visual></map>", 4), ("</default>\n  </default>", "</default>\n  </body>", 12),
    ("</actuator>", "</actuator", 32), ("</mujoco>", "", 32),
    ("</mujoco>", "</mujoco><mujoco/>", 32),
    ("<light pos=\"0 0 3\"/>", "<light pos=\"0\" pos=\"1\"/>", 14),
    ("name=\"m\"", "name=\"&x;\"", 30),
    ("name=\"m\"", "name=\"&#0;\"", 30), ("name=\"m\"", "name=\"\u{1}\"", 30),
  ])
  func malformedTextsAreRefusedWithTheLine(old: String, new: String, line: Int) throws {
    #expect(sample.contains(old))
    let text = sample.replacingOccurrences(of: old, with: new)
    let error = try #require(throws: MJCFError.self) { try load(text) }
    #expect(error.kind == .malformed && error.line == line, "\(error)")
  }

  /// Names and values arrive as they are written, with the five entities that XML has itself.
  @Test func charactersArriveAsWritten() throws {
    let name = "Größe \u{1F600} &amp; &lt;&gt;&quot;&apos;&#65;"
    let text = sample.replacingOccurrences(of: "name=\"limb\"", with: "name=\"\(name)\"")
    for prefix in ["", "\u{FEFF}", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"] {
      #expect(try load(prefix + text).bodies[1].name == "Größe \u{1F600} & <>\"'A")
    }
  }

  private func load(_ text: String) throws(MJCFError) -> PlanarModel {
    try MJCFLoader().load(xml: Data(text.utf8))
  }
}

/// A model with some of everything.
let sample = """
  <mujoco model="sample">
    <compiler angle="degree" coordinate="local"/>
    <option timestep="0.005" integrator="RK4" gravity="0 0 -9.81"/>
    <visual><map fogstart="3"/></visual>
    <default>
      <joint armature="0.01" solimplimit="0 0.8 0.03"/>
      <geom contype="1" conaffinity="0" friction="0.4 0.1 0.1"/>
      <motor ctrlrange="-0.5 0.5"/>
      <default class="leg">
        <joint damping="2" solimplimit="0.5"/>
      </default>
    </default>
    <worldbody>
      <light pos="0 0 3"/>
      <geom name="floor" type="plane" size="1 1 1" pos="0 0 0.25" conaffinity="1"
        friction="0.2 0.1 0.1"/>
      <body name="trunk" pos="0 0 1">
        <joint name="x" type="slide" axis="1 0 0"/>
        <joint name="z" type="slide" axis="0 0 1"/>
        <joint name="turn" type="hinge" axis="0 1 0"/>
        <geom type="sphere" size="0.2" friction="0.9 0.1 0.1"/>
        <body name="limb" pos="0.1 0 -0.3">
          <joint class="leg" name="knee" axis="0 1 0" pos="0.05 0 0" range="-45 45" stiffness="5"/>
          <geom type="capsule" size="0.05" fromto="0 0 0 0 0 -0.4"/>
          <site name="tip"/>
        </body>
      </body>
    </worldbody>
    <actuator>
      <motor name="m" joint="knee" gear="7"/>
    </actuator>
  </mujoco>
  """
