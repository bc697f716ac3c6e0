import ChainSupport
import Foundation
import RolloutSupport
import SGMRL
import Testing

/// The exact means of other programs' estimators against those of the package.
@Suite struct ExternalMeansTests {
  /// What a public program computes, and the rules that should have the same mean.
  static let pairs: [(external: String, rules: [any JacobianRule], tolerance: Double)] = [
    ("loaded-dice old", [DiCE(), LoadedDiCE(traceDecay: 1)], 1e-10),
    ("promp dice_maml", [DiCE(), LoadedDiCE(traceDecay: 1)], 1e-10),
    ("l2l dice, both put right", [DiCE(), LoadedDiCE(traceDecay: 1)], 1e-10),
    // single precision
    ("gmrl-dice (one sample)", [DiCE(), LoadedDiCE(traceDecay: 1)], 1e-7),
    (
      "promp vpg_maml likelihood_ratio", [LowVarianceCurvature(), LoadedDiCE(traceDecay: 0)], 1e-10
    ),
    ("rlax twice", [InnerStepJacobian()], 1e-10),
  ]

  @Test(arguments: pairs.indices) func meansAreTheSame(_ index: Int) throws {
    let (external, rules, tolerance) = Self.pairs[index]
    let results = ExternalMeans.file.results.filter {
      $0.estimator == external && $0.problem != "bandit"
    }
    #expect(!results.isEmpty)
    for result in results {
      let problem = try #require(ExternalMeans.file.problems[result.problem])
      let means = CertificateMeans(
        problem.certificate(stepSize: result.alpha * result.scale),
        rules.map { Estimator(name: "test", summary: "", jacobian: $0, score: .none) })
      for mean in means.means {
        #expect(distance(mean, result.mean.map { $0 / result.scale }) < tolerance)
      }
    }
  }

  /// One state, one step, a sigmoid policy: TMAML's baseline meets no score of another step.
  @Test(arguments: [
    ("tmaml", TMAML() as any JacobianRule), ("promp dice_maml", DiCE()),
    ("promp dice_maml", LoadedDiCE(traceDecay: 0.3)), ("rlax twice", InnerStepJacobian()),
  ])
  func meansForOneStep(_ external: String, _ rule: any JacobianRule) throws {
    let result = try #require(
      ExternalMeans.file.results.first { $0.estimator == external && $0.problem == "bandit" })
    let policy = SoftmaxPolicy(observationSize: 1, actionCount: 2, featureCount: 1) { action, _ in
      [Double(action)]
    }
    let chain = ChainWalk(
      policy,
      settings: MetaSettings(
        innerStepSize: result.alpha, innerEpisodes: 1, discount: 1,
        estimator: Estimator(name: "test", summary: "", jacobian: rule, score: .none)))
    var mean = 0.0
    for action in 0..<2 {
      chain.begin(at: [0])
      chain.takeInnerStep(
        TrajectoryBatch(
          observations: Matrix([[1]]), actions: Matrix([[Double(action)]]),
          rewards: [Double(action)], offsets: [0, 1]))
      let p = policy.probabilities([1], chain.adapted)[1]
      var v = [p * (1 - p)]
      chain.propagate(&v, coefficient: p)
      mean += v[0] / 2
    }
    #expect((mean - result.mean[0]).magnitude < 1e-12)
  }
}

/// The file of other programs' means.
private struct ExternalMeans: Decodable {
  struct Problem: Decodable {
    let states: Int
    let actions: Int
    let horizon: Int
    let discount: Double
    let innerBatch: Int
    let innerSteps: Int
    let initial: [Double]
    let transition: [[[Double]]]
    let reward: [[Double]]
    let theta: [Double]

    /// The same process with a tabular policy, without values to compare.
    func certificate(stepSize: Double) -> Certificate {
      Certificate(
        states: states, actions: actions, horizon: horizon, batch: innerBatch,
        innerSteps: innerSteps, stepSize: stepSize, discount: discount, initial: initial,
        transition: transition, reward: reward,
        parameters: (0..<states).map { Array(theta[$0 * actions..<($0 + 1) * actions]) },
        objective: 0, gradient: [], gradientError: 0, estimatorMeans: [:])
    }
  }
  struct Result: Decodable {
    let problem: String
    let estimator: String
    let alpha: Double
    let scale: Double
    let mean: [Double]
  }
  let problems: [String: Problem]
  let results: [Result]

  static let file: ExternalMeans = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard
      let url = Bundle.module.url(
        forResource: "external", withExtension: "json", subdirectory: "Fixtures"),
      let data = try? Data(contentsOf: url), let file = try? decoder.decode(Self.self, from: data)
    else { preconditionFailure("The means of other programs cannot be read.") }
    return file
  }()
}
