import Foundation
import Testing

@testable import Simulator

/// What is not simulated is refused, and what the error advises does not move differently.
@Suite struct RefusalTests {
  /// Every change of the sample is refused: with the right kind, at the right line if it has one,
  /// for the stated reason and with the stated advice.
  @Test(arguments: refusals)
  func whatIsNotSimulatedIsRefused(refusal: Refusal) throws {
    #expect(sample.contains(refusal.old), "the sample does not contain \(refusal.old)")
    let text = sample.replacingOccurrences(of: refusal.old, with: refusal.new)
    let error = try #require(throws: MJCFError.self) { try MJCFLoader().load(xml: Data(text.utf8)) }
    switch refusal.advice {
    case .mistake:
      #expect(error.kind == .invalidValue || error.kind == .malformed, "\(error)")
      #expect(error.advice != MJCFError.notRepresentable, "\(error)")
    case .none:
      #expect(error.kind == .unsupported, "\(error)")
      #expect(error.advice == MJCFError.notRepresentable, "\(error)")
    case .equivalent(let part):
      #expect(error.kind == .unsupported, "\(error)")
      #expect(error.advice.contains("equivalent is") && error.advice.contains(part), "\(error)")
    }
    #expect(error.problem.contains(refusal.problem), "\(error)")
    // a value inherited from a class is reported where it is used
    let isInherited = ["solimplimit", "contype", "<body><joint"].contains {
      refusal.new.hasPrefix($0)
    }
    if error.kind != .malformed, error.element != "file", !isInherited {
      let distances = text.components(separatedBy: "\n").enumerated()
        .filter { $0.element.contains(refusal.new.prefix(20)) }
        .map { abs(error.line - $0.offset - 1) }
      #expect(error.line > 0 && (distances.min() ?? 0) <= 3, "\(error)")
    }
  }

  /// Values at their defaults, and what has no effect on the motion, are accepted and change nothing.
  @Test(arguments: harmless)
  func whatHasNoEffectIsAccepted(change: [String]) throws {
    #expect(sample.contains(change[0]))
    let text = sample.replacingOccurrences(of: change[0], with: change[1])
    let model = try CompiledModel(MJCFLoader().load(xml: Data(text.utf8)))
    let plain = try CompiledModel(MJCFLoader().load(xml: Data(sample.utf8)))
    #expect(model.fields.map(\.name) == plain.fields.map(\.name))
    for (value, expected) in zip(model.fields, plain.fields) {
      #expect(
        value.value == expected.value || abs(value.value - expected.value) < 1e-14, "\(value.name)")
    }
  }

  /// A model of MuJoCo 2 in global coordinates is another model in local ones: nobody is told to
  /// change the word.
  @Test func globalCoordinatesAreNotToBeRelabelled() throws {
    let path = "\(fixtures)/global-coordinates.xml"
    let error = try #require(throws: MJCFError.self) { try MJCFLoader().load(path: path) }
    #expect(error.kind == .unsupported && error.line == 2)
    #expect(error.advice.contains("equivalent is the same model in local coordinates"))
    #expect(!error.description.contains("coordinate=\"local\""))
  }

  /// Both errors of compiled models say what is not simulated, and never what to give up.
  @Test func compiledModelsAreRefusedWithoutOtherModels() throws {
    typealias Change = (inout PlanarModel) -> Void
    let changes: [(String, Change)] = [
      ("a longer one is not simulated", { $0.timestep = 2 }),
      ("not simulated", { $0.density = -1 }),
      ("keep the masses", { $0.totalMass = -1 }),
      ("not simulated", { $0.plane = .horizontal }),
      ("finite height", { $0.ground?.height = .infinity }),
      ("another root is not simulated", { $0.slides.removeLast() }),
      ("a larger model is not simulated", { $0.bodies = [] }),
      ("name each body differently", { $0.bodies[1].name = "torso" }),
      ("needs mass", { $0.bodies[1].geoms = [] }),
      ("reorder", { $0.bodies[0].parent = 1 }),
      ("list a parent before its children", { $0.bodies[1].parent = 5 }),
      ("a negative one is not simulated", { $0.bodies[1].hinge.damping = -1 }),
      ("order its ends", { $0.bodies[1].hinge.limit?.lower = 2 }),
      ("is not simulated", { $0.bodies[1].hinge.limit?.softness.dampingRatio = -1 }),
      ("correct it", { $0.bodies[1].geoms[0].radius = -1 }),
      ("needs mass", { $0.bodies[1].geoms[0].density = 0 }),
      ("needs mass", { $0.bodies[1].geoms[0].radius = 1e-9 }),
      ("correct it", { $0.bodies[1].geoms[0].contact?.friction = .nan }),
      ("name each joint differently", { $0.bodies[1].hinge.name = "rootx" }),
      ("use one of", { $0.motors[0].joint = "none" }),
      ("correct them", { $0.motors[0].gear = .nan }),
    ]
    for (advice, change) in changes {
      var model = PlanarModel.halfCheetah
      change(&model)
      let error = try #require(throws: ModelError.self) { try CompiledModel(model) }
      #expect(error.advice.contains(advice), "\(error)")
    }
  }
}

/// One change of the sample that has to be refused.
struct Refusal: Sendable, CustomTestStringConvertible {
  enum Advice: Sendable {
    /// MuJoCo rejects it too: the advice is how to mend it.
    case mistake
    /// Nothing that is simulated moves so.
    case none
    /// Something moves so, which the text says.
    case equivalent(String)
  }

  var old: String
  var new: String
  var problem: String
  var advice: Advice

  var testDescription: String { new }
}

private func refuse(
  _ old: String, _ new: String, _ problem: String, _ advice: Refusal.Advice = .none
) -> Refusal {
  Refusal(old: old, new: new, problem: problem, advice: advice)
}

private let knee = "axis=\"0 1 0\" pos=\"0.05 0 0\""
private let ball = "type=\"sphere\" size=\"0.2\""
private let limb = "fromto=\"0 0 0 0 0 -0.4\""
private let floor = "type=\"plane\" size=\"1 1 1\""

private let refusals = [
  // options
  refuse("<option", "<option density=\"1\" wind=\"1 0 0\"", "wind"),
  refuse("<option", "<option ls_iterations=\"5\"", "ls_iterations"),
  refuse("<option", "<option tolerance=\"-1\"", "tolerance"),
  refuse("<option", "<option iterations=\"0\"", "iterations"),
  refuse("<option", "<option cone=\"round\"", "cone", .mistake),
  refuse("<option", "<option density=\"-1\"", "density"),
  refuse("<option", "<option viscosity=\"-1\"", "viscosity"),
  refuse("<visual>", "<option><flag island=\"disable\"/></option><visual>", "island"),
  refuse("<visual>", "<option><flag gravity=\"off\"/></option><visual>", "gravity", .mistake),
  refuse("<visual>", "<option><flag override=\"enable\"/></option><visual>", "override"),
  refuse("integrator=\"RK4\"", "integrator=\"implicit\"", "implicit"),
  refuse("timestep=\"0.005\"", "timestep=\"-1\"", "timestep"),
  refuse("timestep=\"0.005\"", "timestep=\"1e300\"", "timestep", .mistake),
  refuse("timestep=\"0.005\"", "timestep=\"nan\"", "timestep", .mistake),
  refuse("timestep=\"0.005\"", "timestep=\"5 ms\"", "timestep", .mistake),
  refuse("angle=\"degree\"", "angle=\"turns\"", "turns"),
  refuse("coordinate=\"local\"", "coordinate=\"global\"", "global", .equivalent("2.3.3")),
  refuse("coordinate=\"local\"", "eulerseq=\"xyw\"", "eulerseq", .mistake),
  // sections
  refuse("<actuator>", "<extension/><actuator>", "<extension>"),
  refuse("<actuator>", "<equality><weld body1=\"limb\"/></equality><actuator>", "equality"),
  refuse("<actuator>", "<contact><pair geom1=\"floor\"/></contact><actuator>", "<pair>"),
  refuse(
    "<actuator>",
    "<tendon><fixed limited=\"true\" range=\"0 1\"><joint joint=\"knee\" coef=\"1\"/></fixed></tendon><actuator>",
    "limited length"),
  refuse("<actuator>", "<tendon><spatial stiffness=\"3\"/></tendon><actuator>", "stiffness"),
  refuse("<actuator>", "<tendon><fixed/></tendon><actuator>", "without joints", .mistake),
  refuse(
    "<actuator>", "<tendon><fixed><joint joint=\"knee\"/></fixed></tendon><actuator>", "coef",
    .mistake),
  refuse(
    "<visual>", "<include file=\"x.xml\"/><visual>", "without a path", .equivalent("included")),
  refuse("<visual>", "<include/><visual>", "no file", .mistake),
  refuse("<visual>", "<include file=\"x\"><size/></include><visual>", "content", .mistake),
  refuse("<default class=\"leg\">", "<default>", "class name", .mistake),
  refuse("<geom contype", "<geom class=\"leg\" contype", "class"),
  // bodies
  refuse(
    "<site name=\"tip\"/>", "<inertial pos=\"0 0 0\" diaginertia=\"1 1 1\"/>", "no mass", .mistake),
  refuse(
    "<site name=\"tip\"/>", "<inertial mass=\"1\" pos=\"0 0 0\" diaginertia=\"1 2 4\"/>",
    "larger than the sum", .mistake),
  refuse(
    "<site name=\"tip\"/>", "<inertial mass=\"-1\" pos=\"0 0 0\" diaginertia=\"1 1 1\"/>",
    "negative", .mistake),
  refuse(
    "<site name=\"tip\"/>",
    "<inertial mass=\"1\" pos=\"0 0 0\" euler=\"1 2 3\" fullinertia=\"1 1 1 0 0 0\"/>",
    "fullinertia together with euler", .mistake),
  refuse("<body name=\"limb\"", "<body mocap=\"true\" name=\"limb\"", "mocap", .mistake),
  refuse(
    "<body name=\"limb\"", "<body euler=\"1 0 0\" quat=\"1 0 0 0\" name=\"limb\"", "both turn",
    .mistake),
  refuse("<site name=\"tip\"/>", "<replicate/>", "<replicate>", .equivalent("written out")),
  refuse("<site name=\"tip\"/>", "<geom name=\"floor\" size=\"1\"/>", "twice", .mistake),
  refuse("name=\"limb\"", "name=\"trunk\"", "twice", .mistake),
  refuse("<body name=\"limb\"", "<body gravcomp=\"1\" name=\"limb\"", "gravcomp"),
  refuse("<body name=\"limb\"", "<body name=\"limb\" pos=\"a b c\" x", "well formed", .mistake),
  refuse(
    "<light pos=\"0 0 3\"/>", "<body><joint axis=\"0 0 1\"/><geom size=\"1\"/></body>", "parallel"),
  refuse("\"turn\" type=\"hinge\"", "\"turn\" type=\"slide\"", "leaves the plane of motion"),
  refuse("axis=\"0 0 1\"", "axis=\"0 1 1\"", "leaves the plane of motion"),
  // joints
  refuse(knee, "axis=\"1 0 0\" pos=\"0.05 0 0\"", "parallel"),
  refuse(knee, "axis=\"0 0 0\" pos=\"0.05 0 0\"", "zero", .mistake),
  refuse(knee, knee + " margin=\"-0.1\"", "margin"),
  refuse(knee, knee + " damping=\"-1\"", "damping"),
  refuse(knee, knee + " damping=\"1 2\"", "nonlinear"),
  refuse(knee, knee + " armature=\"-1\"", "armature"),
  refuse(knee, knee + " type=\"ball\"", "ball"),
  refuse(knee, knee + " rgba=\"1 0 0 1\"", "rgba"),
  refuse("stiffness=\"5\"", "stiffness=\"5 1\"", "nonlinear"),
  refuse("class=\"leg\" name=\"knee\"", "class=\"arm\" name=\"knee\"", "class", .mistake),
  refuse("range=\"-45 45\"", "limited=\"true\" range=\"45 -45\"", "empty", .mistake),
  refuse("range=\"-45 45\"", "limited=\"true\"", "empty", .mistake),
  refuse("range=\"-45 45\"", "range=\"45\"", "range", .mistake),
  // geoms
  refuse(ball, "type=\"mesh\" size=\"0.2\"", "mesh"),
  refuse(ball, "type=\"box\" size=\"0.2\"", "fewer numbers", .mistake),
  refuse(ball, "type=\"sphere\" size=\"-0.2\"", "size", .mistake),
  refuse(ball, "type=\"sphere\"", "size", .mistake),
  refuse(ball, floor, "plane", .mistake),
  refuse(ball, ball + " condim=\"2\"", "condim", .mistake),
  refuse(ball, ball + " margin=\"-0.1\"", "margin"),
  refuse(ball, ball + " shellinertia=\"true\"", "shellinertia"),
  refuse(ball, ball + " fluidshape=\"ellipsoid\"", "fluidshape"),
  refuse(ball, ball + " density=\"-1\"", "density"),
  refuse(ball, ball + " mass=\"-1\"", "mass"),
  refuse(ball, ball + " fromto=\"0 0 0 1 0 0\"", "fromto", .mistake),
  refuse(ball, ball + " quat=\"0 0 0 0\"", "quaternion", .mistake),
  refuse(ball, ball + " zaxis=\"0 0 0\"", "direction", .mistake),
  refuse(ball, ball + " zaxis=\"0 0 1\" quat=\"1 0 0 0\"", "both turn it", .mistake),
  refuse(ball, ball + " material=\"gold\"", "material", .mistake),
  refuse(ball, ball + " rgba=\"1 0\"", "rgba", .mistake),
  refuse("contype=\"1\"", "contype=\"1.5\"", "contype", .mistake),
  refuse(limb, "fromto=\"0 0 0 0 0 0\"", "equal ends", .mistake),
  refuse(limb, "fromto=\"0 0 0 0\"", "6 numbers", .mistake),
  refuse(limb, limb + " quat=\"1 0 0 0\" zaxis=\"0 0 1\"", "both turn it", .mistake),
  refuse(limb, limb + " pos=\"0 0 1e-9\"", "pos", .mistake),
  // the ground
  refuse(floor, "type=\"plane\" size=\"1 1\"", "third size", .mistake),
  // what MuJoCo rejects, though it has no effect here
  refuse("contype=\"1\"", "contype=\"1 0\"", "whole number", .mistake),
  refuse(knee, knee + " damping=\"1 0 0 0\"", "numbers", .mistake),
  refuse(knee, knee + " group=\"1.5\"", "whole number", .mistake),
  refuse("<actuator>", "<actuator name=\"all\">", "name"),
  refuse("<visual>", "<option><flag/><flag/></option><visual>", "second", .mistake),
  refuse("<default class=\"leg\">", "<geom/><default class=\"leg\">", "twice", .mistake),
  refuse("<joint armature", "<joint name=\"j\" armature", "name"),
  refuse("coordinate=\"local\"", "usethread=\"yes\"", "one of", .mistake),
  // motors
  refuse("<motor name", "<muscle name", "<muscle>"),
  refuse("<motor name", "<cylinder name", "<cylinder>"),
  refuse("<motor name=\"m\"", "<position timeconst=\"0.1\" name=\"m\"", "timeconst"),
  refuse("<motor name=\"m\"", "<general dyntype=\"filter\" name=\"m\"", "dyntype"),
  refuse("<motor name=\"m\"", "<general gaintype=\"affine\" name=\"m\"", "gaintype"),
  refuse("<motor name=\"m\"", "<general biastype=\"muscle\" name=\"m\"", "biastype"),
  refuse(
    "<motor name=\"m\"", "<position kv=\"1\" dampratio=\"1\" name=\"m\"", "dampratio", .mistake),
  refuse("<motor name=\"m\"", "<position kv=\"-1\" name=\"m\"", "negative"),
  refuse(
    "<motor name=\"m\"", "<position inheritrange=\"1\" ctrlrange=\"0 1\" name=\"m\"",
    "inheritrange", .mistake),
  refuse("joint=\"knee\" gear", "tendon=\"t\" gear", "no tendon", .mistake),
  refuse("joint=\"knee\" gear", "joint=\"ankle\" gear", "no joint", .mistake),
  refuse("joint=\"knee\" gear", "gear", "drives nothing", .mistake),
  refuse("joint=\"knee\" gear", "site=\"tip\" gear", "site"),
  refuse("joint=\"knee\" gear", "forcelimited=\"true\" joint=\"knee\" gear", "empty", .mistake),
  refuse(knee, knee + " actuatorfrcrange=\"1 -1\" actuatorfrclimited=\"true\"", "empty", .mistake),
  refuse("gear=\"7\"", "delay=\"0.1\"", "delay"),
  refuse("gear=\"7\"", "gear=\"7\" ctrllimited=\"true\" ctrlrange=\"1 0\"", "empty", .mistake),
  refuse("</mujoco>", "", "well formed", .mistake),
]

private let harmless = [
  ["<actuator>", "<sensor><jointpos joint=\"knee\"/></sensor><actuator>"],
  ["<actuator>", "<keyframe><key qpos=\"0 0 0 0\"/></keyframe><actuator>"],
  ["<actuator>", "<tendon/><equality/><contact/><actuator>"],
  [
    "<actuator>",
    "<tendon><fixed name=\"t\"><joint joint=\"knee\" coef=\"2\"/></fixed><spatial/></tendon><actuator>",
  ],
  ["<actuator>", "<equality><weld body1=\"limb\" active=\"false\"/></equality><actuator>"],
  ["<default class=\"leg\">", "<tendon stiffness=\"2\"/><muscle/><default class=\"leg\">"],
  ["<default class=\"leg\">", "<general gear=\"2\"/><default class=\"leg\">"],
  ["joint=\"knee\" gear", "jointinparent=\"knee\" gear"],
  ["gear=\"7\"", "gear=\"7 1 2\""],
  ["<site name=\"tip\"/>", "<frame/>"],
  [knee, "axis=\"0 1 0\" pos=\"0.05 1 0\""],
  ["<option", "<option wind=\"1 0 0\""],
  ["coordinate=\"local\"", "boundmass=\"0.1\" boundinertia=\"0.001\" balanceinertia=\"true\""],
  ["coordinate=\"local\"", "inertiagrouprange=\"0 1\""],
  [limb, limb + " pos=\"0 0 0\""],
  ["<light pos=\"0 0 3\"/>", "<body mocap=\"true\"><site/></body>"],
  ["gravity=\"0 0 -9.81\"", "gravity=\"0 3 -9.81\""],
  ["<option", "<option wind=\"0 0 0\" magnetic=\"1 0 0\" solver=\"Newton\""],
  ["<visual>", "<option><flag energy=\"enable\" gravity=\"enable\"/></option><visual>"],
  ["coordinate=\"local\"", "boundmass=\"0\" balanceinertia=\"false\" inertiagrouprange=\"0 5\""],
  ["<body name=\"limb\"", "<body quat=\"1 0 0 0\" name=\"limb\""],
  [knee, knee + " ref=\"0\" springref=\"0.0\" margin=\"0\" frictionloss=\"0\""],
  [knee, knee + " solreffriction=\"0.1 1\" group=\"2\""],
  ["stiffness=\"5\"", "stiffness=\"5 0\""],
  [ball, ball + " margin=\"0\" gap=\"0\" solmix=\"1\" priority=\"0\" quat=\"1 0 0 0\""],
  [ball, ball + " mass=\"33.51032163829113\""],
  ["size=\"0.05\" " + limb, "size=\"0.05 0.2\" pos=\"0 0 -0.2\" quat=\"2 0 0 0\""],
  ["size=\"0.05\" " + limb, "size=\"0.05 0.2\" pos=\"0 0 -0.2\" zaxis=\"0 0 3\""],
  [limb, limb + " euler=\"0 90 0\""],
  ["<light pos=\"0 0 3\"/>", "<geom size=\"1\" contype=\"0\" conaffinity=\"0\"/>"],
  ["name=\"x\" type=\"slide\"", "name=\"x\" range=\"0 0\" type=\"slide\""],
]
