import Components
import LinearAlgebra
import MessagePassing
import Requirements

/// Trust region policy optimization (TRPO) of the meta-objective: the step that gains most, by the
/// meta-gradient, under a bound on the divergence of the adapted policies from what they were.
///
/// The direction solves `(H + damping) x = ĝ` by conjugate gradients, with exact products of the
/// divergence's Hessian `H`, the mean of `Jᵀ F J` over the chains. `ĝ` is the estimator's meta-gradient, with
/// its score term. The longest step of that direction within the bound is tried first, and shortened until
/// the divergence, computed on all chains, is within the bound and the objective has grown. Then the
/// parameters move, else they stay.
///
/// The objective of the line search is `L(θ) = S(θ) + (ĝ - ∇S(θ_old))ᵀ (θ - θ_old)` with the
/// likelihood-ratio surrogate `S` after adaptation. Its gradient at the old parameters is `ĝ`, whatever
/// the estimator; not every estimator is the gradient of an objective.
///
/// - Source: Schulman et al. (2015), "Trust region policy optimization"; with MAML, Finn et al. (2017),
///   "Model-agnostic meta-learning for fast adaptation of deep networks".
public struct TrustRegion: OuterStep {
  /// The settings.
  public let options: TrustRegionOptions
  /// The number of steps that moved the parameters.
  public private(set) var acceptedCount = 0

  /// Creates a step that has been taken no time.
  public init(_ options: TrustRegionOptions = TrustRegionOptions()) { self.options = options }

  /// Name and settings.
  public var summary: String {
    "trpo with a divergence of at most \(options.maxDivergence), \(options.iterations) iterations, damping \(options.damping), \(options.backtracks) steps shortened by \(options.backtrackRatio), \(options.scope.rawValue) policies, curvature of a share of \(options.curvatureShare)"
  }

  /// The number of steps that moved the parameters.
  public var state: NamedArrays {
    var state = NamedArrays()
    state["accepted-count"] = [Double(acceptedCount)]
    return state
  }

  /// Takes over the number of steps.
  public mutating func restore(
    _ state: NamedArrays, layout: ParameterLayout
  ) throws(TrainingError) {
    guard let count = state["accepted-count"]?.first.flatMap(Int.init(exactly:)), count >= 0 else {
      throw TrainingError(description: "The state of TRPO has no number of accepted steps.")
    }
    acceptedCount = count
  }

  /// Takes the step.
  ///
  /// The report's values: `accepted` is 1 or 0, `kl` the divergence of the step taken, in nats, `gain` how
  /// much the line search's objective grew, `step_share` the part of the longest step, `cg_residual`
  /// the norm of what the direction leaves of the gradient, relative to it.
  public mutating func step(
    _ parameters: inout MetaParameters, on batch: some MetaBatch
  ) async throws -> OuterStepReport {
    let gradient = try await batch.meanGradient()
    var values = ["accepted": 0, "kl": 0, "gain": 0, "step_share": 0, "cg_residual": 0.0]
    let solution = try await solve(gradient, batch)
    values["cg_residual"] = solution.residual
    guard solution.curvature > 0, solution.curvature.isFinite else {
      return OuterStepReport(gradient: gradient, values: values)
    }
    let longest = (2 * options.maxDivergence / solution.curvature).squareRoot()
    let start = ValueAndGradient(try await batch.mean(of: StartingSurrogateRequest()))
    // what the surrogate lacks of the estimator's gradient
    var rest = gradient
    add(-1, start.gradient, to: &rest)
    var share = 1.0
    for _ in 0..<options.backtracks {
      var moved = parameters.policy
      add(share * longest, solution.direction, to: &moved)
      let found = try await batch.values(at: moved, LikelihoodRatio(), options.scope)
      let gain = found.surrogate - start.value + share * longest * dot(rest, solution.direction)
      if gain > 0, found.divergence <= options.maxDivergence {
        parameters.policy = moved
        acceptedCount += 1
        (values["accepted"], values["kl"], values["gain"]) = (1, found.divergence, gain)
        values["step_share"] = share
        break
      }
      share *= options.backtrackRatio
    }
    return OuterStepReport(gradient: gradient, values: values)
  }

  /// Solves `(H + damping) x = g` by conjugate gradients.
  ///
  /// - Returns: `x`, the curvature `xᵀ (H + damping) x`, and the norm of the residual over that of `g`.
  private func solve(
    _ gradient: [Double], _ batch: some MetaBatch
  ) async throws -> (direction: [Double], curvature: Double, residual: Double) {
    var x = gradient.map { _ in 0.0 }
    var (residual, direction) = (gradient, gradient)
    let start = dot(gradient, gradient)
    var square = start
    for _ in 0..<options.iterations where square > 1e-20 * start {
      var product = try await batch.divergenceHessianProduct(
        direction, options.scope, share: options.curvatureShare)
      add(options.damping, direction, to: &product)
      let curvature = dot(direction, product)
      guard curvature > 0 else { break }
      let size = square / curvature
      add(size, direction, to: &x)
      add(-size, product, to: &residual)
      let next = dot(residual, residual)
      for i in direction.indices { direction[i] = residual[i] + next / square * direction[i] }
      square = next
    }
    // (H + damping) x = g - residual
    let curvature = dot(x, gradient) - dot(x, residual)
    return (x, curvature, start > 0 ? (square / start).squareRoot() : 0)
  }
}

/// The options of TRPO; the defaults are those that the field's public programs share.
public struct TrustRegionOptions: OuterStepOptions {
  /// The greatest mean divergence of the adapted policies from what they were, in nats.
  public var maxDivergence = 0.01
  /// The iterations of conjugate gradients.
  public var iterations = 10
  /// What is added to the diagonal of the Hessian.
  public var damping = 1e-5
  /// The factor by which a step that is refused is shortened.
  public var backtrackRatio = 0.8
  /// The number of lengths that are tried.
  public var backtracks = 15
  /// The share of the chains whose curvature is used; acceptance looks at all.
  public var curvatureShare = 1.0
  /// The policies whose divergence is bounded.
  public var scope = DivergenceScope.adapted

  /// Creates the defaults.
  public init() {}

  /// `trpo`
  public var name: String { "trpo" }
  /// What it is.
  public var summary: String {
    "TRPO: the meta-gradient under a bound on the divergence of the adapted policies"
  }
  /// The bound, the solver and the line search.
  public var fields: [Field<Self>] {
    [
      .number(
        "max-kl", "The greatest mean divergence of the adapted policies, in nats.",
        \.maxDivergence, 0...1e9, exclusive: true, symbol: "δ"),
      .count(
        "cg-iterations", "The iterations of conjugate gradients.", \.iterations, atLeast: 1,
        atMost: 1000),
      .number("damping", "What is added to the Hessian's diagonal.", \.damping, 0...1e9),
      .number(
        "backtrack-ratio", "The factor by which a refused step is shortened.",
        \.backtrackRatio, 0.01...0.99),
      .count(
        "backtracks", "The number of step lengths that are tried.", \.backtracks, atLeast: 1,
        atMost: 1000),
      .number(
        "curvature-share",
        "The share of the chains whose curvature is used for the direction; the bound is checked on all.",
        \.curvatureShare, 0.001...1
      ).neutral { $0.curvatureShare == 1 },
      .choice(
        "kl-scope",
        "The policies whose divergence is bounded: the adapted one, or all, with those that draw the inner batches.",
        \.scope
      ).neutral { $0.scope == .adapted },
    ]
  }

  /// Makes the step.
  public func makeOuterStep() -> any OuterStep { TrustRegion(self) }
}
