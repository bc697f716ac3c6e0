/// What an estimator of the meta-gradient is made of.
///
/// One file with the parts of an estimator and its options is all that a new one takes; an element of the catalog
/// makes it known to files, command lines, studies, certificates and reports.
public protocol EstimatorOptions: ComponentOptions {
  /// Makes the estimator; its name is that of the options.
  func makeEstimator() -> Estimator
}

/// How much of the score term is there, and what stands for the rest.
public struct ScoreWeighting: Equatable, Sendable {
  /// The weight `w` of the score term; with less than 1, that part of the debiasing is left out.
  public var weight = 1.0
  /// What stands for the part that is left out.
  public var complement = ScoreComplement.none

  /// Creates the whole score term.
  public init() {}

  /// The fields that mean something to an estimator.
  public static func fields(of estimator: Estimator) -> [Field<Self>] {
    var fields: [Field<Self>] = []
    if estimator.score != .none {
      fields.append(
        .number(
          "score-weight",
          "The weight of the score term: 1 for no bias; w leaves 1 - w of the bias (MAML's, or that of the complement) and w² of the term's own variance.",
          \.weight, 0...1, symbol: "w"
        ).neutral { $0.weight == 1 })
    }
    if estimator.takesComplement {
      fields.append(
        .choice(
          "score-complement",
          "What stands, with the weight 1 - w, for the part of the score term that its weight leaves out: low-variance curvature (lvc), also with what earlier steps add (lvc-past), DiCE's Hessian or the linearised score function (lsf).",
          \.complement
        ).neutral { $0.complement == .none || $0.weight == 1 })
    }
    return fields
  }

  /// An estimator with this weighting.
  public func applied(to estimator: Estimator) -> Estimator {
    var result = estimator
    result.scoreWeight = weight
    if result.takesComplement { result.complement = complement.rule }
    return result
  }
}

/// A rule that stands for part of the score term.
public enum ScoreComplement: String, CaseIterable, Sendable {
  /// None.
  case none
  /// Low-variance curvature.
  case lvc
  /// Low-variance curvature and what earlier steps add, as the estimator of this name.
  case lvcPast = "lvc-past"
  /// The Hessian of DiCE.
  case dice
  /// The linearised score function.
  case lsf

  /// The rule.
  public var rule: (any JacobianRule)? {
    switch self {
    case .none: nil
    case .lvc: LowVarianceCurvature()
    case .lvcPast: CurvatureWithPast()
    case .dice: DiCE()
    case .lsf: LinearizedScoreFunction()
    }
  }
}

/// One of the estimators that come with the package and have no options but the weight of their score.
public struct PresetEstimatorOptions: EstimatorOptions {
  private let preset: Estimator
  /// The weight of the score term, if the estimator has one.
  public var weighting = ScoreWeighting()

  /// Creates the options of an estimator.
  public init(_ preset: Estimator) { self.preset = preset }

  /// The estimator's name.
  public var name: String { preset.name }
  /// The estimator's summary.
  public var summary: String { preset.summary }
  /// The weight of the score term and its complement.
  public var fields: [Field<Self>] {
    ScoreWeighting.fields(of: preset).map { $0.on(\.weighting) }
  }

  /// The estimator with its weighting.
  public func makeEstimator() -> Estimator { weighting.applied(to: preset) }

  /// Whether name and weighting are the same.
  public static func == (a: Self, b: Self) -> Bool {
    a.name == b.name && a.weighting == b.weighting
  }
}
