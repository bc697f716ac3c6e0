import Foundation
import Testing

@testable import Simulator

/// Included files: what is read, from where, and what is refused.
@Suite struct IncludeTests {
  /// The sample in four files, two of them in a folder below and one included by another.
  static let parts = [
    "main.xml": """
    <mujoco model="sample">
      <compiler angle="degree"/>
      <option timestep="0.005" integrator="RK4" gravity="0 0 -9.81"/>
      <include file="parts/defaults.xml"/>
      <worldbody>
        <include file="./parts/../floor.xml"/>
        <body name="trunk" pos="0 0 1">
          <joint name="x" type="slide" axis="1 0 0"/>
          <joint name="z" type="slide" axis="0 0 1"/>
          <joint name="turn" type="hinge" axis="0 1 0"/>
          <geom type="sphere" size="0.2" friction="0.9 0.1 0.1"/>
          <include file="parts/limb.xml"/>
        </body>
      </worldbody>
    </mujoco>
    """,
    "floor.xml": """
    <mujocoinclude>
      <light pos="0 0 3"/>
      <geom name="floor" type="plane" size="1 1 1" pos="0 0 0.25" conaffinity="1"
        friction="0.2 0.1 0.1"/>
    </mujocoinclude>
    """,
    "parts/defaults.xml": """
    <mujoco>
      <include file="parts/actuator.xml"/>
      <default>
        <joint armature="0.01" solimplimit="0 0.8 0.03"/>
        <geom contype="1" conaffinity="0" friction="0.4 0.1 0.1"/>
        <motor ctrlrange="-0.5 0.5"/>
        <default class="leg"><joint damping="2" solimplimit="0.5"/></default>
      </default>
    </mujoco>
    """,
    "parts/actuator.xml": """
    <mujoco><actuator><motor name="m" joint="knee" gear="7"/></actuator></mujoco>
    """,
    "parts/limb.xml": """
    <anything model="x">
      <body name="limb" pos="0.1 0 -0.3">
        <joint class="leg" name="knee" axis="0 1 0" pos="0.05 0 0" range="-45 45" stiffness="5"/>
        <geom type="capsule" size="0.05" fromto="0 0 0 0 0 -0.4"/>
      </body>
    </anything>
    """,
  ]

  @Test func includedFilesStandInTheirPlace() throws {
    try inFolder(Self.parts) { folder in
      let model = try MJCFLoader().load(path: "\(folder)/main.xml")
      #expect(model == (try MJCFLoader().load(xml: Data(sample.utf8))))
      // relative to the current folder, and within a folder above
      #expect(
        try MJCFLoader(includesWithin: "\(folder)/..").load(path: "\(folder)/main.xml") == model)
      #expect(throws: MJCFError.self) {
        try MJCFLoader(includesWithin: "\(folder)/parts").load(path: "\(folder)/main.xml")
      }
    }
  }

  /// Errors in an included file name it and its line.
  @Test func errorsNameTheIncludedFile() throws {
    var files = Self.parts
    files["parts/limb.xml"] =
      "<mujoco>\n<body>\n<joint axis=\"0 1 0\" damping=\"-1\"/></body></mujoco>"
    try inFolder(files) { folder in
      let error = try #require(throws: MJCFError.self) {
        try MJCFLoader().load(path: "\(folder)/main.xml")
      }
      #expect(error.file == "parts/limb.xml" && error.line == 3 && error.kind == .unsupported)
      #expect(error.description.hasPrefix("file \"parts/limb.xml\", line 3, joint: "))
    }
    for (text, line) in [("<mujoco>\n<body>\n</mujoco>", 3), ("<mujoco><!DOCTYPE x></mujoco>", 0)] {
      files["parts/limb.xml"] = text
      try inFolder(files) { folder in
        let error = try #require(throws: MJCFError.self) {
          try MJCFLoader().load(path: "\(folder)/main.xml")
        }
        #expect(error.file == "parts/limb.xml" && error.line == line, "\(error)")
      }
    }
  }

  /// No path leads out of the folder, whatever it is written like, and nothing but a file is read.
  @Test(arguments: [
    ("/etc/passwd", MJCFError.Kind.unsupported), ("../outside.xml", .unsupported),
    ("parts/../../outside.xml", .unsupported), ("..", .unsupported),
    ("parts\\\\\\limb.xml", .unsupported),
    ("link.xml", .unreadable), ("folder/outside.xml", .unreadable), ("inside.xml", .unreadable),
    ("pipe", .unreadable), ("parts", .unreadable), (".", .unreadable),
    ("nowhere.xml", .unreadable),
    ("floor.xml/x", .unreadable), ("main.xml", .invalidValue), ("parts/../main.xml", .invalidValue),
    ("empty.xml", .invalidValue), ("large.xml", .tooLarge), ("parts/cycle.xml", .invalidValue),
    ("twice.xml", .invalidValue), ("deep0.xml", .tooLarge),
  ])
  func pathsStayInTheFolder(path: String, kind: MJCFError.Kind) throws {
    var files = Self.parts
    files["main.xml"] = "<mujoco>\n\n<include file=\"\(path)\"/></mujoco>"
    files["empty.xml"] = "<mujoco/>"
    files["large.xml"] = "<mujoco><size/>" + String(repeating: " ", count: 1 << 20) + "</mujoco>"
    files["parts/cycle.xml"] = "<mujoco><include file=\"parts/cycle.xml\"/></mujoco>"
    files["twice.xml"] =
      "<mujoco><include file=\"floor.xml\"/><include file=\"./floor.xml\"/></mujoco>"
    for depth in 0..<20 {
      files["deep\(depth).xml"] = "<mujoco><include file=\"deep\(depth + 1).xml\"/></mujoco>"
    }
    try inFolder(files) { folder in
      let manager = FileManager.default
      let outside = "\(folder)-outside"
      try manager.createDirectory(atPath: outside, withIntermediateDirectories: true)
      defer { try? manager.removeItem(atPath: outside) }
      let secret = "\(outside)/outside.xml"
      try "<mujoco><option timestep=\"0.1\"/></mujoco>".write(
        toFile: secret, atomically: true, encoding: .utf8)
      try manager.createSymbolicLink(atPath: "\(folder)/link.xml", withDestinationPath: secret)
      try manager.createSymbolicLink(atPath: "\(folder)/folder", withDestinationPath: outside)
      try manager.createSymbolicLink(
        atPath: "\(folder)/inside.xml", withDestinationPath: "\(folder)/floor.xml")
      #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
      let error = try #require(throws: MJCFError.self) {
        try MJCFLoader().load(path: "\(folder)/main.xml")
      }
      #expect(error.kind == kind, "\(path): \(error)")
      if error.file == nil { #expect(error.line == 3, "\(error)") }
    }
  }

  /// All files together are bounded, not each.
  @Test func manyFilesTogetherAreBounded() throws {
    let padding = String(repeating: " ", count: 300_000)
    var files = ["main.xml": "<mujoco>"]
    for index in 0..<5 {
      files["main.xml"]? += "<include file=\"\(index).xml\"/>"
      files["\(index).xml"] = "<mujoco><size/>\(padding)</mujoco>"
    }
    files["main.xml"]? += "</mujoco>"
    try inFolder(files) { folder in
      let error = try #require(throws: MJCFError.self) {
        try MJCFLoader().load(path: "\(folder)/main.xml")
      }
      #expect(error.kind == .tooLarge && error.problem.contains("3.xml"), "\(error)")
    }
    for index in 0..<5 {
      let elements = String(repeating: "<size/>", count: 3000)
      files["\(index).xml"] = "<mujoco>\(elements)</mujoco>"
    }
    try inFolder(files) { folder in
      let error = try #require(throws: MJCFError.self) {
        try MJCFLoader().load(path: "\(folder)/main.xml")
      }
      #expect(error.kind == .tooLarge && error.file == "3.xml", "\(error)")
    }
  }

  /// What is left out is noted with its place.
  @Test func whatIsLeftOutIsNoted() throws {
    try inFolder(Self.parts) { folder in
      let notes = try MJCFLoader().read(path: "\(folder)/main.xml").notes
      #expect(notes.map(\.element) == ["light"])
      #expect(notes[0].file == "./parts/../floor.xml" && notes[0].line == 2 && notes[0].count == 1)
      #expect(
        notes[0].description
          == "file \"./parts/../floor.xml\", line 2, light: left out, it is for pictures")
    }
    let text = sample.replacingOccurrences(
      of: "<actuator>", with: "<sensor/><sensor/><actuator>")
    let notes = try MJCFLoader().read(xml: Data(text.utf8)).notes
    #expect(notes.map(\.element) == ["visual", "light", "site", "sensor"])
    #expect(notes[3].count == 2)
  }
}

/// Runs `body` with a folder that has some files.
func inFolder(_ files: [String: String], _ body: (String) throws -> Void) throws {
  let folder = NSTemporaryDirectory() + "/mjcf-" + UUID().uuidString
  defer { try? FileManager.default.removeItem(atPath: folder) }
  for (name, text) in files {
    let path = "\(folder)/\(name)"
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }
  try body(folder)
}
