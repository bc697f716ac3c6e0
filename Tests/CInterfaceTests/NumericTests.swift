import CInterface
import CMetaTape
import Environments
import Experiments
import Policies
import Testing

struct NumericTests {
  /// A rollout is the environment's own steps, on any number of threads.
  @Test func rolloutsAreTheEnvironmentsSteps() throws {
    let (rows, steps) = (19, 6)
    let batch = try Batch("half-cheetah-direction", count: rows)
    #expect(batch.reset(seed: 2) == 0)
    let initial = try batch.states
    var stream = RandomStream(seed: 1, purpose: .other)
    let controls = (0..<rows * steps * 6).map { _ in stream.uniform(in: -1..<1) }
    var model: UInt64 = 0
    #expect(metatape_model_named("half-cheetah", &model) == 0)
    defer { metatape_model_free(model) }
    var all: [[Double]] = []
    for threads in [1, 3] {
      var states = [Double](repeating: .nan, count: rows * steps * 18)
      #expect(
        metatape_model_rollout(
          model, Int64(rows), Int64(steps), 5, 0, Int64(threads), initial, Int64(initial.count),
          controls, Int64(controls.count), &states, Int64(states.count)) == 0)
      all.append(states)
    }
    #expect(all[0] == all[1])
    for step in 0..<steps {
      let actions: [Double] = (0..<rows).flatMap { row -> ArraySlice<Double> in
        let place = (row * steps + step) * 6
        return controls[place..<place + 6]
      }
      #expect(batch.step(actions) == 0)
      let states = try batch.states
      for row in 0..<rows {
        let place = (row * steps + step) * 18
        #expect(Array(all[0][place..<place + 18]) == Array(states[row * 18..<row * 18 + 18]))
      }
    }
  }

  @Test(arguments: [
    #"{"kind": "gaussian-network", "observations": 3, "actions": 2, "options": {"hidden-sizes": [5], "activation": "tanh"}}"#,
    #"{"kind": "full-covariance-gaussian-network", "observations": 3, "actions": 2, "options": {"hidden-sizes": [4], "activation": "tanh"}}"#,
    #"{"kind": "categorical-network", "observations": 3, "actions": {"n": 4}, "options": {"hidden-sizes": [5], "activation": "tanh"}}"#,
  ])
  func derivativesAreThoseOfThePolicy(request: String) throws {
    var handle: UInt64 = 0
    try #require(metatape_policy_create(request, &handle) == 0, "\(lastError())")
    defer { metatape_policy_free(handle) }
    let facts = try document { metatape_policy_describe(handle, $0) }
    let size = try #require(facts["parameters"] as? Int)
    let width = try #require(facts["action_size"] as? Int)
    var parameters = [Double](repeating: .nan, count: size)
    #expect(metatape_policy_initialize(handle, 3, &parameters, Int64(size)) == 0)
    // more than one block of rows
    let count = 900
    var stream = RandomStream(seed: 5, purpose: .other)
    let observations = stream.normals(count * 3)
    let (weights, vector) = (stream.normals(count), stream.normals(size))
    var actions = [Double](repeating: .nan, count: count * width)
    #expect(
      metatape_policy_sample(
        handle, 1, parameters, Int64(size), observations, Int64(observations.count), &actions,
        Int64(actions.count)) == 0)
    func value(_ at: [Double]) -> Double {
      var values = [Double](repeating: .nan, count: count)
      #expect(
        metatape_policy_log_probabilities(
          handle, at, Int64(size), observations, Int64(observations.count), actions,
          Int64(actions.count), &values, Int64(count)) == 0)
      return zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    func gradient(_ at: [Double]) -> [Double] {
      var gradient = [Double](repeating: .nan, count: size)
      #expect(
        metatape_policy_gradient(
          handle, at, Int64(size), observations, Int64(observations.count), actions,
          Int64(actions.count), weights, Int64(count), &gradient, Int64(size)) == 0)
      return gradient
    }
    func moved(_ step: Double) -> [Double] { zip(parameters, vector).map { $0 + step * $1 } }
    let step = 1e-5
    let slope = (value(moved(step)) - value(moved(-step))) / (2 * step)
    let exact = zip(gradient(parameters), vector).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(slope - exact) < 1e-6 * (1 + abs(exact)))
    var product = [Double](repeating: .nan, count: size)
    #expect(
      metatape_policy_hessian_vector_product(
        handle, parameters, Int64(size), observations, Int64(observations.count), actions,
        Int64(actions.count), weights, Int64(count), vector, Int64(size), &product, Int64(size))
        == 0)
    let (up, down) = (gradient(moved(step)), gradient(moved(-step)))
    for i in 0..<size {
      #expect(abs((up[i] - down[i]) / (2 * step) - product[i]) < 1e-5 * (1 + abs(product[i])))
    }
  }

  @Test(arguments: [
    (#"{"kind": "oracle", "observations": 1, "actions": 1}"#, "no policy 'oracle'"),
    (#"{"kind": "gaussian-network", "observations": 1, "actions": {"n": 2}}"#, "chooses vectors"),
    (#"{"kind": "softmax", "observations": 3, "actions": 2}"#, "chooses among actions"),
    (
      #"{"kind": "gaussian-network", "observations": 1, "actions": 1, "options": {"hidden-sizes": [0]}}"#,
      "hidden-sizes"
    ),
  ])
  func policiesAreChecked(request: String, words: String) {
    var handle: UInt64 = 0
    #expect(metatape_policy_create(request, &handle) == METATAPE_INVALID_ARGUMENT)
    #expect(lastError().contains(words), "\(lastError())")
  }

  @Test func certificatesAreTheProgramsOwn() throws {
    let request = #"{"problems": {"seed": 3}, "estimators": ["maml", "sg-mrl"], "threads": 2}"#
    let report = try document { metatape_certify(request, $0) }
    #expect(report["passed"] as? Bool == true)
    let cases = try #require(report["cases"] as? [[String: Any]])
    let rows = try #require(cases.first?["verdicts"] as? [[String: Any]])
    #expect(rows.map { $0["verdict"] as? String } == ["biased", "unbiased"])
    #expect(metatape_certify(#"{"estimators": ["x"]}"#, nil) == METATAPE_INVALID_ARGUMENT)
    #expect(lastError().contains("no estimator 'x'"))
  }

  @Test func studiesAndTestsRun() throws {
    let study = try document {
      metatape_study(
        #"{"estimators": ["maml", "sg-mrl"], "meta_batches": 4, "learning": 2, "seed": 2}"#, $0)
    }
    #expect(study["seed"] as? Int == 2)
    #expect(metatape_study(#"{"preset": "none"}"#, nil) == METATAPE_INVALID_ARGUMENT)
    #expect(metatape_study(#"{"set": {"inner.stepps": 1}}"#, nil) == METATAPE_INVALID_ARGUMENT)
    #expect(lastError().contains("did you mean 'inner.steps'"))
    let configuration = try #require(
      Catalog.standard.configuration(preset: "navigation-2d.quickstart"))
    let parameters = try Experiment(configuration).initialParameters
    let test = try document {
      metatape_evaluate(
        #"{"set": {"test.tasks": 2, "test.steps": 1}}"#, parameters, Int64(parameters.count), $0)
    }
    #expect((test["rows"] as? [Any])?.count == 2)
    #expect(metatape_evaluate("{}", parameters, 3, nil) == METATAPE_INVALID_ARGUMENT)
  }

  /// Callbacks: first-order MAML without its gradient is told apart; failures come back as such.
  @Test func estimatorsOfTheCallerAreCertified() throws {
    var functions = metatape_estimator()
    functions.pose = { _, problem in
      problem.map { String(cString: $0).contains("\"features\"") } == true ? 0 : 1
    }
    functions.adapt = { _, count, _, _, start, adapted in
      guard let start, let adapted else { return 1 }
      // the problem below has four parameters
      for i in 0..<Int(count) * 4 { adapted[i] = start[i] }
      return 0
    }
    functions.estimate = { _, count, _, _, gradients in
      guard let gradients else { return 1 }
      for i in 0..<Int(count) * 4 { gradients[i] = 1 }
      return 0
    }
    let request = #"{"name": "ones", "unbiased": true, "problems": {"seed": 1}}"#
    let report = try document { metatape_certify_estimator(request, &functions, $0) }
    #expect(report["passed"] as? Bool == false && report["name"] as? String == "ones")
    functions.estimate = { _, _, _, _, _ in 5 }
    #expect(metatape_certify_estimator(request, &functions, nil) == METATAPE_CALLBACK)
    #expect(lastError().hasSuffix("'estimate' returned 5."))
    functions.estimate = { _, _, _, _, _ in 0 }
    #expect(metatape_certify_estimator(request, &functions, nil) == METATAPE_CALLBACK)
    #expect(lastError().contains("every number has to be written and finite"))
    functions.estimate = nil
    #expect(metatape_certify_estimator(request, &functions, nil) == METATAPE_INVALID_ARGUMENT)
  }
}
