/// What was seen of an external estimator on one problem.
struct ExternalEvidence {
  let identity: ExternalIdentity
  let evaluation: ExternalEvaluation
  let tolerance: Double
  let verdict: BiasVerdict
  let dependsOnOrder: Bool
  let recognition: ExternalRecognition?
  let factor: Double
  let directionError: Double
  let order: Double?
  let parts: [(name: String, coefficient: Double)]
  let residual: Double?
  let outer: OuterGradientProbe?
  let otherStep: (factor: Double, name: String)?
  let nearest: (name: String, error: Double)?

  var isBiased: Bool { verdict == .biased }

  /// Whether the estimates are exactly a sum of the known parts.
  var isFitted: Bool { (residual ?? 1) < (identity.isSinglePrecision ? 1e-3 : 1e-7) }

  func coefficient(_ part: String) -> Double? { parts.first { $0.name == part }?.coefficient }

  /// The coefficients of the scores of the inner steps, relative to that of the outer gradient.
  var scores: [Double] {
    let unit = coefficient(KnownEstimates.Part.outer) ?? 1
    return (1...max(1, evaluation.enumeration.problem.settings.innerSteps)).compactMap {
      coefficient(KnownEstimates.Part.score($0)).map { $0 / unit }
    }
  }

  /// The coefficient of the inner objective's Hessian, relative to that of the outer gradient.
  var hessian: Double? {
    coefficient(KnownEstimates.Part.hessian).map {
      $0 / (coefficient(KnownEstimates.Part.outer) ?? 1)
    }
  }

  /// The known estimator that the estimates are a multiple of, pair by pair.
  var scaled: ExternalRecognition? {
    recognition.flatMap { $0.level == .pairs && $0.factor != 1 ? $0 : nil }
  }

  /// Whether nothing but the factor of a known estimator is wrong.
  var isScaledGradient: Bool {
    scaled.map { directionError < 1e-6 && (factor / $0.factor - 1).magnitude < 1e-6 } ?? false
  }

  /// The tasks for which all estimates are zero.
  var silentTasks: [Int] {
    let (enumeration, pairs) = (evaluation.enumeration, evaluation.pairs)
    return enumeration.tasks.indices.filter { task in
      zip(pairs, evaluation.estimates).allSatisfy { pair, estimate in
        enumeration.chains[pair.chain].task != task || estimate.allSatisfy { $0 == 0 }
      }
    }
  }
}

/// A kind of mistake: how it shows and what to do about it.
struct ExternalMistake: Sendable {
  /// What it is called in tests.
  let name: String
  /// Whether nothing else need be said if it is found.
  let isConclusive: Bool
  /// What is wrong, in words; nil if it is not there.
  let finding: @Sendable (ExternalEvidence) -> String?

  init(
    _ name: String, isConclusive: Bool = true,
    finding: @escaping @Sendable (ExternalEvidence) -> String?
  ) {
    (self.name, self.isConclusive, self.finding) = (name, isConclusive, finding)
  }

  /// What is wrong, the most telling first.
  static func findings(_ evidence: ExternalEvidence) -> [ExternalAssessment.Finding] {
    var result: [ExternalAssessment.Finding] = []
    for mistake in all {
      guard let text = mistake.finding(evidence) else { continue }
      result.append(ExternalAssessment.Finding(kind: mistake.name, text: text))
      if mistake.isConclusive { break }
    }
    return result
  }

  /// All kinds, in the order in which they are looked for.
  static let all = [
    ExternalMistake("batch order", isConclusive: false) { evidence in
      evidence.dependsOnOrder
        ? "Results depend on the order of the trajectories of a batch, though the program says that they do not: a baseline may look at the trajectory before, or episodes are mixed up. Say \"ordered\": true if it is meant."
        : nil
    },
    ExternalMistake("first task") { evidence in
      let silent = evidence.silentTasks
      return silent.isEmpty || silent.count == evidence.evaluation.enumeration.tasks.count
        ? nil
        : "The estimates of the \(silent.count == 1 ? "task" : "tasks") \(silent.map { "\($0 + 1)" }.joined(separator: ", ")) are zero: the gradient is that of the other tasks alone."
    },
    ExternalMistake("single precision") { evidence in
      guard !evidence.identity.isSinglePrecision, evidence.recognition?.level != .pairs,
        let (name, error) = evidence.nearest, (1e-11..<3e-6).contains(error)
      else { return nil }
      return
        "The estimates differ from '\(name)' by \(error.short) of their size, the rounding of single precision: something, such as the powers of the discount, is computed in float32, though the program says float64."
    },
    ExternalMistake("no step", isConclusive: false) { evidence in
      guard evidence.evaluation.step.factor == nil else { return nil }
      return
        "The inner step is no multiple of equation 5's (\(evidence.evaluation.step.error.short) off): it is another step. The bias is against the objective with the program's own step, by differences."
    },
    ExternalMistake("other step") { evidence in
      guard let (factor, name) = evidence.otherStep, evidence.isBiased else { return nil }
      return
        "The estimates are those of '\(name)' with \(factor.short) times the inner step that 'adapt' takes: the parameters that it returns are not those that the estimate uses."
    },
    ExternalMistake("loss") { evidence in
      guard let outer = evidence.outer, outer.isWithoutSteps, outer.error > 10 * outer.tolerance,
        !outer.isZero
      else { return nil }
      guard let loss = outer.loss else {
        return
          "Without inner steps the mean is already \(outer.error.short) of the gradient off (\(outer.undiscountedError.short) for the return without discount): the loss itself is wrong, or a baseline sees its own trajectory. Start with the outer gradient; it is none of the known ones."
      }
      let factor =
        (outer.factor - 1).magnitude > 1e-6
        ? ", times \(multiple(outer.factor, evidence))" : ""
      return
        "Without inner steps the mean is already \(outer.error.short) of the gradient off. The outer gradient is that of \(loss.name)\(factor). \(loss.mistake ?? "Its factor is wrong: divide by the number of trajectories alone.")"
    },
    ExternalMistake("no outer gradient") { evidence in
      evidence.outer?.isZero == true && evidence.outer?.isWithoutSteps == true
        && evidence.evaluation.gradient.contains { $0 != 0 }
        ? "There is no outer gradient: a baseline may take it all where an outer batch has one trajectory."
        : nil
    },
    ExternalMistake("first score") { evidence in
      guard evidence.isFitted, evidence.isBiased, evidence.scores.count > 1 else { return nil }
      let present = evidence.scores.map { ($0 - 1).magnitude < 1e-5 }
      let absent = evidence.scores.map { $0.magnitude < 1e-5 }
      guard present.contains(true), absent.contains(true),
        zip(present, absent).allSatisfy({ $0 || $1 })
      else { return nil }
      let missing = absent.indices.filter { absent[$0] }.map { "\($0 + 1)" }
      return
        "The score of the inner \(missing.count == 1 ? "step" : "steps") \(missing.joined(separator: ", ")) is missing: every inner batch is drawn from parameters that depend on θ, so each has a score term."
    },
    ExternalMistake("score sign") { evidence in
      guard evidence.isFitted, let score = evidence.scores.first, (score + 1).magnitude < 1e-5
      else { return nil }
      return
        "The score term has the coefficient -1: its sign is wrong. It is added to an ascent direction."
    },
    ExternalMistake("score mean") { evidence in
      guard evidence.isFitted, evidence.isBiased, let score = evidence.scores.first,
        score.magnitude > 1e-5, (score - 1).magnitude > 1e-5,
        evidence.scores.allSatisfy({ ($0 - score).magnitude < 1e-5 })
      else { return nil }
      return
        "The score term has the coefficient \(multiple(score, evidence)) instead of 1: it is a sum over all trajectories and steps of the inner batch, not a mean."
    },
    ExternalMistake("jacobian sign") { evidence in
      guard evidence.isFitted, evidence.isBiased, let hessian = evidence.hessian,
        (hessian - 1).magnitude > 1e-5
      else { return nil }
      if hessian.magnitude < 1e-5 {
        return missingJacobian
      }
      return
        "The inner Hessian has the coefficient \(multiple(hessian, evidence)) instead of 1\(hessian < 0 ? ": the Jacobian of the inner step has the wrong sign" : "")."
    },
    ExternalMistake("factor", isConclusive: false) { evidence in
      guard evidence.isBiased, let scaled = evidence.scaled else { return nil }
      let sign = scaled.factor < 0 ? " The estimate should be an ascent direction." : ""
      return
        "The estimates are \(multiple(scaled.factor, evidence)) times those of '\(scaled.names[0])'.\(sign)"
    },
    ExternalMistake("factor") { evidence in
      guard evidence.isBiased, evidence.scaled == nil, evidence.directionError < 1e-6,
        evidence.factor != 0, evidence.recognition == nil || evidence.recognition?.factor != 1
      else { return nil }
      return
        "The mean has the gradient's direction, but \(multiple(evidence.factor, evidence)) times its length."
    },
    ExternalMistake("known bias") { evidence in
      guard evidence.isBiased, let recognition = evidence.recognition,
        recognition.level == .pairs
      else {
        guard evidence.isFitted, evidence.isBiased,
          evidence.scores.allSatisfy({ $0.magnitude < 1e-5 }), !evidence.scores.isEmpty
        else { return nil }
        return Self.missingScore
      }
      if evidence.isScaledGradient { return nil }
      let names = Set(recognition.names)
      if names.contains("maml") { return Self.missingScore }
      if names.contains("first-order-maml") {
        return Self.missingJacobian + " " + Self.missingScore
      }
      if names.contains("first-order-sg-mrl") { return Self.missingJacobian }
      if names.contains("e-maml") {
        return
          "It is E-MAML: the score is a mean over the trajectories of the inner batch where the unbiased estimate has their sum."
      }
      return
        "It is a known estimator, and as biased as that one is: the page on unbiasedness says why."
    },
    ExternalMistake("unknown") { evidence in
      guard evidence.isBiased, evidence.evaluation.step.factor != nil, evidence.scaled == nil
      else { return nil }
      let nearest = evidence.nearest.map { " Nearest is '\($0.name)'." } ?? ""
      return
        "Without inner steps the mean is right: the Jacobian of the inner step or the score is where to look.\(nearest)"
    },
  ]

  private static let missingJacobian =
    "The inner Hessian is missing: the estimate is of first order, without the derivative of the inner step."

  private static let missingScore =
    "The score of the inner batches is missing. The inner batches are drawn from a policy that depends on θ; without Σ ∇ log π times the outer return the estimate is MAML's, biased for the expected return after a sampled step."

  /// A number, as a fraction of the problem's sizes where it is one.
  private static func multiple(_ x: Double, _ evidence: ExternalEvidence) -> String {
    let problem = evidence.evaluation.enumeration.problem
    let settings = problem.settings
    let sizes = [
      ("the number of steps", Double(problem.horizon + 1)),
      ("the number of trajectories", Double(settings.innerEpisodes)),
      (
        "the number of samples", Double(settings.innerEpisodes) * Double(problem.horizon + 1)
      ),
    ]
    for (name, size) in sizes where size > 1 && (x * size - 1).magnitude < 1e-6 {
      return "1/\(Int(size)) (one over \(name))"
    }
    return x.short
  }
}
