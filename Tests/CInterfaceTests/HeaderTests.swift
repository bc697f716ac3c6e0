import Foundation
import Testing

/// The header says what is there, and nothing else. That the parameters agree, the compiler checks.
@Test func headerAndImplementationHaveTheSameFunctions() throws {
  let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
  let header = try String(
    contentsOf: sources.appendingPathComponent("CMetaTape/include/metatape.h"), encoding: .utf8)
  let declared = Set(
    header.matches(of: /(?:int32_t|void|const char \*)\s?(metatape_\w+)\(/).map {
      String($0.output.1)
    })
  let folder = sources.appendingPathComponent("CInterface")
  var implemented: Set = ["metatape_processor"]
  for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
  where file.hasSuffix(".swift") {
    let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
    for match in text.matches(of: /@c @implementation public func (metatape_\w+)/) {
      implemented.insert(String(match.output.1))
    }
  }
  #expect(declared == implemented)
  #expect(declared.count > 30)
}
