import Certification
import Experiments

/// Bounds, schedules and measurements of some problems: `theory --json`.
public struct TheoryReport: Document {
  /// Version 1 had the index of the last step as `horizon`.
  public var schemaVersion = 2
  /// The file of the problems; nil for a random one.
  public let file: String?
  /// The seed.
  public let seed: Int
  /// The pairs of parameters that were measured.
  public let points: Int
  /// The accuracy of the schedules.
  public let epsilon: Double
  /// Whether no measured value is above a corrected bound.
  public let passed: Bool
  /// One for each problem.
  public let cases: [Case]

  /// Creates a report.
  public init(file: String?, seed: Int, points: Int, epsilon: Double, cases: [Case]) {
    (self.file, self.seed, self.points) = (file, seed, points)
    (self.epsilon, self.cases) = (epsilon, cases)
    passed = cases.allSatisfy(\.passed)
  }

  /// What was found about one problem.
  public struct Case: Codable, Sendable {
    /// The name of the problem.
    public let name: String
    /// Whether no measured value is above a corrected bound.
    public let passed: Bool
    /// The constants of the assumptions.
    public let constants: Constants
    /// Where the paper's assumptions fail for this problem.
    public let printedFailures: [String]
    /// Equation 17, for one inner step.
    public let printedEquation17: Double?
    /// One for each version of the theory.
    public let bounds: [Bounds]
    /// Norms that were measured.
    public let measurements: [Measurement]
    /// One for each regime and version that has one.
    public let schedules: [Schedule]
  }

  /// The constants of the assumptions.
  public struct Constants: Codable, Sendable {
    /// `R`
    public let rewardBound: Double
    /// Whether no reward is negative.
    public let rewardsAreNonnegative: Bool
    /// `G`
    public let score: Double
    /// `L`
    public let hessian: Double
    /// `ρ`
    public let hessianLipschitz: Double
    /// `γ`
    public let discount: Double
    /// The number of steps, `H + 1`.
    public let horizon: Int
    /// `|D|`
    public let innerEpisodes: Int
    /// `ζ`
    public let innerSteps: Int
    /// `α`
    public let innerStepSize: Double
    /// `Γ₁`
    public let discountSum: Double
    /// `Γ₂`
    public let weightedDiscountSum: Double
  }

  /// What one version of the theory says.
  public struct Bounds: Codable, Sendable {
    /// As printed, corrected, or tightened.
    public let version: String
    /// The inner step size up to which it holds.
    public let largestInnerStepSize: Double
    /// The bound of the inner step's Jacobian.
    public let innerJacobian: Double
    /// The range of the objective.
    public let objectiveSpan: Double
    /// What the variance falls with.
    public let varianceDivisor: String
  }

  /// Steps that lead to the accuracy.
  public struct Schedule: Codable, Sendable {
    /// The version of the theory.
    public let version: String
    /// Large batches, or small steps.
    public let regime: String
    /// The outer step size.
    public let stepSize: Double
    /// The tasks of a meta-batch.
    public let tasks: Double
    /// The trajectories of an outer batch.
    public let outerEpisodes: Int
    /// The number of steps.
    public let iterations: Double
    /// The trajectories of all steps.
    public let trajectories: Double
  }

  /// A measured norm beside its bounds.
  public struct Measurement: Codable, Sendable {
    /// What was measured.
    public let quantity: String
    /// The largest value.
    public let measured: Double
    /// The bound of each version.
    public let bounds: [String: Double]
    /// The largest value over the bound of each version.
    public let ratios: [String: Double]
    /// Whether it is above a corrected bound.
    public let violation: Bool
    /// Whether it is above the printed bound.
    public let printedViolation: Bool
  }
}

extension TheoryReport.Case {
  /// Measures a problem beside the theory's bounds.
  ///
  /// - Parameters:
  ///   - problem: the problem.
  ///   - accuracy: of a first-order stationary point, for the schedules.
  ///   - outerEpisodes: the trajectories of an outer batch, for the schedules.
  ///   - points: the random pairs of parameters that are measured.
  ///   - seed: of the parameters.
  ///   - limit: the greatest number of chains, batches or trajectories to enumerate.
  ///   - threads: how many threads share the work.
  /// - Throws: `CertificateError` if the theory does not cover the problem, or it is too large.
  public init(
    _ problem: CertificateProblem, accuracy: Double, outerEpisodes: Int, points: Int, seed: UInt64,
    limit: Int = Certificate.defaultLimit, threads: Int = 1
  ) async throws {
    guard let constants = problem.constants.value else {
      throw CertificateError(
        "\(problem.name): \(problem.constants.reasons.joined(separator: " "))")
    }
    let objective = try MetaObjective(problem, limit: limit, threads: threads)
    self.init(
      problem, constants, try await objective.measure(constants, points: points, seed: seed),
      accuracy: accuracy, outerEpisodes: outerEpisodes)
  }

  private init(
    _ problem: CertificateProblem, _ c: ProblemConstants, _ measured: [BoundMeasurement],
    accuracy: Double, outerEpisodes: Int
  ) {
    let rewards = problem.rewardBounds
    let versions = TheoryBounds.Version.allCases.map { TheoryBounds($0, c) }
    name = problem.name
    passed = !measured.contains(where: \.isViolation)
    constants = TheoryReport.Constants(
      rewardBound: c.rewardBound, rewardsAreNonnegative: rewards.isNonnegative,
      score: c.policy.score, hessian: c.policy.hessian,
      hessianLipschitz: c.policy.hessianLipschitz, discount: c.discount, horizon: c.horizon + 1,
      innerEpisodes: c.innerEpisodes, innerSteps: c.innerSteps, innerStepSize: c.innerStepSize,
      discountSum: c.discountSum, weightedDiscountSum: c.weightedDiscountSum)
    printedFailures = TheoryBounds.printedFailures(c, rewards: rewards)
    printedEquation17 = c.innerSteps == 1 ? TheoryBounds.printedEquation17(c) : nil
    bounds = versions.map {
      TheoryReport.Bounds(
        version: $0.version.rawValue, largestInnerStepSize: $0.largestInnerStepSize,
        innerJacobian: $0.innerJacobian, objectiveSpan: $0.objectiveSpan,
        varianceDivisor: $0.varianceDivisor.rawValue)
    }
    measurements = measured.map { item in
      func named(_ value: (TheoryBounds.Version) -> Double) -> [String: Double] {
        Dictionary(
          uniqueKeysWithValues: TheoryBounds.Version.allCases.map { ($0.rawValue, value($0)) })
      }
      return TheoryReport.Measurement(
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
          TheoryReport.Schedule(
            version: bounds.version.rawValue, regime: name, stepSize: $0.stepSize,
            tasks: $0.tasks, outerEpisodes: $0.outerEpisodes, iterations: $0.iterations,
            trajectories: $0.trajectories)
        }
      }
    }
  }
}

/// Whether the theory covers a configuration: `theory --preset NAME --json`.
public struct CoverageReport: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// The name of the configuration.
  public let preset: String
  /// Whether the theory has constants for it.
  public let covered: Bool
  /// Why not, or what to know.
  public let reasons: [String]

  /// Looks for the constants of an experiment.
  public init(_ experiment: Experiment) {
    let constants = ProblemConstants.of(
      experiment.policy, on: experiment.tasks, settings: experiment.settings)
    preset = experiment.configuration.name
    (covered, reasons) = (constants.value != nil, constants.reasons)
  }
}
