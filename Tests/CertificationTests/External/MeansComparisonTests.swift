import Certification
import Foundation
import Testing

/// Exact means of public programs, from another enumeration, beside this package's.
@Suite struct MeansComparisonTests {
  static func data() throws -> Data {
    let url = try #require(
      Bundle.module.url(
        forResource: "external", withExtension: "json", subdirectory: "Fixtures"))
    return try Data(contentsOf: url)
  }

  @Test func theMeansOfPublicProgramsAreKnownOnes() async throws {
    let file = try MeansFile(Self.data(), name: "external.json")
    let comparison = try await MeansComparison(file)
    #expect(comparison.rows.count == file.entries.count)
    let fitted = comparison.rows.filter { $0.match != nil }
    #expect(fitted.count >= 30, "\(fitted.count)")
    for row in fitted {
      let match = try #require(row.match)
      let name = "\(row.entry.estimator) on \(row.entry.problem)"
      #expect(match.gradientError < 1e-10 && match.meanStepGradientError < 1e-10, "\(name)")
      #expect(match.equals.allSatisfy { $0.error <= 1e-10 })
      // means of known estimators have the verdict that the certificate has
      if match.equals.contains(where: { $0.estimator == "sg-mrl" }) {
        #expect(row.verdict == .unbiased, "\(name)")
      }
    }
    func rows(_ estimator: String) -> [MeansComparison.Row] {
      comparison.rows.filter { $0.entry.estimator == estimator }
    }
    func equals(_ row: MeansComparison.Row) -> [String] {
      row.match?.equals.map(\.estimator) ?? []
    }
    for (estimator, preset) in [
      ("rlax twice", "maml"), ("promp vpg_maml likelihood_ratio", "lvc"),
      ("promp dice_maml", "dice-maml"),
    ] {
      #expect(!rows(estimator).isEmpty)
      for row in rows(estimator) {
        let problem = try #require(file.problems[row.entry.problem])
        #expect(row.match?.factor == 1 / Double(problem.horizon + 1))
        #expect(equals(row).contains(preset), "\(estimator) on \(row.entry.problem)")
        #expect(row.verdict == .biased)
      }
    }
    #expect(!rows("loaded-dice old").isEmpty)
    for row in rows("loaded-dice old") {
      #expect(row.match?.factor == 1 && equals(row) == ["dice-maml"])
    }
    // this program computes in single precision
    #expect(!rows("gmrl-dice (one sample)").isEmpty)
    for row in rows("gmrl-dice (one sample)") where row.entry.stepSize > 0 {
      #expect(row.match?.factor == 1 && row.match?.nearest?.estimator == "dice-maml")
      #expect((row.match?.nearest?.error ?? 1) < 1e-7)
    }
    // with more than one step the authors' raw score is another one
    for row in rows("sgmrl authors raw") {
      let isOneStep = file.problems[row.entry.problem]?.horizon == 0
      #expect(equals(row).contains("sg-mrl") == isOneStep, "\(row.entry.problem)")
    }
    // loss and step are divided by a deviation
    for row in rows("garage") { #expect(row.match == nil && row.verdict == .biased) }
  }

  /// The file's `exact` is the unit of the bias, whatever the inner step is.
  @Test func theBiasIsTheFilesOwn() async throws {
    let file = try MeansFile(Self.data(), name: "external.json")
    for row in try await MeansComparison(file, estimators: []).rows {
      let expected =
        norm(zip(row.entry.mean, row.entry.gradient).map { $0 - $1 }) / norm(row.entry.gradient)
      #expect(row.bias == expected)
      #expect((row.verdict == .biased) == (expected > row.tolerance))
      #expect(row.tolerance >= 1e-9 && row.match?.nearest == nil)
    }
  }

  static let good = """
    {"about": "one", "problems": {"bandit": {"states": 1, "actions": 2, "horizon": 0, "discount": 1,
    "inner_batch": 1, "outer_batch": 1, "inner_steps": 1, "initial": [1], "transition": [[[1], [1]]],
    "reward": [[0, 1]], "features": [[[0], [1]]], "theta": [0]}}, "results": [{"problem": "bandit",
    "estimator": "mine", "alpha": 1, "mean": [0.25], "scale": 2, "exact": [0.25], "exact_hat": [0.25],
    "difference_error": 0, "how": "ran"}]}
    """

  @Test func theMeanIsDividedByItsScale() throws {
    let file = try MeansFile(Data(Self.good.utf8), name: "file")
    #expect(file.about == "one" && file.entries[0].mean == [0.125])
    #expect(file.problems["bandit"]?.settings.outerEpisodes == 1)
  }

  @Test(arguments: [
    ("\"theta\": [0]", "\"theta\": []", ["problems.bandit", "'theta'", "empty"]),
    ("\"theta\": [0]", "\"theta\": [0, 1]", ["problems.bandit", "'features[0][0]'", "2 elements"]),
    ("\"inner_batch\": 1, ", "", ["problems.bandit", "'inner_batch'", "missing"]),
    ("\"inner_batch\": 1", "\"inner_batch\": 0", ["'inner_batch'", "1...1000"]),
    ("\"inner_batch\"", "\"innerBatch\"", ["problems.bandit", "unknown key", "'innerBatch'"]),
    ("\"initial\": [1]", "\"initial\": [0.5]", ["problems.bandit", "'initial'", "sum to 1"]),
    ("\"discount\": 1", "\"discount\": 2", ["'discount'", "0...1"]),
    ("\"problem\": \"bandit\"", "\"problem\": \"x\"", ["results[0]", "'problem'", "'x'"]),
    ("\"problem\": \"bandit\"", "\"problem\": 3", ["results[0]", "'problem'", "a text"]),
    ("\"mean\": [0.25]", "\"mean\": [0.25, 1]", ["results[0]", "'mean'", "1 elements, not 2"]),
    ("\"mean\": [0.25]", "\"mean\": [NaN]", ["results[0]", "'mean[0]'", "nan"]),
    ("\"scale\": 2", "\"scale\": 0", ["results[0]", "'scale'", "above 0"]),
    ("\"exact_hat\": [0.25],", "", ["results[0]", "'exact_hat'", "missing"]),
    ("\"difference_error\": 0", "\"difference_error\": -1", ["'difference_error'", "below 0"]),
    ("\"problems\": {", "\"problems\": [", ["not JSON"]),
    ("\"about\"", "\"abuot\"", ["unknown key", "'abuot'"]),
  ])
  func badFilesAreRefusedWithTheKey(from: String, to: String, words: [String]) throws {
    let text = Self.good.replacing(from, with: to)
    #expect(text != Self.good)
    let error = try #require(
      #expect(throws: CertificateError.self) { try MeansFile(Data(text.utf8), name: "file") })
    for word in ["file"] + words {
      #expect(error.description.contains(word), "\(error.description)")
    }
  }
}
