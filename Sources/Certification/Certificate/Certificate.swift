/// What an enumeration found about one estimator.
public struct EstimatorVerdict: Sendable {
  /// The estimator.
  public let estimator: Estimator
  /// Its exact mean.
  public let mean: [Double]
  /// Its bias against `∇V_ζ`.
  public let bias: [Double]
  /// `max |bias| / (1 + max |∇V_ζ|)`
  public let error: Double
  /// The norm of the bias over that of `∇V_ζ`; nil where the gradient is zero.
  public let relativeBias: Double?
  /// Its bias against the gradient of the other objective, `∇V̂` (Remark 1).
  public let biasAgainstMeanStep: [Double]
  /// The norm of that bias over that of `∇V̂`; nil where the gradient is zero.
  public let relativeBiasAgainstMeanStep: Double?
  /// Whether `error` is within the tolerance.
  public let isUnbiased: Bool

  /// False if it is declared unbiased and is not.
  public var passes: Bool { isUnbiased || !estimator.isDeclaredUnbiased }
}

/// The exact objective of a problem, its gradient, and what estimators are on average.
///
/// Estimators are averaged over every possible chain of inner batches by feeding the batches to the
/// code that training runs, `MetaGradient`. Their mean over the outer batch is exact, since an
/// estimate is affine in it.
public struct Certificate: Sendable {
  /// The problem.
  public let problem: CertificateProblem
  /// The objective `V_ζ`.
  public let objective: Double
  /// `∇V_ζ` by the enumerated recursion with exact derivatives.
  public let gradient: [Double]
  /// `∇V_ζ` by extrapolated differences of the objective alone.
  public let differences: [Double]
  /// An estimate of the error of the differences, relative as in ``tolerance``.
  public let differencesError: Double
  /// The other objective, `V̂`, whose inner steps are along the mean gradient (equation 14).
  public let meanStepObjective: Double
  /// `∇V̂`
  public let meanStepGradient: [Double]
  /// How far the chains' probabilities are from summing to 1.
  public let probabilityError: Double
  /// The largest relative difference between the estimators' inner steps and the exact ones.
  public let innerStepError: Double
  /// One for each estimator.
  public let verdicts: [EstimatorVerdict]
  /// What was enumerated.
  public let size: EnumerationSize
  /// The wall-clock time.
  public let seconds: Double
  /// The greatest relative error that passes, `max |x - y| / (1 + max |y|)`.
  public let tolerance: Double

  /// The relative difference of the two gradients.
  public var gradientDisagreement: Double { relativeError(gradient, differences) }

  /// Whether the enumeration is consistent with itself: the two gradients agree, up to the error of
  /// the differences, probabilities sum to 1, and the estimators' inner steps are the exact ones.
  public var isConsistent: Bool {
    gradientDisagreement <= tolerance + differencesError && probabilityError <= tolerance
      && innerStepError <= tolerance
  }

  /// Whether it is consistent and every estimator that is declared unbiased is.
  public var passes: Bool { isConsistent && verdicts.allSatisfy(\.passes) }

  /// The error of a mean against `∇V_ζ`, for what is not an `Estimator`.
  ///
  /// Unbiased is what stays within ``tolerance``; see
  /// ``CertificateProblem/mean(limit:threads:of:)``.
  public func error(ofMean mean: [Double]) -> Double { relativeError(mean, gradient) }

  /// The verdict on an estimator.
  public subscript(name: String) -> EstimatorVerdict? {
    verdicts.first { $0.estimator.name == name }
  }
}
