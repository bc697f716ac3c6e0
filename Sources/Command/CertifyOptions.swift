import ArgumentParser
import MetaTape

/// The sizes of a random problem.
struct CertifySizes: ParsableArguments {
  @Option(
    help:
      "What a random problem is: random, bernoulli-bandit, gaussian-bandit or random-mdp; Gaussian rewards are replaced by their means, which can be enumerated."
  )
  var problem = CertificateProblem.Family.random
  @Option(help: "The seed of a random problem, or of the samples.")
  var seed = 1
  @Option(help: "The number of states of a random problem; a bandit has one.")
  var states = 2
  @Option(help: "The number of actions, of a bandit its arms.")
  var actions = 2
  @Option(help: "The number of steps of an episode, H + 1.")
  var horizon = 2
  @Option(help: "The number of equally likely tasks.")
  var tasks = 1
  @Option(help: "The trajectories of an inner batch, |D|.")
  var batch = 2
  @Option(help: "The number of inner steps.")
  var innerSteps = 1
  @Option(help: "The inner step size.")
  var stepSize = 0.5
  @Option(
    help:
      "Learn inner step sizes, and certify their gradient too: no, one, per-block, per-parameter."
  )
  var learnsStepSize = StepSizeLearning.no
  @Option(help: "The discount.")
  var discount = 0.95

  func validate() throws {
    if seed < 0 { throw ValidationError("--seed must be at least 0.") }
    for (name, value) in [
      ("states", states), ("actions", actions), ("tasks", tasks), ("batch", batch),
    ] where value < 1 || value > 1000 {
      throw ValidationError("--\(name) must be from 1 to 1000.")
    }
    if states * states * actions * tasks > 100_000_000 {
      throw ValidationError("A problem of that many states, actions and tasks is too large.")
    }
    if !(1...1001).contains(horizon) { throw ValidationError("--horizon must be from 1 to 1001.") }
    if !(0...100).contains(innerSteps) {
      throw ValidationError("--inner-steps must be from 0 to 100.")
    }
    if !stepSize.isFinite { throw ValidationError("--step-size must be finite.") }
    if !(0...1).contains(discount) { throw ValidationError("--discount must be from 0 to 1.") }
  }

  /// Whether all is as without options, but for the seed.
  var isDefault: Bool {
    guard let other = try? Self.parse([]) else { return false }
    return problem == other.problem && states == other.states && actions == other.actions
      && horizon == other.horizon
      && tasks == other.tasks && batch == other.batch && innerSteps == other.innerSteps
      && stepSize == other.stepSize && discount == other.discount
      && learnsStepSize == other.learnsStepSize
  }

  func makeProblem(_ weights: CertifyWeights? = nil) throws -> CertificateProblem {
    var settings = MetaSettings(
      innerSteps: innerSteps, innerStepSize: stepSize, innerEpisodes: batch, outerEpisodes: batch,
      discount: discount)
    weights?.apply(to: &settings)
    let result = try CertificateProblem.random(
      seed: UInt64(seed),
      sizes: CertificateProblem.Sizes(
        states: states, actions: actions, horizon: horizon - 1, tasks: tasks), of: problem,
      settings: settings)
    return learnsStepSize == .no ? result : try result.learningStepSizes(learnsStepSize)
  }
}

/// Weights other than those of equation 5, as published code uses them.
struct CertifyWeights: ParsableArguments {
  @Option(help: "The signals of inner batches: returns or advantages (with --gae-decay).")
  var innerSignal = Surrogate.Signal.returns
  @Option(help: "What sums over inner samples are divided by: trajectories or samples.")
  var innerAverage = Surrogate.Average.trajectories
  @Option(help: "The decay of generalized advantage estimates.")
  var gaeDecay = 1.0
  @Flag(help: "Normalise the signals of inner batches, as the published code does.")
  var innerNormalized = false
  @Flag(help: "Normalise the signals of outer batches; the outer mean is then enumerated.")
  var outerNormalized = false
  @Option(help: "The score's coefficient: mean-return or mean-signal.")
  var scoreCoefficient = ScoreCoefficient.meanReturn

  func validate() throws {
    if !(0...1).contains(gaeDecay) { throw ValidationError("--gae-decay must be from 0 to 1.") }
  }

  var isDefault: Bool {
    innerSignal == .returns && innerAverage == .trajectories && !innerNormalized
      && !outerNormalized && scoreCoefficient == .meanReturn
  }

  func apply(to settings: inout MetaSettings) {
    settings.inner = Surrogate(
      signal: innerSignal, gaeDecay: gaeDecay, isNormalized: innerNormalized,
      average: innerAverage)
    settings.outer.isNormalized = outerNormalized
    settings.outerEpisodes = settings.innerEpisodes
    settings.scoreCoefficient = scoreCoefficient
  }
}

extension ScoreCoefficient: ExpressibleByArgument {}
extension CertificateProblem.Family: ExpressibleByArgument {}
extension StepSizeLearning: ExpressibleByArgument {}
extension Surrogate.Signal: ExpressibleByArgument {}
extension Surrogate.Average: ExpressibleByArgument {}
