import Certification
import Foundation
import Testing

/// Files that are not problems are refused with key and reason.
@Suite struct CertificateFileTests {
  static let good = """
    {"cases": [{"states": 1, "actions": 2, "horizon": 0, "batch": 1, "innerSteps": 1,
    "stepSize": 1.0, "discount": 1.0, "initial": [1.0], "transition": [[[1.0], [1.0]]],
    "reward": [[0.5, 1.0]], "parameters": [[0.0, 0.0]], "objective": 0.75}]}
    """

  static let faults: [(from: String, to: String, words: [String])] = [
    ("[0.5, 1.0]", "[NaN, 1.0]", ["cases[0]", "'reward[0][0]'", "nan"]),
    ("\"stepSize\": 1.0", "\"stepSize\": Infinity", ["'stepSize'", "inf"]),
    ("\"discount\": 1.0", "\"discount\": 1.5", ["'discount'", "0...1"]),
    ("\"discount\": 1.0, ", "", ["'discount'", "missing"]),
    ("\"horizon\": 0, ", "", ["'steps'", "'horizon'", "missing"]),
    ("\"horizon\": 0, ", "\"horizon\": 0, \"steps\": 1, ", ["'steps'", "beside"]),
    ("\"horizon\": 0, ", "\"steps\": 0, ", ["'steps'"]),
    ("\"parameters\": [[0.0, 0.0]], ", "", ["'parameters'", "missing"]),
    ("\"initial\": [1.0]", "\"initial\": [0.5]", ["'initial'", "sum to 1"]),
    ("\"initial\": [1.0]", "\"initial\": [1.0, 0.0]", ["'initial'", "1 elements, not 2"]),
    ("[[[1.0], [1.0]]]", "[[[1.0], [-1.0]]]", ["'transition[0][1]'", "probabilities"]),
    ("[[[1.0], [1.0]]]", "[[[1.0]]]", ["'transition[0]'", "2 elements"]),
    ("\"batch\": 1", "\"batch\": 0", ["'batch'", "1...1000"]),
    ("\"batch\": 1", "\"batch\": 1.5", ["'batch'", "whole number"]),
    ("\"batch\": 1", "\"batch\": true", ["'batch'", "number", "true"]),
    ("\"objective\"", "\"objectve\"", ["unknown key", "'objectve'", "objective"]),
    ("\"objective\": 0.75", "\"gradient\": [1.0]", ["'gradient'", "2 elements, not 1"]),
    ("[[0.0, 0.0]]", "[[0.0, \"a\"]]", ["'parameters[0][1]'", "text"]),
    ("{\"cases\"", "{\"case\"", ["unknown key", "'case'"]),
    ("{\"cases\"", "nothing", ["JSON"]),
  ]

  @Test(arguments: faults.indices) func faultsAreNamed(index: Int) throws {
    let fault = Self.faults[index]
    let text = Self.good.replacingOccurrences(of: fault.from, with: fault.to)
    #expect(text != Self.good)
    let error = try #require(
      #expect(throws: CertificateError.self) {
        _ = try CertificateFile(Data(text.utf8), name: "bad.json")
      })
    for word in fault.words + ["bad.json"] {
      #expect(error.description.contains(word), "\(error.description)")
    }
    #expect(!error.description.contains("\n"))
  }

  @Test func valuesOfTheFileAreCompared() async throws {
    let file = try CertificateFile(Data(Self.good.utf8), name: "good.json")
    let certificate = try await Certificate(file.cases[0].problem, estimators: [.sgMRL])
    #expect(certificate.passes)
    // the objective of the file is made up
    let comparison = FileComparison(file.cases[0], certificate)
    #expect(comparison.values.map(\.name) == ["objective"] && !comparison.passes)
  }

  @Test func severalTasks() throws {
    let text = Self.good.replacingOccurrences(
      of: "\"initial\": [1.0], \"transition\": [[[1.0], [1.0]]],\n\"reward\": [[0.5, 1.0]]",
      with: """
        "tasks": [{"initial": [1.0], "transition": [[[1.0], [1.0]]], "reward": [[0.5, 1.0]],
        "probability": 0.25}, {"initial": [1.0], "transition": [[[1.0], [1.0]]],
        "reward": [[1.5, 1.0]], "probability": 0.75}]
        """)
    let problem = try CertificateFile(Data(text.utf8), name: "tasks.json").cases[0].problem
    #expect(problem.processes.count == 2 && problem.probabilities == [0.25, 0.75])
    let wrong = text.replacingOccurrences(of: "0.75", with: "0.7")
    #expect(throws: CertificateError.self) {
      _ = try CertificateFile(Data(wrong.utf8), name: "tasks.json")
    }
  }

  @Test func policiesThatAreNotProbabilitiesAreRefused() throws {
    let process = try TabularMDP(initial: [1], transition: [[[1], [1]]], reward: [[0, 1]])
    // three actions where the process has two
    let policy = SoftmaxPolicy(observationSize: 1, actionCount: 3)
    let error = try #require(
      #expect(throws: CertificateError.self) {
        _ = try CertificateProblem(
          processes: [process], horizon: 0, policy: policy, parameters: [0, 0, 0],
          settings: MetaSettings())
      })
    #expect(error.description.contains("sum to"))
  }
}
