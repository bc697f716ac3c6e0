import Foundation
import Testing

/// The operations that the package declares, by its files.
enum OperationFiles {
  /// The names of all public operations in `Sources/Autodiff/Operations`.
  static func operations() throws -> [String] {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = package.appending(path: "Sources/Autodiff/Operations")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    try #require(files.count > 20)
    return try files.filter { $0.pathExtension == "swift" }.flatMap { file in
      let source = try String(contentsOf: file, encoding: .utf8)
      let names = source.matches(of: /public enum (\w+): \w/).map { String($0.1) }
      #expect(!names.isEmpty, "\(file.lastPathComponent) declares no operation")
      return names
    }
  }
}
