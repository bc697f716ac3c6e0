import Foundation
import MetaTape

/// The output about one problem.
struct CertifyOutcome: Encodable {
  struct Verdict: Encodable {
    let name: String
    let declaredUnbiased: Bool
    let verdict: BiasVerdict
    let unbiased: Bool
    let passed: Bool
    let error: Double
    let mean: [Double]
    let meanNorm: Double
    let bias: [Double]
    let relativeBias: Double?
    let biasOverMeanNorm: Double
    let roundingFloor: Double
    let meanStepBias: [Double]
    let meanStepRelativeBias: Double?
    let fileError: Double?
    let fileRelativeError: Double?
  }

  let name: String
  let passed: Bool
  let objective: Double
  let gradient: [Double]
  let gradientNorm: Double
  let differencesGradient: [Double]
  let gradientDisagreement: Double
  let differencesError: Double
  let meanStepObjective: Double
  let meanStepGradient: [Double]
  let probabilityError: Double
  let innerStepError: Double
  let fileErrors: [String: Double]
  let fileRelativeErrors: [String: Double]
  let largestFileError: Double
  let largestFileRelativeError: Double
  let trajectories: Double
  let batches: Double
  let orderedBatches: Double
  let outerBatches: Double
  let chains: Double
  let orderedChains: Double
  let seconds: Double
  let verdicts: [Verdict]

  init(_ certificate: Certificate, _ comparison: FileComparison) {
    func byName(_ number: (FileComparison.Value) -> Double) -> [String: Double] {
      Dictionary(uniqueKeysWithValues: comparison.values.map { ($0.name, number($0)) })
    }
    let (errors, relative) = (byName(\.error), byName(\.difference.relative))
    let size = certificate.size
    name = certificate.problem.name
    passed = certificate.passes && comparison.passes
    (objective, gradient) = (certificate.objective, certificate.gradient)
    gradientNorm = norm(certificate.gradient)
    differencesGradient = certificate.differences
    gradientDisagreement = certificate.gradientDisagreement
    differencesError = certificate.differencesError
    meanStepObjective = certificate.meanStepObjective
    meanStepGradient = certificate.meanStepGradient
    probabilityError = certificate.probabilityError
    innerStepError = certificate.innerStepError
    (fileErrors, largestFileError) = (errors, comparison.largestError)
    fileRelativeErrors = relative
    largestFileRelativeError = comparison.largestRelativeError
    (trajectories, batches) = (size.trajectories, size.batches)
    (orderedBatches, chains) = (size.orderedBatches, size.chains)
    outerBatches = size.outerBatches
    (orderedChains, seconds) = (size.orderedChains, certificate.seconds)
    verdicts = certificate.verdicts.map {
      let name = $0.estimator.name
      return Verdict(
        name: name, declaredUnbiased: $0.estimator.isDeclaredUnbiased, verdict: $0.verdict,
        unbiased: $0.isUnbiased, passed: $0.passes, error: $0.error, mean: $0.mean,
        meanNorm: $0.meanNorm, bias: $0.bias, relativeBias: $0.relativeBias,
        biasOverMeanNorm: $0.biasOverMeanNorm, roundingFloor: $0.difference.floor,
        meanStepBias: $0.biasAgainstMeanStep,
        meanStepRelativeBias: $0.relativeBiasAgainstMeanStep, fileError: errors[name],
        fileRelativeError: relative[name])
    }
  }

  func printTable(tolerance: Double) {
    func cell(_ value: Double?) -> String { value.map(Console.scientific) ?? "-" }
    let largest = largestMagnitude(gradient)
    let components = gradient.map {
      (1e-3..<1e6).contains(largest) ? Console.number($0, 6) : Console.scientific($0)
    }
    print(
      """
      \(name)
      objective V \(objective), other objective (mean inner step) \(meanStepObjective)
      gradient \(components.joined(separator: " ")), two ways agree to \
      \(Console.scientific(gradientDisagreement))
      \(Console.count(trajectories)) trajectories, \(Console.count(batches)) batches for \
      \(Console.count(orderedBatches)) in order, \(Console.count(chains)) chains for \
      \(Console.count(orderedChains)), \(Console.number(seconds, 2)) s

      """)
    Console.printTable(
      ["estimator", "declared", "verdict", "relative bias", "rounding", "against other", "file"],
      verdicts.map {
        [
          $0.name, $0.declaredUnbiased ? "unbiased" : "-", $0.passed ? $0.verdict.text : "FAILED",
          $0.relativeBias.map(Console.scientific) ?? "\(Console.scientific($0.biasOverMeanNorm)) *",
          $0.relativeBias == nil ? "-" : cell($0.roundingFloor / gradientNorm),
          cell($0.meanStepRelativeBias), cell($0.fileRelativeError),
        ]
      })
    for note in notes(tolerance) { print("\n" + note) }
    if !fileErrors.isEmpty {
      print(
        "\nlargest difference to the file: \(Console.scientific(largestFileRelativeError)) of the value's size"
      )
    }
    print("")
  }

  /// What the verdicts leave open, and what to do about it.
  private func notes(_ tolerance: Double) -> [String] {
    var result: [String] = []
    if verdicts.contains(where: { $0.relativeBias == nil }) {
      result.append(
        "* the gradient is zero up to rounding: the bias over the mean norm of the estimates. Certify at parameters where it is not zero."
      )
    }
    let open = verdicts.filter { $0.verdict == .notResolved && $0.relativeBias != nil }
    if let coarsest = open.map({ $0.roundingFloor / gradientNorm }).max() {
      result.append(
        "not resolved: no bias shows, but rounding hides one up to \(Console.scientific(coarsest)) of the gradient. Subtract an offset of the rewards, move the parameters to where the gradient is larger, or give --tolerance \(Console.scientific(2 * coarsest))."
      )
    }
    return result
  }
}
