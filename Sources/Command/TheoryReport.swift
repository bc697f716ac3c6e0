import Foundation
import MetaTape

/// The whole of the output about problems.
struct TheoryDocument: Encodable {
  /// Version 1 had the index of the last step as `horizon`.
  let schemaVersion = 2
  let file: String?
  let seed: Int
  let points: Int
  let epsilon: Double
  let passed: Bool
  let cases: [TheoryOutcome]
}

/// The output about one problem.
struct TheoryOutcome: Encodable {
  struct Constants: Encodable {
    let rewardBound: Double
    let rewardsAreNonnegative: Bool
    let score: Double
    let hessian: Double
    let hessianLipschitz: Double
    let discount: Double
    /// The number of steps, `H + 1`.
    let horizon: Int
    let innerEpisodes: Int
    let innerSteps: Int
    let innerStepSize: Double
    let discountSum: Double
    let weightedDiscountSum: Double
  }

  struct Bounds: Encodable {
    let version: String
    let largestInnerStepSize: Double
    let innerJacobian: Double
    let objectiveSpan: Double
    let varianceDivisor: String
  }

  struct Schedule: Encodable {
    let version: String
    let regime: String
    let stepSize: Double
    let tasks: Double
    let outerEpisodes: Int
    let iterations: Double
    let trajectories: Double
  }

  struct Measurement: Encodable {
    let quantity: String
    let measured: Double
    let bounds: [String: Double]
    let ratios: [String: Double]
    let violation: Bool
    let printedViolation: Bool
  }

  let name: String
  let passed: Bool
  let constants: Constants
  /// Where the paper's assumptions fail for this problem.
  let printedFailures: [String]
  /// Equation 17, for one inner step.
  let printedEquation17: Double?
  let bounds: [Bounds]
  let measurements: [Measurement]
  let schedules: [Schedule]

  init(
    _ problem: CertificateProblem, _ c: ProblemConstants, _ measured: [BoundMeasurement],
    accuracy: Double, outerEpisodes: Int
  ) {
    let rewards = RewardBounds(problem.processes)
    let versions = TheoryBounds.Version.allCases.map { TheoryBounds($0, c) }
    name = problem.name
    passed = !measured.contains(where: \.isViolation)
    constants = Constants(
      rewardBound: c.rewardBound, rewardsAreNonnegative: rewards.isNonnegative,
      score: c.policy.score, hessian: c.policy.hessian,
      hessianLipschitz: c.policy.hessianLipschitz, discount: c.discount, horizon: c.horizon + 1,
      innerEpisodes: c.innerEpisodes, innerSteps: c.innerSteps, innerStepSize: c.innerStepSize,
      discountSum: c.discountSum, weightedDiscountSum: c.weightedDiscountSum)
    printedFailures = TheoryBounds.printedFailures(c, rewards: rewards)
    printedEquation17 = c.innerSteps == 1 ? TheoryBounds.printedEquation17(c) : nil
    bounds = versions.map {
      Bounds(
        version: $0.version.rawValue, largestInnerStepSize: $0.largestInnerStepSize,
        innerJacobian: $0.innerJacobian, objectiveSpan: $0.objectiveSpan,
        varianceDivisor: $0.varianceDivisor.rawValue)
    }
    measurements = measured.map { item in
      func named(_ value: (TheoryBounds.Version) -> Double) -> [String: Double] {
        Dictionary(
          uniqueKeysWithValues: TheoryBounds.Version.allCases.map { ($0.rawValue, value($0)) })
      }
      return Measurement(
        quantity: item.quantity.rawValue, measured: item.largest,
        bounds: named { item.bounds[$0] ?? .nan }, ratios: named(item.ratio),
        violation: item.isViolation, printedViolation: item.violates(.printed))
    }
    let regimes: [(String, ConvergenceSchedule.Regime)] = [
      ("large-batch", .largeBatch), ("small-step", .smallStep(tasks: 1)),
    ]
    schedules = regimes.flatMap { name, regime in
      versions.compactMap { bounds in
        ConvergenceSchedule(
          accuracy: accuracy, bounds, c, regime, outerEpisodes: outerEpisodes
        ).map {
          Schedule(
            version: bounds.version.rawValue, regime: name, stepSize: $0.stepSize,
            tasks: $0.tasks, outerEpisodes: $0.outerEpisodes, iterations: $0.iterations,
            trajectories: $0.trajectories)
        }
      }
    }
  }

  func printTables() {
    let c = constants
    func cell(_ value: Double) -> String { Console.significant(value) }
    print(
      """
      \(name)
      R \(cell(c.rewardBound)), G \(cell(c.score)), L \(cell(c.hessian)), \
      ρ \(cell(c.hessianLipschitz)), γ \(c.discount), \(c.horizon) steps, |D| \(c.innerEpisodes), \
      ζ \(c.innerSteps), α \(c.innerStepSize), Γ₁ \(cell(c.discountSum)), \
      Γ₂ \(cell(c.weightedDiscountSum))
      """)
    for failure in printedFailures { print("not as printed, \(failure)") }
    print("")
    let versions = bounds.map(\.version)
    Console.printTable(
      ["quantity", "measured"] + versions + ["of tightened"],
      measurements.map { item in
        [item.quantity, cell(item.measured)]
          + versions.map { version in
            let mark =
              item.measured > (item.bounds[version] ?? .infinity) * (1 + 1e-9) ? " <" : ""
            return cell(item.bounds[version] ?? .nan) + mark
          } + [Console.number(item.ratios["tightened"] ?? .nan, 4)]
      })
    if let printedEquation17 {
      print("\nsmoothness as printed in equation 17: \(cell(printedEquation17))")
    }
    print("\nSchedules; variance over B·D_o as printed, over B as corrected:\n")
    Console.printTable(
      ["regime", "version", "step size", "tasks", "iterations", "trajectories"],
      schedules.map {
        [
          $0.regime, $0.version, cell($0.stepSize), cell($0.tasks), cell($0.iterations),
          cell($0.trajectories),
        ]
      })
    print("")
  }
}
