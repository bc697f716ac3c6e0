import Foundation
import Testing

@testable import Simulator

/// Mutated and oversized files give a model or an error, never a crash, and open no other file.
///
/// `Scripts/fuzz-mjcf.sh` runs many more rounds than a test run does.
@Suite struct FuzzTests {
  private static let environment = ProcessInfo.processInfo.environment

  /// The texts that are mutated: each is a main file and what it includes.
  private func subjects() throws -> [[String: String]] {
    var subjects = [["main.xml": sample], IncludeTests.parts, IncludeTests.parts]
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/reader_models.json"))
    let recorded = try JSONDecoder().decode(Models.self, from: data)
    subjects += recorded.models.map { ["main.xml": $0.xml] }
    return subjects
  }

  @Test func mutatedFilesGiveAModelOrAnError() throws {
    let rounds = Self.environment["METATAPE_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 8000
    let seed = Self.environment["METATAPE_FUZZ_SEED"].flatMap { UInt64($0) } ?? 41
    var mutator = Mutator(random: SeededGenerator(seed))
    let subjects = try subjects()
    var (models, errors) = (0, 0)
    // no escaping closure may change a variable
    let requests = Requests()
    for round in 0..<rounds {
      var files = subjects[round % subjects.count]
      let names = files.keys.sorted()
      for _ in 0..<mutator.count(1...3) {
        let name = names[mutator.count(0...names.count - 1)]
        files[name] = mutator.mutated(files[name] ?? "")
      }
      let texts = files
      let place = MJCFIncludes.Place(root: "folder", folder: [], name: "main.xml") {
        (path, limit) throws(MJCFIncludes.Place.Fault) in
        requests.append(path)
        let name = path.joined(separator: "/")
        guard let text = texts[name], text.utf8.count <= limit else {
          throw MJCFIncludes.Place.Fault(reason: "does not exist", advice: "check the path")
        }
        return Data(text.utf8)
      }
      do {
        let root = try MJCFIncludes.tree(Data((files["main.xml"] ?? "").utf8), at: place)
        let model = try CompiledModel(MJCFReader(root).model())
        let batch = BatchSimulation(model: model, count: 2)
        batch.step(controls: [Double](repeating: 0.5, count: 2 * model.motorCount), frames: 2)
        models += 1
      } catch {
        #expect(error is MJCFError || error is ModelError)
        errors += 1
      }
    }
    let isInside = requests.paths.allSatisfy { path in
      !path.isEmpty && path.allSatisfy { !$0.isEmpty && $0 != ".." && !$0.contains("/") }
    }
    #expect(isInside, "a path leads out of the folder")
    let included = requests.paths.count
    // a fuzz that only sees one outcome does not test the other
    #expect(
      models > rounds / 20 && errors > rounds / 5 && included > rounds / 50,
      "\(models) models, \(errors) errors, \(included) includes")
  }

  /// What is too large is refused by its size.
  @Test func whatIsTooLargeIsRefusedAtOnce() throws {
    let chain = (0..<3300).map { _ in "<body><joint/><geom size=\"1\"/></body>" }.joined()
    let nested =
      String(repeating: "<body><joint/><geom size=\"1\"/>", count: 60)
      + String(repeating: "</body>", count: 60)
    let bodies = String(repeating: nested, count: 55)
    let floor = String(repeating: "<geom size=\"1\"/>", count: 9000)
    let motors = String(repeating: "<motor joint=\"j\"/>", count: 9000)
    let texts: [(String, Set<MJCFError.Kind>)] = [
      (String(repeating: " ", count: 100 << 20), [.tooLarge]),
      ("<mujoco><worldbody>\(chain)</worldbody></mujoco>", [.tooLarge]),
      ("<mujoco><worldbody>\(bodies)</worldbody></mujoco>", [.tooLarge]),
      (
        "<mujoco><worldbody>\(String(repeating: "<body/>", count: 10_000))</worldbody></mujoco>",
        [.tooLarge]
      ),
      (
        "<mujoco><worldbody>\(floor)<body><joint/><geom size=\"1\"/></body></worldbody></mujoco>",
        [.tooLarge]
      ),
      (
        "<mujoco><worldbody><body><joint name=\"j\"/><geom size=\"1\"/></body></worldbody>"
          + "<actuator>\(motors)</actuator></mujoco>", []
      ),
    ]
    for (text, kinds) in texts {
      let data = Data(text.utf8)
      var outcome: MJCFError.Kind?
      do throws(MJCFError) { _ = try MJCFLoader().load(xml: data) } catch { outcome = error.kind }
      #expect(
        outcome.map { kinds.contains($0) } ?? kinds.isEmpty, "\(text.prefix(60)): \(outcome as Any)"
      )
    }
    try inFolder(["main.xml": ""]) { folder in
      let path = "\(folder)/main.xml"
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.truncate(atOffset: 100 << 20)
      let error = #expect(throws: MJCFError.self) { try MJCFLoader().load(path: path) }
      #expect(error?.kind == .tooLarge)
    }
  }
}

/// The paths that a reader asked for.
private final class Requests {
  private(set) var paths: [[String]] = []

  func append(_ path: [String]) { paths.append(path) }
}

private struct Models: Decodable {
  struct Model: Decodable { var xml: String }
  var models: [Model]
}

/// Random changes of texts: of bytes, of words, and of elements.
private struct Mutator {
  var random: SeededGenerator

  private static let words = [
    "1e308", "-1e999", "nan", "inf", "0x1p9", "", "\"", "<", ">", "/>", "<body>", "</body>",
    "&amp;", "&x;", "<!--", "]]>", "0", "-1", "9999999999999999999999", "1 2 3 4 5 6 7 8",
    "hinge", "slide", "capsule", "plane", "true", "false", "degree", "RK4", "\u{0}", "\u{1F600}",
    "<?xml?>", "<![CDATA[", "xml:space=\"preserve\"", " a:b=\"1\"", "<a:b/>", " xmlns:q=\"\"", ":",
    "class=\"x\"", "name=\"knee\"", "<include file=\"main.xml\"/>", "<include file=\"floor.xml\"/>",
    "<include file=\"../x\"/>", "<include file=\"/etc/passwd\"/>", "<frame euler=\"0 90 0\">",
    "</frame>", "<inertial pos=\"0 0 0\" mass=\"1\" diaginertia=\"1 1 1\"/>", "box", "cylinder",
    "<exclude body1=\"a\" body2=\"world\"/>", "tendon=\"t\"", "joint=\"p\"", "0 0 0", "1e-300",
    "euler=\"10 20 30\"", "mocap=\"true\"", "condim=\"6\"", "disable", "elliptic",
  ]

  private static let tags = [
    "body", "frame", "geom", "joint", "inertial", "motor", "position", "general", "default",
    "option",
    "compiler", "flag", "worldbody", "actuator", "tendon", "fixed", "include", "contact",
    "equality",
    "site", "mujoco",
  ]

  mutating func count(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  /// A changed text.
  mutating func mutated(_ text: String) -> String {
    var elements = 0
    if count(0...1) == 0,
      var root = try? MJCFParser.parse(Data(text.utf8), elementCount: &elements)
    {
      let donor = root
      for _ in 0..<count(1...3) { mutate(&root, donor) }
      return root.text
    }
    var bytes = Array(text.utf8)
    for _ in 0..<count(1...4) where bytes.count > 10 {
      let place = count(0...bytes.count - 1)
      let end = min(bytes.count, place + count(0...12))
      switch count(0...4) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.replaceSubrange(place..<end, with: [])
      case 2: bytes.removeSubrange(place...)
      case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
      default:
        bytes.replaceSubrange(
          place..<end, with: Array((Self.words.randomElement(using: &random) ?? "").utf8))
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Changes an element or one below it; `donor` is a tree to copy from.
  private mutating func mutate(_ element: inout MJCFElement, _ donor: MJCFElement) {
    if !element.children.isEmpty, count(0...3) > 0 {
      mutate(&element.children[count(0...element.children.count - 1)], donor)
      return
    }
    let attribute = element.attributes.keys.sorted().randomElement(using: &random)
    switch count(0...7) {
    case 0 where !element.children.isEmpty: element.children.removeLast()
    case 1 where !element.children.isEmpty: element.children.append(element.children[0])
    case 2: element.children.append(part(of: donor))
    case 3: element.tag = Self.tags.randomElement(using: &random) ?? ""
    case 4: element.attributes.merge(part(of: donor).attributes) { $1 }
    case 5: if let attribute { element.attributes[attribute] = nil }
    case 6:
      if let attribute {
        element.attributes[attribute] = (Self.words.randomElement(using: &random) ?? "").filter {
          !"<>&\"\u{0}".contains($0)
        }
      }
    default:
      if let attribute {
        element.attributes[attribute] = "\(Double.random(in: -2...2, using: &random))"
      }
    }
  }

  private mutating func part(of element: MJCFElement) -> MJCFElement {
    guard let child = element.children.randomElement(using: &random), count(0...3) > 0 else {
      return element
    }
    return part(of: child)
  }
}

extension MJCFElement {
  /// The element as XML.
  fileprivate var text: String {
    let words = attributes.sorted { $0.key < $1.key }.map { name, value in
      let plain = value.replacingOccurrences(of: "&", with: "&amp;")
        .replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(of: "\"", with: "&quot;")
      return " \(name)=\"\(plain)\""
    }
    return "<\(tag)\(words.joined())>\(children.map(\.text).joined())</\(tag)>"
  }
}
