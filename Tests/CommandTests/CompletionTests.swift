import Foundation
import Runs
import Testing

/// What shells offer, by the scripts that the program generates.
@Suite struct CompletionTests {
  static let script = Result {
    try Program.run(["--generate-completion-script", "bash"]).output
  }

  /// What bash offers for a line with the cursor at its end.
  func offers(_ line: String) throws -> [String] {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["mine.yaml", "model.xml", "notes.txt"] {
      try Data().write(to: folder.appendingPathComponent(name))
    }
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("runs"), withIntermediateDirectories: true)
    try Data(try Self.script.get().utf8)
      .write(to: folder.appendingPathComponent("complete.bash"))
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging([
      "PATH": Program.url.deletingLastPathComponent().path + ":/usr/bin:/bin"
    ]) { $1 }
    // without the part that registers the function, which a script that is not interactive lacks
    process.arguments = [
      "--norc", "-c",
      """
      source ./complete.bash
      COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count - 1); COMP_LINE='\(line)'
      COMP_POINT=${#COMP_LINE}
      _metatape metatape '\(words.last ?? "")' '\(words.dropLast().last ?? "")'
      printf '%s\\n' "${COMPREPLY[@]}"
      """,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(separator: "\n").map(String.init)
  }

  @Test func bashOffersPresetsEstimatorsKeysAndFiles() throws {
    for command in ["train", "theory", "benchmark meta-epoch", "certify"] {
      #expect(
        try offers("metatape \(command) --preset navigation")
          == Catalog.standard.presets.map(\.name).filter {
            $0.hasPrefix("navigation")
          }, "\(command)")
    }
    #expect(try offers("metatape presets show tabular") == ["tabular.random"])
    #expect(try offers("metatape train --set outer.ta") == ["outer.tasks="])
    #expect(
      Set(try offers("metatape evaluate runs --set "))
        == Set(
          Catalog.standard.fields.map { $0.key + "=" }))
    #expect(try offers("metatape study --estimators maml,sg-mrl-own") == ["maml,sg-mrl-own-batch"])
    #expect(try offers("metatape study --reference sg-mrl-ja") == ["sg-mrl-jackknife"])
    #expect(
      try offers("metatape reproduce table-1 --cells navigation-2d.r") == [
        "navigation-2d.recommended"
      ])
    #expect(Set(try offers("metatape train --config ")) == ["mine.yaml", "runs"])
    #expect(try offers("metatape evaluate r") == ["runs"])
    #expect(try offers("metatape simulate sw") == ["swimmer"])
    #expect(try offers("metatape simulate m") == ["model.xml"])
  }

  /// zsh and fish hand over the whole word: values are offered too.
  @Test func valuesOfKeysAreOffered() throws {
    for shell in ["bash", "zsh", "fish"] {
      let script = try Program.run(["--generate-completion-script", shell])
      #expect(script.status == 0)
      #expect(script.output.contains("navigation-2d.quickstart"), "\(shell)")
    }
    let line = ["train", "--set", "estimator=sg-mrl-j"]
    let outcome = try Program.run(
      ["---completion", "train", "--", "--set", "2", "18", "metatape"] + line)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.split(separator: "\n").contains("estimator=sg-mrl-jackknife"))
  }
}
