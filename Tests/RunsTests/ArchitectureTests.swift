import Foundation
import Testing

/// Imports go one way; this is the whole of the architecture's order.
@Suite struct ArchitectureTests {
  static let allowed: [String: Set<String>] = [
    "Requirements": [],
    "CLibrary": ["Darwin", "Glibc", "Musl"],
    "Files": ["CExpat", "CLibrary", "Foundation", "FoundationEssentials"],
    "Components": [],
    "LinearAlgebra": ["COpenBLAS"],
    "RandomNumbers": ["LinearAlgebra"],
    "Autodiff": ["CLibrary", "LinearAlgebra"],
    "Policies": [
      "Autodiff", "CLibrary", "Components", "Files", "LinearAlgebra", "RandomNumbers",
    ],
    "Simulator": ["CLibrary", "Files"],
    "Environments": ["CLibrary", "Components", "LinearAlgebra", "RandomNumbers", "Simulator"],
    "Verification": ["Files", "LinearAlgebra", "Policies", "Simulator"],
    "MessagePassing": ["COpenMPI"],
    "Scheduling": [],
    "Statistics": ["CLibrary"],
    "Rollouts": ["Environments", "LinearAlgebra", "Policies", "RandomNumbers"],
    "SGMRL": [
      "CLibrary", "Components", "Environments", "LinearAlgebra", "MessagePassing", "Policies",
      "RandomNumbers", "Rollouts", "Scheduling", "Statistics",
    ],
    "Theory": ["CLibrary", "LinearAlgebra", "SGMRL"],
    "TensorFiles": ["Files", "MessagePassing", "Policies"],
    "Certification": [
      "CLibrary", "Files", "SGMRL", "Scheduling", "Statistics", "TensorFiles", "Theory",
    ],
    "Experiments": ["Files", "MessagePassing", "RandomNumbers", "SGMRL"],
    "Findings": [
      "CLibrary", "Certification", "Environments", "Experiments", "Files", "Policies",
      "RandomNumbers", "Simulator", "Verification",
    ],
    "Runs": [
      "Environments", "Experiments", "Files", "Findings", "MessagePassing", "Policies", "SGMRL",
      "Scheduling", "TensorFiles",
    ],
    "Terminal": ["CLibrary", "Files", "MessagePassing", "Runs"],
    "Reports": [
      "CLibrary", "Files", "Findings", "LinearAlgebra", "Runs", "Simulator", "Terminal", "Theory",
    ],
    "Reproduction": ["Files", "Reports", "Runs", "Scheduling", "Statistics"],
    "Umbrella": [
      "Autodiff", "Certification", "Components", "Environments", "Experiments", "Findings",
      "MessagePassing", "Policies", "Reports", "Reproduction", "Rollouts", "Runs", "SGMRL",
      "Statistics", "Theory", "Verification",
    ],
    "Command": ["Files", "MetaTape", "Scheduling", "Terminal"],
    "metatape": ["MetaTapeCommand"],
    "CInterface": [
      "CLibrary", "CMetaTape", "Certification", "Environments", "Experiments", "Files", "Findings",
      "LinearAlgebra", "Policies", "Simulator",
    ],
  ]
  static let system: Set<String> = ["Dispatch", "Synchronization"]
  /// The modules that may import Foundation. The others take what they need of it from `Files`, so that a
  /// library of them stays small.
  static let withFoundation: Set<String> = ["Command", "Reports", "Reproduction", "Runs"]
  static let modifiers: Set<Substring> = [
    "@_exported", "@preconcurrency", "@testable", "fileprivate", "internal", "package", "private",
    "public",
  ]

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let sources = root.appendingPathComponent("Sources")

  @Test func everyModuleIsListed() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
    #expect(
      Set(folders).subtracting(Self.allowed.keys) == [
        "CExpat", "CMetaTape", "COpenBLAS", "COpenMPI",
      ])
  }

  @Test(arguments: allowed.keys.sorted())
  func modulesImportOnlyWhatStandsBelowThem(module: String) throws {
    let known = Self.system.union(Self.allowed[module] ?? [])
      .union(["ArgumentParser", "Requirements", "Yams"])
      .union(Self.withFoundation.contains(module) ? ["Foundation"] : [])
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

  /// A module imports what its target in the manifest depends on, directly or through others.
  @Test(arguments: allowed.keys.sorted().filter { !$0.hasPrefix("metatape") })
  func modulesImportOnlyWhatTheManifestDeclares(module: String) throws {
    let manifest = try String(
      contentsOf: Self.root.appendingPathComponent("Package.swift"), encoding: .utf8)
    var dependencies: [String: [String]] = [:]
    for target in manifest.matches(of: /\.target\(\s*name: "(\w+)",\s*dependencies: \[([^\]]*)\]/) {
      dependencies[String(target.1)] = target.2.matches(of: /"(\w+)"/).map { String($0.1) }
    }
    let names = ["Command": "MetaTapeCommand", "Umbrella": "MetaTape"]
    var declared: Set<String> = []
    var rest = [names[module] ?? module]
    while let name = rest.popLast() {
      for below in dependencies[name] ?? [] where declared.insert(below).inserted {
        rest.append(below)
      }
    }
    let system = Self.system.union([
      "Darwin", "Foundation", "FoundationEssentials", "Glibc", "Musl",
    ])
    try expectImports(of: Self.sources.appendingPathComponent(module), in: system.union(declared))
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
        in: Self.system.union(dependencies + ["Foundation", "Testing"]))
    }
    for (support, modules) in [
      ("ChainSupport", ["MessagePassing", "SGMRL"]), ("RolloutSupport", ["Rollouts"]),
      ("RunSupport", ["Runs"]),
    ] {
      try expectImports(
        of: Self.root.appendingPathComponent("Tests/Support/\(support)"),
        in: Self.system.union(modules + ["Foundation"]))
    }
  }

  /// The table of what an addition touches names files that exist.
  @Test func theTableOfAdditionsNamesFiles() throws {
    let page = try String(
      contentsOf: Self.root.appendingPathComponent("CONTRIBUTING.md"), encoding: .utf8)
    let start = try #require(page.range(of: "What an addition touches")).upperBound
    let rows = page[start...].split(separator: "\n", omittingEmptySubsequences: false)
      .drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
    #expect(rows.count >= 9)
    let paths = rows.joined().matches(of: /`((?:Sources|Tests|Docs)\/[^`]+)`/)
      .map { String($0.1) }
    #expect(paths.count >= 14)
    for path in paths {
      #expect(
        FileManager.default.fileExists(atPath: Self.root.appendingPathComponent(path).path),
        "\(path)"
      )
    }
  }

  /// A component is one file and one row: nothing else in the sources knows it by name.
  @Test(arguments: [
    "HalfCheetahDirection", "half-cheetah-direction", "JackknifeBaseline", "LeftOutReturns",
    "FullCovarianceGaussianNetworkOptions", "CategoricalNetworkOptions", "RandomTabularOptions",
  ])
  func componentsAreKnownToTheCatalogAlone(name: String) throws {
    let files = try #require(
      FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil))
    var known: [String] = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let code = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        .filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
      if code.contains(name) { known.append(file.lastPathComponent) }
    }
    let allowed = [
      "HalfCheetahDirection": ["HalfCheetahDirection.swift"],
      "half-cheetah-direction": ["HalfCheetahDirection.swift"],
      "JackknifeBaseline": [
        "JackknifeBaseline.swift", "JackknifeOptions.swift", "Estimator.swift",
      ],
      "LeftOutReturns": ["LeftOutReturns.swift", "JackknifeBaseline.swift"],
      "FullCovarianceGaussianNetworkOptions": ["FullCovarianceGaussianPolicy.swift"],
      "CategoricalNetworkOptions": ["CategoricalNetworkPolicy.swift"],
      "RandomTabularOptions": ["RandomTabularOptions.swift"],
    ]
    let others = Set(known).subtracting(allowed[name] ?? [])
      .subtracting(["Catalog+Standard.swift"]).filter { !$0.hasPrefix("Presets") }
    #expect(!known.isEmpty && others.isEmpty, "\(others)")
  }

  /// A file of more than 300 lines says at its head why.
  @Test func longFilesSayWhy() throws {
    for folder in ["Sources", "Tests"] {
      let files = try #require(
        FileManager.default.enumerator(
          at: Self.root.appendingPathComponent(folder), includingPropertiesForKeys: nil))
      for case let file as URL in files where file.pathExtension == "swift" {
        let lines = try String(contentsOf: file, encoding: .utf8)
          .split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
          lines.count <= 301 || lines[0].hasPrefix("// More than 300 lines: "),
          "\(file.lastPathComponent) has \(lines.count) lines")
      }
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
