import Foundation
import Testing

/// Imports go one way; this is the whole of the architecture's order.
@Suite struct ArchitectureTests {
  static let allowed: [String: Set<String>] = [
    "LinearAlgebra": ["COpenBLAS"],
    "RandomNumbers": ["LinearAlgebra"],
    "Autodiff": ["LinearAlgebra"],
    "Policies": ["Autodiff", "LinearAlgebra", "RandomNumbers"],
    "Simulator": [],
    "Environments": ["LinearAlgebra", "RandomNumbers", "Simulator"],
    "MessagePassing": ["COpenMPI"],
    "SGMRL": [
      "Autodiff", "Environments", "LinearAlgebra", "MessagePassing", "Policies", "RandomNumbers",
    ],
    "Certification": ["SGMRL"],
    "Runs": ["Environments", "MessagePassing", "Policies", "SGMRL"],
    "Reports": ["Runs"],
    "Umbrella": [
      "Autodiff", "Certification", "Environments", "MessagePassing", "Policies", "Reports",
      "Runs", "SGMRL", "Simulator",
    ],
    "metatape": ["MetaTape"],
  ]
  static let external: Set<String> = [
    "Dispatch", "Foundation", "FoundationXML", "Synchronization", "Yams", "ArgumentParser",
  ]

  static var sources: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources")
  }

  @Test func everyModuleIsListed() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
    #expect(Set(folders).subtracting(Self.allowed.keys) == ["COpenBLAS", "COpenMPI"])
  }

  @Test(arguments: allowed.keys.sorted())
  func modulesImportOnlyWhatStandsBelowThem(module: String) throws {
    let folder = Self.sources.appendingPathComponent(module)
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var count = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      count += 1
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let position = words.firstIndex(of: "import"), position + 1 < words.count,
          words[..<position].allSatisfy({ ["@_exported", "internal", "public"].contains($0) })
        else { continue }
        let name = String(words[position + 1])
        #expect(
          Self.allowed[module]?.contains(name) == true || Self.external.contains(name),
          "\(file.lastPathComponent) of \(module) imports \(name)")
      }
    }
    #expect(count > 0)
  }
}
