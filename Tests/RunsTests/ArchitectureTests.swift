import Foundation
import Testing

/// Imports go one way; this is the whole of the architecture's order.
@Suite struct ArchitectureTests {
  static let allowed: [String: Set<String>] = [
    "Requirements": [],
    "Files": [],
    "LinearAlgebra": ["COpenBLAS"],
    "RandomNumbers": ["LinearAlgebra"],
    "Autodiff": ["LinearAlgebra"],
    "Policies": ["Autodiff", "Files", "LinearAlgebra", "RandomNumbers"],
    "Simulator": ["Files"],
    "Environments": ["LinearAlgebra", "RandomNumbers", "Simulator"],
    "MessagePassing": ["COpenMPI"],
    "Scheduling": [],
    "Statistics": [],
    "Rollouts": ["Environments", "LinearAlgebra", "Policies", "RandomNumbers"],
    "SGMRL": [
      "Environments", "LinearAlgebra", "MessagePassing", "Policies", "RandomNumbers", "Rollouts",
      "Scheduling", "Statistics",
    ],
    "Theory": ["LinearAlgebra", "SGMRL"],
    "Certification": ["Files", "SGMRL", "Scheduling", "Statistics", "Theory"],
    "Runs": ["Environments", "Files", "MessagePassing", "Policies", "SGMRL", "Scheduling"],
    "Reports": ["Files", "Runs", "Theory"],
    "Umbrella": [
      "Autodiff", "Certification", "Environments", "MessagePassing", "Policies", "Reports",
      "Rollouts", "Runs", "SGMRL", "Simulator", "Statistics", "Theory",
    ],
    "Command": ["Files", "MetaTape", "Scheduling"],
    "metatape": ["MetaTapeCommand"],
  ]
  static let system: Set<String> = [
    "Darwin", "Dispatch", "Foundation", "FoundationXML", "Glibc", "Synchronization",
  ]
  static let modifiers: Set<Substring> = [
    "@_exported", "@preconcurrency", "@testable", "fileprivate", "internal", "package", "private",
    "public",
  ]

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let sources = root.appendingPathComponent("Sources")

  @Test func everyModuleIsListed() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
    #expect(Set(folders).subtracting(Self.allowed.keys) == ["COpenBLAS", "COpenMPI"])
  }

  @Test(arguments: allowed.keys.sorted())
  func modulesImportOnlyWhatStandsBelowThem(module: String) throws {
    let known = Self.system.union(Self.allowed[module] ?? [])
      .union(["ArgumentParser", "Requirements", "Yams"])
    try expectImports(of: Self.sources.appendingPathComponent(module), in: known)
  }

  /// Under `-O` the standard library's checks stop without their message.
  @Test func checksPrintTheirMessageInEveryBuild() throws {
    let files = try #require(
      FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(
        !text.contains(/\b(precondition|preconditionFailure|assertionFailure)\(/),
        "\(file.lastPathComponent): use require or requirementFailure")
    }
  }

  /// An import that the manifest does not declare compiles only if the module happens to be built
  /// before: on some machines, and not on others.
  @Test func testsImportOnlyWhatTheManifestDeclares() throws {
    let manifest = try String(
      contentsOf: Self.root.appendingPathComponent("Package.swift"), encoding: .utf8)
    let folders = try FileManager.default
      .contentsOfDirectory(atPath: Self.root.appendingPathComponent("Tests").path)
    let declarations = manifest.matches(
      of: /name: "(\w+Tests)",\s+dependencies: \[([^\]]*)\]/)
    #expect(
      Set(declarations.map { String($0.1) }) == Set(folders.filter { $0.hasSuffix("Tests") }))
    for declaration in declarations {
      let dependencies = declaration.2.matches(of: /"(\w+)"/).map { String($0.1) }
      try expectImports(
        of: Self.root.appendingPathComponent("Tests/\(declaration.1)"),
        in: Self.system.union(dependencies + ["Testing"]))
    }
    for (support, modules) in [
      ("ChainSupport", ["MessagePassing", "SGMRL"]), ("RolloutSupport", ["Rollouts"]),
      ("RunSupport", ["Runs"]),
    ] {
      try expectImports(
        of: Self.root.appendingPathComponent("Tests/Support/\(support)"),
        in: Self.system.union(modules))
    }
  }

  private func expectImports(of folder: URL, in known: Set<String>) throws {
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var count = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      count += 1
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let words = line.split(separator: " ")
        guard !line.hasPrefix(" "), let position = words.firstIndex(of: "import"),
          position + 1 < words.count,
          words[..<position].allSatisfy({ Self.modifiers.contains($0) })
        else { continue }
        let name = String(words[position + 1])
        #expect(
          known.contains(name),
          "\(file.lastPathComponent) of \(folder.lastPathComponent) imports \(name)")
      }
    }
    #expect(count > 0)
  }
}
