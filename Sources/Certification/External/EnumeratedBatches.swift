import Files
import TensorFiles

/// Every pair of a chain of inner batches and an outer batch of a problem, with its probability: for programs
/// that average their estimates on their own.
///
/// With the estimate `ĝ_p` of each pair `p`, the exact mean is `Σ_p probabilities[p] ĝ_p`; it is to be compared
/// with ``gradient``. Inner steps are equation 5's.
public struct EnumeratedBatches: Sendable {
  /// The version of the files.
  public static let formatVersion = 1

  /// The problem with its trajectories.
  public let table: TrajectoryTable
  /// The trajectories of the inner batches of each pair: `[pairs][ζ][innerBatch]`
  public let chains: [[[Int]]]
  /// The trajectories of the outer batch of each pair: `[pairs][outerBatch]`
  public let outer: [[Int]]
  /// The probabilities of the pairs, whose sum is 1: `[pairs]`
  public let probabilities: [Double]
  /// The parameters after the inner steps: `[pairs][d]`
  public let adapted: [[Double]]
  /// `∇V_ζ: [d]`
  public let gradient: [Double]
  /// `∇V̂: [d]`
  public let meanStepGradient: [Double]

  /// Enumerates a problem.
  ///
  /// - Parameters:
  ///   - problem: the problem; its order setting says whether batches are merged.
  ///   - plan: the limit and the threads.
  /// - Throws: ``CertificateError`` if the problem is too large or its policy is not linear.
  public init(
    _ problem: CertificateProblem, _ plan: ExternalPlan = ExternalPlan()
  ) async throws(CertificateError) {
    try ExternalAssessment.require(problem, plan)
    let enumeration = ExternalEnumeration(problem)
    table = try TrajectoryTable(problem, enumeration.tasks)
    let pairs = enumeration.pairs
    chains = pairs.map { enumeration.trajectories(enumeration.chains[$0.chain]) }
    outer = pairs.map(enumeration.outerMembers)
    probabilities = pairs.map(\.probability)
    adapted = pairs.map { enumeration.chains[$0.chain].parameters }
    let certificate = try await Certificate(
      problem, estimators: [], limit: plan.limit, threads: plan.threads)
    (gradient, meanStepGradient) = (certificate.gradient, certificate.meanStepGradient)
  }

  /// The name of the problem's file: what is no letter, digit, point or underscore becomes a hyphen.
  public var fileName: String {
    let words = table.name.split { !($0.isLetter || $0.isNumber || $0 == "." || $0 == "_") }
    return "\(words.isEmpty ? "problem" : words.joined(separator: "-")).safetensors"
  }

  /// The bytes of the problem's file, in the safetensors format.
  ///
  /// - Returns: The bytes.
  /// - Throws: What the JSON encoder throws.
  public func safeTensors() throws -> Data {
    let (pairs, size) = (chains.count, table.parameters.count)
    var numbers = NamedArrays()
    numbers.set(
      "features",
      shape: [table.features.count, table.features.first?.count ?? 0, size],
      table.features.flatMap { $0.flatMap(\.self) })
    numbers.set("parameters", shape: [size], table.parameters)
    numbers.set(
      "rewards", shape: [table.lengths.count, table.steps], table.rewards.flatMap(\.self))
    numbers.set("probabilities", shape: [pairs], probabilities)
    numbers.set("adapted", shape: [pairs, size], adapted.flatMap(\.self))
    numbers.set("gradient", shape: [size], gradient)
    numbers.set("mean_step_gradient", shape: [size], meanStepGradient)
    let steps = [table.lengths.count, table.steps]
    let integers = [
      IntegerArray("states", shape: steps, table.states.flatMap(\.self)),
      IntegerArray("actions", shape: steps, table.actions.flatMap(\.self)),
      IntegerArray("lengths", shape: [table.lengths.count], table.lengths),
      IntegerArray("tasks", shape: [table.tasks.count], table.tasks),
      IntegerArray(
        "chains", shape: [pairs, table.innerSteps, table.innerBatch],
        chains.flatMap { $0.flatMap(\.self) }),
      IntegerArray("outer", shape: [pairs, table.outerBatch], outer.flatMap(\.self)),
    ]
    let metadata = [
      "formatVersion": "\(Self.formatVersion)", "name": table.name,
      "stepSize": "\(table.stepSize)", "discount": "\(table.discount)",
      "innerSteps": "\(table.innerSteps)", "innerBatch": "\(table.innerBatch)",
      "outerBatch": "\(table.outerBatch)", "steps": "\(table.steps)",
    ]
    return try SafeTensors.encode(numbers, integers: integers, metadata: metadata)
  }
}
