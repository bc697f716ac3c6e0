/// What an enumeration found about one estimator.
public struct EstimatorVerdict: Sendable {
  /// The estimator.
  public let estimator: Estimator
  /// Its exact mean.
  public let mean: [Double]
  /// The mean norm `E‖ĝ‖` over the inner batches, the outer batch averaged.
  public let meanNorm: Double
  /// Its bias against `∇V_ζ`.
  public let bias: [Double]
  /// `max |bias| / (1 + max |∇V_ζ|)`, in the unit of the rewards; no verdict depends on it.
  public let error: Double
  /// The norm of the bias beside that of `∇V_ζ` and the rounding floor.
  public let difference: ScaledDifference
  /// Its bias against the gradient of the other objective, `∇V̂` (Remark 1).
  public let biasAgainstMeanStep: [Double]
  /// The norm of that bias over that of `∇V̂`; nil where the gradient is zero up to rounding.
  public let relativeBiasAgainstMeanStep: Double?
  /// What follows.
  public let verdict: BiasVerdict

  /// The norm of the bias over that of `∇V_ζ`; nil where the gradient is zero up to rounding.
  public var relativeBias: Double? { difference.hasScale ? difference.relative : nil }
  /// The norm of the bias over the mean norm `M` of which the rounding floor is a part: what there
  /// is to compare where the gradient is zero.
  public var biasOverMeanNorm: Double {
    difference.difference == 0 ? 0 : difference.difference / difference.meanNorm
  }
  /// Whether the verdict is ``BiasVerdict/unbiased``.
  public var isUnbiased: Bool { verdict == .unbiased }
  /// False if it is declared unbiased and is biased.
  public var passes: Bool { verdict != .biased || !estimator.isDeclaredUnbiased }
}

/// The exact objective of a problem, its gradient, and what estimators are on average.
///
/// Estimators are averaged over every possible chain of inner batches by feeding the batches to the
/// code that training runs, `ChainWalk` and `EstimatorRecursion`. Their mean over the outer batch is exact, since an
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
  /// An estimate of the error of the differences, truncation and rounding, over the norm of the
  /// gradient as in ``gradientDisagreement``.
  public let differencesError: Double
  /// The distance of the two gradients over the norm of ``gradient``; over the mean norm of the terms
  /// that it is the sum of where it is zero up to rounding.
  public let gradientDisagreement: Double
  /// The other objective, `V̂`, whose inner steps are along the mean gradient (equation 14).
  public let meanStepObjective: Double
  /// `∇V̂`
  public let meanStepGradient: [Double]
  /// How far the chains' probabilities are from summing to 1.
  public let probabilityError: Double
  /// The largest difference between the estimators' inner steps and the exact ones, beyond the rounding
  /// of the parameters, over the length of the step.
  public let innerStepError: Double
  /// One for each estimator.
  public let verdicts: [EstimatorVerdict]
  /// What was enumerated.
  public let size: EnumerationSize
  /// The wall-clock time.
  public let seconds: Double
  /// The greatest error that passes, as a part of the norm of the gradient.
  public let tolerance: Double
  /// The mean norm of the terms whose sum the gradient is.
  let gradientSize: Double
  /// The mean norm of the terms of an estimate without a baseline.
  let estimateSize: Double

  /// Whether the enumeration is consistent with itself: the two gradients agree, up to the error of
  /// the differences, probabilities sum to 1, and the estimators' inner steps are the exact ones.
  public var isConsistent: Bool {
    gradientDisagreement <= tolerance + differencesError && probabilityError <= tolerance
      && innerStepError <= tolerance
  }

  /// Whether it is consistent and every estimator that is declared unbiased is.
  public var passes: Bool { isConsistent && verdicts.allSatisfy(\.passes) }

  /// The error of a mean against `∇V_ζ`, `max |bias| / (1 + max |∇V_ζ|)`, for what is not an
  /// `Estimator`; see ``CertificateProblem/mean(limit:threads:of:)``.
  public func error(ofMean mean: [Double]) -> Double { relativeError(mean, gradient) }

  /// The verdict on a mean, for what is not an `Estimator`.
  ///
  /// The rounding floor is that of the plain score terms `V S`, with which a mean without a
  /// baseline is made.
  public func verdict(ofMean mean: [Double]) -> BiasVerdict {
    BiasVerdict(
      ScaledDifference(mean, gradient, meanNorm: max(gradientSize, estimateSize)),
      tolerance: tolerance)
  }

  /// The verdict on an estimator.
  public subscript(name: String) -> EstimatorVerdict? {
    verdicts.first { $0.estimator.name == name }
  }
}
