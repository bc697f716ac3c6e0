import Foundation
import Runs
import Testing

/// Every JSON document has one type: what a command prints is read by it, and written again to the same
/// bytes.
@Suite struct JSONDocumentTests {
  /// A command of ``OutputTests/commands`` and the type of its document.
  struct Case: CustomTestStringConvertible, Sendable {
    let command: String
    let type: any Document.Type
    var testDescription: String { command }
  }

  static let cases: [Case] = [
    Case(command: "presets --json", type: CatalogListing.self),
    Case(command: "presets show navigation-2d.paper --json", type: ConfigurationListing.self),
    Case(command: "train --output NEW SMALL --json", type: TrainingSummary.self),
    Case(command: "train SMALL --dry-run --json", type: TrainingForecast.self),
    Case(command: "train --resume RUN --json", type: TrainingSummary.self),
    Case(command: "evaluate RUN --json", type: TestReport.self),
    Case(command: "report RUN --output NEW.html --json", type: PageSummary.self),
    Case(command: "simulate swimmer --steps 3 --json", type: SimulationReport.self),
    Case(command: "verify derivatives DERIVATIVES --json", type: DerivativeReport.self),
    Case(
      command: "verify precision SMALL --checkpoints 2 --interval 1 --json",
      type: PrecisionReport.self),
    Case(command: "verify simulator swimmer RECORDINGS --json", type: SimulatorReport.self),
    Case(command: "verify model hopper --against STEPS --json", type: SimulatorReport.self),
    Case(command: "certify --states 2 --inner-steps 2 --json", type: CertificateReport.self),
    Case(
      command:
        "certify --monte-carlo --chains 30 --set outer.tasks=2 --set environment.horizon=3 --json",
      type: MonteCarloReport.self),
    Case(command: "certify --means MEANS --json", type: MeansReport.self),
    Case(command: "certify --emit NEW --states 1 --json", type: EmissionReport.self),
    Case(
      command:
        "study --preset tabular.random --estimators sg-mrl,maml --meta-batches 3 --learning 0 --reference-meta-batches 3 --ascent 0.1 --ascent-tasks 3 --sweep inner.steps=1,2 --json",
      type: StudyReport.self),
    Case(command: "theory --states 1 --points 1 --json", type: TheoryReport.self),
    Case(command: "theory --preset navigation-2d.paper --json", type: CoverageReport.self),
    Case(
      command: "theory --convergence --effort 0.001 --seeds 1 --output NEW --json",
      type: ConvergenceReport.self),
    Case(command: "reproduce gradient-bias BIAS --json", type: GradientBiasReport.self),
    Case(
      command: "benchmark derivatives --samples 100 --rounds 1 --warm-up 0 --json",
      type: BenchmarkReport.self),
    Case(
      command: "benchmark simulator swimmer --environments 1 --rounds 1 --warm-up 0 --json",
      type: BenchmarkReport.self),
    Case(command: "doctor --json", type: DoctorReport.self),
  ]

  @Test(arguments: cases) func aDocumentIsReadAndWrittenByOneType(item: Case) throws {
    let outcome = try Program.run(try OutputTests.arguments(item.command))
    #expect(outcome.status == 0 || outcome.status == 1, "\(outcome.errors)")
    try expectSameBytes(Data(outcome.output.utf8.dropLast()), item.type)
    #expect(outcome.output.hasSuffix("}\n"))
  }

  private func expectSameBytes<Kind: Document>(_ data: Data, _ type: Kind.Type) throws {
    let document = try Kind(json: data)
    #expect(try document.json() == data)
    #expect(document.schemaVersion > 0)
  }

  @Test func documentsInFoldersAreReadLikewise() throws {
    let folder = URL(fileURLWithPath: OutputTests.temporary())
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try Program.run([
      "study", "--preset", "tabular.random", "--estimators", "sg-mrl", "--meta-batches", "3",
      "--learning", "0", "--reference-meta-batches", "3", "--output", folder.path,
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    try expectSameBytes(
      Data(contentsOf: folder.appendingPathComponent("study.json")), StudyReport.self)
    let run = URL(fileURLWithPath: try OutputTests.run.get())
    try expectSameBytes(Data(contentsOf: run.appendingPathComponent("test.json")), TestReport.self)
    try expectSameBytes(
      Data(contentsOf: run.appendingPathComponent("machine.json")), MachineFacts.self)
  }

  /// A document without a case would have no owner.
  @Test func everyCommandWithADocumentHasACase() {
    for command in OutputTests.commands where command.hasSuffix("--json") {
      // what sweeps and reproductions print is about many runs, each with documents of its own
      if command.hasPrefix("reproduce table") { continue }
      let words = command.split(separator: " ").prefix { $0.allSatisfy(\.isLowercase) }
      let isThere = Self.cases.contains { $0.command.hasPrefix(words.joined(separator: " ")) }
      #expect(isThere, "\(command)")
    }
  }
}
