import Foundation
import MetaTape

/// The output about one problem.
struct CertifyOutcome: Encodable {
  struct Verdict: Encodable {
    let name: String
    let declaredUnbiased: Bool
    let unbiased: Bool
    let passed: Bool
    let error: Double
    let mean: [Double]
    let bias: [Double]
    let relativeBias: Double?
    let meanStepBias: [Double]
    let meanStepRelativeBias: Double?
    let fileError: Double?
  }

  let name: String
  let passed: Bool
  let objective: Double
  let gradient: [Double]
  let differencesGradient: [Double]
  let gradientDisagreement: Double
  let differencesError: Double
  let meanStepObjective: Double
  let meanStepGradient: [Double]
  let probabilityError: Double
  let innerStepError: Double
  let fileErrors: [String: Double]
  let largestFileError: Double
  let trajectories: Double
  let batches: Double
  let orderedBatches: Double
  let outerBatches: Double
  let chains: Double
  let orderedChains: Double
  let seconds: Double
  let verdicts: [Verdict]

  init(_ certificate: Certificate, _ comparison: FileComparison) {
    let errors = Dictionary(uniqueKeysWithValues: comparison.values.map { ($0.name, $0.error) })
    let size = certificate.size
    name = certificate.problem.name
    passed = certificate.passes && comparison.passes
    (objective, gradient) = (certificate.objective, certificate.gradient)
    differencesGradient = certificate.differences
    gradientDisagreement = certificate.gradientDisagreement
    differencesError = certificate.differencesError
    meanStepObjective = certificate.meanStepObjective
    meanStepGradient = certificate.meanStepGradient
    probabilityError = certificate.probabilityError
    innerStepError = certificate.innerStepError
    (fileErrors, largestFileError) = (errors, comparison.largestError)
    (trajectories, batches) = (size.trajectories, size.batches)
    (orderedBatches, chains) = (size.orderedBatches, size.chains)
    outerBatches = size.outerBatches
    (orderedChains, seconds) = (size.orderedChains, certificate.seconds)
    verdicts = certificate.verdicts.map {
      Verdict(
        name: $0.estimator.name, declaredUnbiased: $0.estimator.isDeclaredUnbiased,
        unbiased: $0.isUnbiased, passed: $0.passes, error: $0.error, mean: $0.mean,
        bias: $0.bias, relativeBias: $0.relativeBias, meanStepBias: $0.biasAgainstMeanStep,
        meanStepRelativeBias: $0.relativeBiasAgainstMeanStep, fileError: errors[$0.estimator.name])
    }
  }

  func printTable() {
    func cell(_ value: Double?) -> String { value.map(Console.scientific) ?? "-" }
    print(
      """
      \(name)
      objective V \(objective), other objective (mean inner step) \(meanStepObjective)
      gradient \(gradient.map { Console.number($0, 6) }.joined(separator: " ")), two ways agree to \
      \(Console.scientific(gradientDisagreement))
      \(Console.count(trajectories)) trajectories, \(Console.count(batches)) batches for \
      \(Console.count(orderedBatches)) in order, \(Console.count(chains)) chains for \
      \(Console.count(orderedChains)), \(Console.number(seconds, 2)) s

      """)
    Console.printTable(
      ["estimator", "declared", "verdict", "error", "relative bias", "against other", "file"],
      verdicts.map {
        [
          $0.name, $0.declaredUnbiased ? "unbiased" : "-",
          $0.passed ? ($0.unbiased ? "unbiased" : "biased") : "FAILED", cell($0.error),
          cell($0.relativeBias), cell($0.meanStepRelativeBias), cell($0.fileError),
        ]
      })
    if !fileErrors.isEmpty {
      print("\nlargest difference to the file: \(Console.scientific(largestFileError))")
    }
    print("")
  }
}
