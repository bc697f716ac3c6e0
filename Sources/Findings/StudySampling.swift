import Certification
import Experiments
import Requirements

/// How much the studies of a configuration sample, and where the truth comes from.
public struct StudySampling: Sendable {
  /// The meta-batches on which estimators are compared.
  public var metaBatches = 40
  /// The meta-batches at the same parameters that baselines learn from before.
  public var learningMetaBatches = 20
  /// The meta-batches of the reference run.
  public var referenceMetaBatches = 40
  /// The estimator of the reference run, where the gradient cannot be enumerated.
  public var reference = Estimator.sgMRLControlVariate.name
  /// The relative error of the gradient for which batch sizes are given.
  public var accuracy = 0.1
  /// The greatest number of chains, batches or trajectories to enumerate.
  public var limit = Certificate.defaultLimit
  /// The step to either side along each estimator's mean, where slopes are measured.
  public var ascentStep: Double?
  /// What slopes are along: the name of an estimator that is compared, or of a file; nil for each
  /// estimator's own mean.
  public var along: String?
  /// The direction, if it came from a file.
  public var alongVector: [Double]?
  /// The fresh tasks of a slope.
  public var ascentTasks = 100

  /// The defaults.
  public init() {}

  /// What a study of a configuration samples.
  public func plan(_ configuration: Configuration) -> StudyPlan {
    StudyPlan(
      metaBatches: metaBatches, tasks: configuration.outer.tasks,
      learningMetaBatches: learningMetaBatches, referenceMetaBatches: referenceMetaBatches,
      accuracy: accuracy, seed: UInt64(configuration.seed))
  }
}

extension StudyOutcome {
  /// A configuration whose estimators cannot be compared.
  public struct UnsuitableError: ReportedError, Equatable {
    /// What does not fit, and what to use instead.
    public let description: String
    /// `ExitStatus.usage`
    public var exitStatus: ExitStatus { .usage }
  }

  /// Compares estimators of a configuration's catalog on the same chains.
  ///
  /// - Parameters:
  ///   - configuration: the tasks, the policy and the inner steps.
  ///   - estimators: names of the catalog; the first is what others are compared with.
  ///   - sampling: how much is sampled.
  ///   - parameters: `θ`; nil for the initial ones.
  ///   - sweep: the key that is varied with its value, for the document.
  ///   - threads: how many threads share the work; only times depend on it.
  ///   - slopeFailed: is told of slopes that cannot be measured; the rest is kept.
  /// - Throws: ``UnsuitableError`` or `ConfigurationError` if the configuration or a name does not fit,
  ///   `CertificateError` or `SamplingError` if the work fails.
  public init(
    _ configuration: Configuration, estimators: [String], sampling: StudySampling,
    parameters: [Double]? = nil, sweep: (key: String, value: String)? = nil, threads: Int = 1,
    slopeFailed: (_ estimator: String, _ error: any Error) -> Void = { _, _ in }
  ) async throws {
    guard configuration.outer.chains == 1, configuration.outer.tasks > 1 else {
      throw UnsuitableError(
        description:
          "A study compares single chains of several tasks: use outer.chains=1 and outer.tasks above 1."
      )
    }
    let experiment = try Experiment(configuration)
    let vector = parameters ?? experiment.initialParameters
    var plan = sampling.plan(configuration)
    if let vector = sampling.alongVector {
      plan.direction = .vector(vector)
    } else if let name = sampling.along {
      guard let number = estimators.firstIndex(of: name) else {
        throw UnsuitableError(
          description:
            "Slopes are to be along '\(name)', which is neither a file nor one of the estimators compared: \(estimators.joined(separator: ", "))."
        )
      }
      plan.direction = .ofEstimator(number)
    }
    let study = try await EstimatorStudy(
      plan, estimators: try configuration.estimators(named: estimators),
      policy: experiment.policy, parameters: vector, tasks: experiment.tasks,
      settings: experiment.settings,
      reference: try await sampling.reference(experiment, vector, threads: threads),
      threads: threads)
    var ascents: [AscentTest?] = []
    for row in study.rows {
      guard let step = sampling.ascentStep else {
        ascents.append(nil)
        continue
      }
      do {
        ascents.append(
          try await AscentTest(
            row, parameters: vector, step: step, taskCount: sampling.ascentTasks,
            policy: experiment.policy, tasks: experiment.tasks, settings: experiment.settings,
            seed: study.plan.seed, threads: threads, sharing: ascents.last ?? nil))
      } catch {
        slopeFailed(row.estimator.name, error)
        ascents.append(nil)
      }
    }
    self.init(
      study, ascents: ascents, sampling: sampling, configuration: configuration, sweep: sweep)
  }
}

extension StudySampling {
  /// The exact gradient where it can be enumerated, else an estimator to sample.
  fileprivate func reference(
    _ experiment: Experiment, _ parameters: [Double], threads: Int
  ) async throws -> EstimatorStudy.Reference {
    // the truth has the whole score term
    var whole = try experiment.configuration.estimators(named: [reference])[0]
    whole.scoreWeight = 1
    guard whole.isDeclaredUnbiased else {
      throw ConfigurationError(
        description: "The reference must be an unbiased estimator; '\(reference)' is not.")
    }
    guard let tabular = experiment.tasks as? TabularTasks else { return .sampled(whole) }
    let problem = try CertificateProblem(
      processes: tabular.processes, horizon: tabular.horizon - 1, policy: experiment.policy,
      parameters: parameters, settings: experiment.settings)
    guard EnumerationSize(problem).isWithin(limit) else { return .sampled(whole) }
    let certificate = try await Certificate(
      problem, estimators: [], limit: limit, threads: threads)
    return .exact(certificate.gradient)
  }
}

extension Configuration {
  /// Estimators of the catalog with the values of this configuration.
  ///
  /// - Throws: `ConfigurationError` that lists the names there are.
  package func estimators(named names: [String]) throws(ConfigurationError) -> [Estimator] {
    var result: [Estimator] = []
    for name in names {
      guard let estimator = estimator(named: name) else {
        let known = catalog.estimators.map(\.name).joined(separator: ", ")
        throw ConfigurationError(
          description: "There is no estimator '\(name)'; there are \(known).")
      }
      result.append(estimator)
    }
    return result
  }
}
