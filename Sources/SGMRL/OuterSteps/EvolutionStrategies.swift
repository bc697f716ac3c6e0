import Components
import LinearAlgebra
import MessagePassing
import RandomNumbers
import Requirements

/// Evolution strategies for the meta-objective (ES-MAML): the gradient is estimated from returns after
/// adaptation at parameters on both sides of the present ones. No derivative of an adapted policy is taken.
///
/// With directions `ε_1 … ε_n` of independent standard normal numbers and the mean adapted return `F(θ)` of
/// an epoch's chains from `θ`,
///
///     g = (1/n) Σ_i (F(θ + σε_i) - F(θ - σε_i)) / (2σ) ε_i
///
/// Given the directions, its mean is that of the differences of `V_ζ`; over directions it is the gradient
/// of `V_ζ` smoothed by a Gaussian of deviation `σ`. The bias against `∇V_ζ` is of order `σ²`, whatever
/// the inner step size. Both sides of a direction have the same tasks and random numbers. Adam follows the
/// estimate.
///
/// - Complexity: `2n + 1` meta-batches are sampled each epoch; the one at `θ` itself is for the record.
/// - Source: Song et al. (2020), "ES-MAML: simple Hessian-free meta learning", algorithm 3 with antithetic
///   sampling.
public struct EvolutionStrategies: OuterStep {
  /// The settings.
  public let options: EvolutionStrategiesOptions
  private var adam: Adam

  /// Creates a step that has been taken no time.
  public init(_ options: EvolutionStrategiesOptions = EvolutionStrategiesOptions()) {
    self.options = options
    adam = Adam(stepSize: options.decay.stepSize, decayTime: options.decay.decayTimeOrInfinity)
  }

  /// Name and settings.
  public var summary: String {
    "es-maml with \(options.directions) directions of deviation \(options.deviation), seed \(options.seed), followed by \(adam.summary)"
  }

  /// The state of Adam; its number of steps places the random numbers.
  public var state: NamedArrays { adam.state }

  /// Takes over the state of Adam.
  public mutating func restore(
    _ state: NamedArrays, layout: ParameterLayout
  ) throws(TrainingError) { try adam.restore(state, layout: layout) }

  /// Takes the step; the report's `spread` is the standard deviation of the directions' slopes.
  public mutating func step(
    _ parameters: inout MetaParameters, on batch: some MetaBatch
  ) async throws -> OuterStepReport {
    var slopes: [Double] = []
    var gradient = parameters.values.map { _ in 0.0 }
    for index in 0..<options.directions {
      let direction = direction(index, count: gradient.count)
      let slope = try await slope(along: direction, at: parameters, on: batch)
      slopes.append(slope)
      add(slope / Double(options.directions), direction, to: &gradient)
    }
    adam.step(&parameters.values, along: gradient)
    let mean = slopes.reduce(0, +) / Double(slopes.count)
    let square = slopes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let spread = slopes.count > 1 ? (square / Double(slopes.count - 1)).squareRoot() : 0
    return OuterStepReport(gradient: gradient, values: ["spread": spread])
  }

  /// `ε_i` of this step.
  func direction(_ index: Int, count: Int) -> [Double] {
    var stream = RandomStream(
      seed: UInt64(options.seed), purpose: .other,
      at: StreamPlace(epoch: adam.stepCount, task: index))
    return stream.normals(count)
  }

  /// `(F(θ + σε) - F(θ - σε)) / (2σ)`
  private func slope(
    along direction: [Double], at parameters: MetaParameters, on batch: some MetaBatch
  ) async throws -> Double {
    var returns: [Double] = []
    for sign in [1.0, -1] {
      var shifted = parameters
      add(sign * options.deviation, direction, to: &shifted.values)
      let chains = await batch.chains(from: shifted, draw: 0)
      returns.append(try await chains.mean(of: AdaptedReturnRequest())[0])
    }
    return (returns[0] - returns[1]) / (2 * options.deviation)
  }
}

/// The mean discounted return of a chain's outer batch.
struct AdaptedReturnRequest: ChainRequest {
  func numbers(of chain: Chain) -> [Double] {
    [chain.outer?.batch.meanReturn(discount: chain.settings.discount) ?? 0]
  }
}

/// The options of ES-MAML.
public struct EvolutionStrategiesOptions: OuterStepOptions {
  /// The step size of Adam.
  public var decay = StepSizeDecay()
  /// The number of directions, `n`.
  public var directions = 10
  /// How far the parameters are moved along a direction, `σ`.
  public var deviation = 0.05
  /// The seed of the directions.
  public var seed = 1

  /// Creates the defaults.
  public init() {}

  /// `es-maml`
  public var name: String { "es-maml" }
  /// What it is.
  public var summary: String {
    "ES-MAML: a gradient from adapted returns on both sides of the parameters, without derivatives"
  }
  /// The step size, the directions and their length.
  public var fields: [Field<Self>] {
    StepSizeDecay.fields.map { $0.on(\.decay) } + [
      .count(
        "directions", "The random directions of an epoch, each of which samples two meta-batches.",
        \.directions, atLeast: 1, atMost: 100_000),
      .number(
        "deviation", "How far the parameters are moved along a direction.", \.deviation, 0...1e9,
        exclusive: true, symbol: "σ"),
      .count("direction-seed", "The seed of the directions.", \.seed, atLeast: 0, atMost: .max),
    ]
  }

  /// Makes the step.
  public func makeOuterStep() -> any OuterStep { EvolutionStrategies(self) }

  /// Refuses estimators, whose gradient the step would not follow.
  public func validate(_ estimator: Estimator) throws(ConfigurationError) {
    guard estimator.name == Estimator.firstOrderMAML.name else {
      throw ConfigurationError(
        description:
          "es-maml takes its gradient from returns alone and would ignore the estimator \(estimator.name): set estimator: first-order-maml, which computes nothing that is left out, or use another outer step."
      )
    }
  }
}
