import Foundation
import MetaTape
import Simulator

/// The code on the reference pages of the modules.
enum Reference {
  static func autodiff() {
    // snippet: autodiff
    let function = DifferentiableFunction(ParameterLayout([("x", 1, 3)])) { tape in
      square(tape.parameter("x")).sum()
    }
    let (value, gradient) = function.valueWithGradient(at: [1, 2, 3])
    let product = function.hessianVectorProduct(at: [1, 2, 3], direction: [1, 0, 0])
    // end snippet
    print(value, gradient, product)
  }

  static func rosenbrockFunction() {
    // snippet: rosenbrock
    let rosenbrock = DifferentiableFunction(ParameterLayout([("x", 1, 2)])) { tape in
      let x = tape.parameter("x")
      let (a, b) = (x.columns(0..<1), x.columns(1..<2))
      return square(1 - a) + 100 * square(b - square(a))
    }
    let (value, gradient) = rosenbrock.valueWithGradient(at: [0.5, 0.5])
    let curvature = rosenbrock.hessianVectorProduct(at: [0.5, 0.5], direction: [1, 0])
    // end snippet
    print(value, gradient, curvature)
  }

  static func certification() async throws {
    // snippet: certification
    let problem = try CertificateProblem.random(
      seed: 1, settings: MetaSettings(innerSteps: 2, innerStepSize: 0.5, innerEpisodes: 2))
    let certificate = try await Certificate(problem, threads: 2)
    print(certificate["sg-mrl"]?.error ?? .nan, certificate["maml"]?.relativeBias ?? .nan)
    // end snippet
  }

  static func reports(_ folders: [URL], to url: URL) async throws {
    // snippet: reports
    let runs = try RunCollection(folders.map { try StoredRun(reading: $0) })
    let page = try await HTMLReport(title: "SG-MRL and MAML").page(ReportContext(runs, threads: 2))
    try page.document.write(to: url, atomically: true, encoding: .utf8)
    // end snippet
  }

  static func simulator(start: [Double], rest: [Double], actions: [Double]) throws {
    // snippet: simulator
    let model = try CompiledModel(.halfCheetah)
    let batch = BatchSimulation(model: model, count: 64)
    for environment in 0..<64 {
      batch.reset(environment: environment, qpos: start, qvel: rest)
    }
    batch.step(controls: actions, frames: 5)
    for failure in batch.invalidStates { print(failure) }
    // end snippet
  }

  static func batchSimulation() throws {
    // snippet: batch
    let model = try CompiledModel(.halfCheetah)
    let batch = BatchSimulation(model: model, count: 64)
    batch.step(controls: [Double](repeating: 0.1, count: 64 * model.motorCount), frames: 5)
    print(batch.qpos(environment: 3))
    // end snippet
  }

  static func linePlot(to url: URL) throws {
    // snippet: line plot
    let plot = LinePlot(
      title: "Return", x: .init("epoch"), y: .init("return"),
      series: [.init("sg-mrl", points: [.init(0, 1), .init(1, 2, interval: 1.5...2.5)])])
    try Data(plot.svg.utf8).write(to: url)
    // end snippet
  }

  static func html() -> HTML {
    // snippet: html
    let cell: HTML = "<td>\("a < b")</td>"  // <td>a &lt; b</td>
    // end snippet
    return cell
  }

  static func mjcf() throws -> CompiledModel {
    // snippet: mjcf
    let model = try CompiledModel(MJCFLoader().load(path: "half_cheetah.xml"))
    // end snippet
    return model
  }
}

struct MyPolicy: Policy {
  private let softmax = SoftmaxPolicy(
    observationSize: 1, actionCount: 2, featureCount: 1, features: { a, _ in [Double(a)] })
  var observationSize: Int { softmax.observationSize }
  var actionSize: Int { softmax.actionSize }
  var layout: ParameterLayout { softmax.layout }

  func initialParameters(using stream: inout RandomStream) -> [Double] {
    softmax.initialParameters(using: &stream)
  }

  func distribution(given observations: Variable) -> any ActionDistribution {
    softmax.distribution(given: observations)
  }
}

// snippet: bounds
extension MyPolicy: BoundedPolicy {
  func bounds(over observations: Matrix) -> Coverage<PolicyBounds> {
    .covered(PolicyBounds(score: 1, hessian: 0.25, hessianLipschitz: 0.1))
  }
}
// end snippet
