import Foundation
import MetaTape
import Testing

/// The cheat-sheet lists everything that the code defines.
@Suite struct CheatSheetTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The identifiers and names with hyphens or dots that the page shows as code.
  private static func listed() throws -> Set<String> {
    let page = try String(
      contentsOf: root.appendingPathComponent("Docs/Cheat-sheet.md"), encoding: .utf8)
    // a block of code becomes a span with newlines; code is the text between two backticks
    let spans = page.replacingOccurrences(of: "```", with: "`")
      .components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    let words = spans.flatMap { span in
      span.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") }.map(String.init)
    }
    // the last part of `.maml` and `x.sum` counts too
    let parts = words.flatMap { $0.split(separator: ".").map(String.init) }
    return Set(words + parts)
  }

  /// The code of the Swift files below a folder of the package, without comments.
  private static func sources(_ folder: String) throws -> String {
    let url = root.appendingPathComponent("Sources/\(folder)")
    let files = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)
    let paths = (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
    return try paths.flatMap { try String(contentsOf: $0, encoding: .utf8).split(separator: "\n") }
      .filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
  }

  /// The types of a folder that conform to a protocol, or to one of that folder that refines it.
  private static func conforming(_ name: String, in folder: String) throws -> [String] {
    let sources = try sources(folder)
    func declared(_ keywords: String, as name: String) throws -> [String] {
      let pattern = try Regex("\\b(?:\(keywords)) (\\w+): [^{]*\\b\(name)\\b")
      return sources.matches(of: pattern).compactMap { $0.output[1].substring.map(String.init) }
    }
    let types = try declared("struct|enum|class", as: name)
    return try types + declared("protocol", as: name).flatMap { try conforming($0, in: folder) }
  }

  @Test(arguments: [
    ("presets", Catalog.standard.presets.map(\.name)),
    ("estimators", Estimator.presets.map(\.name)),
    ("signals", Surrogate.Signal.allCases.map(\.rawValue)),
    ("averages", Surrogate.Average.allCases.map(\.rawValue)),
    ("score rules", ScoreRule.allCases.map(\.rawValue)),
    ("score coefficients", ScoreCoefficient.allCases.map(\.rawValue)),
    ("outer steps", Catalog.standard.outerSteps.map(\.name)),
    ("purposes", Purpose.allCases.map { "\($0)" }),
    ("environments", Catalog.standard.tasks.map(\.name)),
    ("policies", Catalog.standard.policies.map(\.name)),
    ("activations", ActivationFunction.allCases.map(\.rawValue)),
    ("navigation's rewards", Navigation2D.Reward.allCases.map(\.rawValue)),
  ])
  func tablesAreComplete(_ what: String, names: [String]) throws {
    let missing = Set(names).subtracting(try Self.listed()).sorted()
    #expect(!names.isEmpty && missing.isEmpty, "\(what) missing from the page: \(missing)")
  }

  @Test(arguments: [
    ("ActionDistribution", "Policies", 3), ("Policy", "Policies", 4),
    ("JacobianRule", "SGMRL", 5), ("ScoreBaseline", "SGMRL", 5), ("OuterStep", "SGMRL", 2),
    ("SampleObjective", "Policies", 3),
    ("TaskDistribution", "Environments", 1), ("PlanarTasks", "Environments", 1),
    ("LocomotionTasks", "Environments", 4),
  ])
  func typesAreComplete(_ name: String, folder: String, least: Int) throws {
    let types = try Self.conforming(name, in: folder)
    #expect(types.count >= least, "\(types)")
    let missing = Set(types).subtracting(try Self.listed()).sorted()
    #expect(missing.isEmpty, "\(name) missing from the page: \(missing)")
  }

  /// Every public function and property of the tape's modules that returns a variable.
  @Test func operationsAreComplete() throws {
    let sources = try Self.sources("Autodiff")
    let pattern = /public (?:static )?(?:func|var) (\w+)[^{}]*?(?:-> Variable|: Variable) \{/
    let found = Set(sources.matches(of: pattern).map { String($0.output.1) })
    #expect(found.count > 35, "\(found.sorted())")
    // `record`, on which all operations are built, is not one itself
    let missing = found.subtracting(["record"]).subtracting(try Self.listed()).sorted()
    #expect(missing.isEmpty, "missing from the page: \(missing)")
  }

  /// A missing name is detected: only words in code count.
  @Test func wordsOfTheTextDoNotCount() throws {
    let listed = try Self.listed()
    #expect(listed.contains("sg-mrl") && listed.contains("sgMRL") && listed.contains("logSumExp"))
    #expect(!listed.contains("trajectory") && !listed.contains("everything"))
  }
}
