import Foundation
import Testing

/// Results stay the same to the bit: what training and certificates gave when they were recorded.
///
/// Kernels round differently, so a child process takes OpenBLAS's kernels for Haswell, which every processor
/// that runs this program has. A change of results that is meant changes the record, and CHANGELOG says so:
/// `METATAPE_RECORD_DIGESTS=1 swift test --filter DigestTests` writes it.
@Suite(.serialized) struct DigestTests {
  /// The runs: a preset with values that make it short.
  static let runs: [(name: String, arguments: [String])] =
    [
      ("navigation-2d.quickstart", ["--preset", "navigation-2d.quickstart"]),
      (
        "navigation-2d.recommended",
        ["--preset", "navigation-2d.recommended", "--set", "outer.decay-time=0"]
      ),
      ("half-cheetah-direction.recommended", cheetah + ["--set", "training.precision=double"]),
      (
        "navigation-2d.quickstart,single",
        ["--preset", "navigation-2d.quickstart", "--set", "training.precision=single"]
      ),
      ("half-cheetah-direction.recommended,single", cheetah),
    ]
    + estimators.map {
      ("tabular.random,\($0)", ["--preset", "tabular.random", "--set", "estimator=\($0)"])
    }

  /// The settings that the preset had when digests were recorded.
  static let cheetah =
    ["--preset", "half-cheetah-direction.recommended"]
    + [
      "outer.tasks=2", "estimator=sg-mrl-jackknife", "outer.score-weight=0.02",
      "outer.score-complement=lvc", "outer.left-out=3", "inner.step-size=0.1",
      "inner.gae-decay=0.997",
      "outer.step-size=0.001", "outer.decay-time=100",
    ].flatMap { ["--set", $0] }

  static let estimators = [
    "sg-mrl", "sg-mrl-equation-9", "first-order-sg-mrl", "maml", "first-order-maml",
    "maml-equation-9", "e-maml", "dice-maml", "lvc", "lsf", "loaded-dice", "tmaml", "lvc-past",
    "sg-mrl-own-batch", "sg-mrl-leave-one-out", "sg-mrl-running-baseline",
    "sg-mrl-control-variate", "sg-mrl-jackknife",
  ]

  static let environment = ["OPENBLAS_CORETYPE": "HASWELL"]

  @Test(arguments: runs.map(\.name))
  func trainingGivesTheSameParameters(name: String) throws {
    let run = try #require(Self.runs.first { $0.name == name })
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("digest-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try Program.run(
      ["train"] + run.arguments + [
        "--set", "training.epochs=5", "--set", "test.tasks=1", "--set", "test.steps=0",
        "--threads", "2", "--output", folder.path, "--json",
      ], environment: Self.environment)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let data = try Data(contentsOf: folder.appendingPathComponent("parameters.safetensors"))
    try Self.compare(name, Self.digest(data))
  }

  /// The objective, the gradient by recursion and by differences, and every estimator's mean.
  @Test func certificatesGiveTheSameNumbers() throws {
    let outcome = try Program.run(
      ["certify", "--mdp", Self.golden.path, "--threads", "2", "--json"],
      environment: Self.environment)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let cases = try #require(document["cases"] as? [[String: Any]])
    #expect(cases.count == 10)
    for item in cases {
      let name = try #require(item["name"] as? String)
      var numbers: [Double] = [try #require(item["objective"] as? Double)]
      numbers += try #require(item["gradient"] as? [Double])
      for verdict in try #require(item["verdicts"] as? [[String: Any]]) {
        numbers += try #require(verdict["mean"] as? [Double])
      }
      let bytes = numbers.flatMap { number in
        withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init)
      }
      try Self.compare("certificate \(name)", Self.digest(Data(bytes)))
    }
  }

  // MARK: The record

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  static let golden = root.deletingLastPathComponent()
    .appendingPathComponent("CertificationTests/Fixtures/certificates.json")
  private static let record = root.appendingPathComponent("Fixtures/digests.json")

  private static func compare(_ name: String, _ digest: String) throws {
    var known =
      try FileManager.default.fileExists(atPath: record.path)
      ? JSONDecoder().decode([String: String].self, from: Data(contentsOf: record)) : [:]
    if ProcessInfo.processInfo.environment["METATAPE_RECORD_DIGESTS"] != nil {
      known[name] = digest
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try (encoder.encode(known) + Data("\n".utf8)).write(to: record)
      return
    }
    #expect(known[name] == digest, "\(name) gives other bits than were recorded")
  }

  /// FNV-1a of 64 bits.
  private static func digest(_ data: Data) -> String {
    let hash = data.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return String(hash, radix: 16)
  }
}
