import CInterface
import CMetaTape
import Foundation
import Testing

/// Whatever comes from outside, a code comes back.
struct FaultTests {
  @Test(arguments: [
    ("", "should start with {"), ("[]", "should be an object"), ("{}", "'name' is missing"),
    (#"{"name": "chess"}"#, "There are no tasks 'chess'; there are navigation-2d,"),
    (#"{"name": "navigation-2d", "count": 0}"#, "'count' is 0.0"),
    (#"{"name": "navigation-2d", "count": 1e300}"#, "'count'"),
    (#"{"name": "navigation-2d", "horizon": -1}"#, "'horizon'"),
    (#"{"name": "navigation-2d", "cuont": 3}"#, "unknown key 'cuont'"),
    (#"{"name": "navigation-2d", "autoreset": "later"}"#, "'autoreset' is 'later'"),
    (#"{"name": "navigation-2d", "options": {"colour": 1}}"#, "no option 'colour'"),
    (
      #"{"name": "navigation-2d", "options": {"action-scale": -1}}"#,
      "'action-scale' should be a number greater than 0"
    ),
  ])
  func requestsAreChecked(request: String, words: String) {
    var handle: UInt64 = 0
    #expect(metatape_batch_create(request, &handle) == METATAPE_INVALID_ARGUMENT)
    #expect(lastError().contains(words), "\(lastError())")
    #expect(handle == 0)
  }

  @Test func pointersAreChecked() throws {
    var handle: UInt64 = 0
    #expect(metatape_batch_create(nil, &handle) == METATAPE_INVALID_ARGUMENT)
    #expect(
      metatape_batch_create(#"{"name": "navigation-2d"}"#, nil) == METATAPE_INVALID_ARGUMENT)
    let batch = try Batch("navigation-2d", count: 2)
    #expect(
      metatape_batch_reset(batch.handle, nil, 0, nil, 0, nil, 0, nil, 4)
        == METATAPE_INVALID_ARGUMENT)
    #expect(lastError() == "'observations' is NULL; it should have the shape [2, 2].")
    #expect(batch.reset() == 0 && batch.step([1, 2, 3]) == METATAPE_INVALID_ARGUMENT)
    #expect(lastError() == "'actions' has 3 numbers; it should have the shape [2, 2].")
    #expect(batch.step([1, 2, 3, .nan]) == METATAPE_INVALID_ARGUMENT)
    #expect(lastError().contains("nan at place 3"))
    #expect(batch.reset(mask: [1]) == METATAPE_INVALID_ARGUMENT)
    #expect(batch.set(task: [1]) == METATAPE_INVALID_ARGUMENT)
    #expect(batch.set(task: [1, .infinity]) == METATAPE_INVALID_ARGUMENT)
    metatape_free(nil)
  }

  @Test func actionsAndTasksOfTabularTasksAreChecked() throws {
    let batch = try Batch("tabular", count: 1)
    #expect(batch.reset() == 0)
    for action in [-1, 0.5, 1e300] {
      #expect(batch.step([action]) == METATAPE_INVALID_ARGUMENT)
      #expect(lastError().contains("actions are the indices 0 to"))
    }
    for task in [-1, 0.5, 1e300] { #expect(batch.set(task: [task]) == METATAPE_INVALID_ARGUMENT) }
    #expect(
      metatape_batch_set_states(
        batch.handle, nil, 0, [99], 1, &batch.observations, Int64(batch.observations.count))
        == METATAPE_INVALID_ARGUMENT)
    #expect(lastError().contains("no state of 'tabular' in row 0"))
  }

  @Test func handlesAreChecked() throws {
    var handle: UInt64 = 0
    #expect(metatape_model_named("swimmer", &handle) == 0)
    #expect(metatape_batch_free(handle) == METATAPE_INVALID_HANDLE)
    #expect(lastError().contains("is that of a model, not of a batch of environments"))
    #expect(metatape_model_free(handle) == 0)
    #expect(metatape_model_free(handle) == METATAPE_INVALID_HANDLE)
    #expect(lastError().contains("was freed or never made"))
    #expect(metatape_model_describe(0, nil) == METATAPE_INVALID_HANDLE)
    #expect(metatape_model_named("/etc/passwd.xml", &handle) == METATAPE_INVALID_ARGUMENT)
    #expect(metatape_model_load("<mujoco/>", 9, &handle) == METATAPE_INVALID_ARGUMENT)
    #expect(metatape_model_load("<", 1, &handle) == METATAPE_INVALID_ARGUMENT)
    #expect(metatape_model_load(nil, 5, &handle) == METATAPE_INVALID_ARGUMENT)
  }

  /// A simulation that leaves the finite numbers is told of; the others go on.
  @Test func failedStatesAreToldOf() throws {
    let batch = try Batch("half-cheetah-direction", count: 2, options: #"{"action-scale": 1}"#)
    #expect(batch.reset(seed: 1) == 0)
    var states = try batch.states
    states[18 + 9] = 1e9
    #expect(
      metatape_batch_set_states(
        batch.handle, nil, 0, states, Int64(states.count), &batch.observations,
        Int64(batch.observations.count)) == 0)
    let actions = [Double](repeating: 0, count: 12)
    var status: Int32 = 0
    for _ in 0..<50 where status == 0 { status = batch.step(actions) }
    #expect(status == METATAPE_INVALID_STATE && lastError().contains("Episode 1 failed"))
    #expect(batch.step(actions) == METATAPE_INVALID_STATE)
    #expect(batch.reset(mask: [0, 1]) == 0 && batch.step(actions) == 0)
  }

  @Test func threadsTakeTurns() throws {
    let shared = try Batch("navigation-2d", count: 1, horizon: 0)
    #expect(shared.reset() == 0)
    let handle = shared.handle
    let failures = Counter()
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      var (observation, reward) = ([0.0, 0.0], 0.0)
      var (terminated, truncated) = (UInt8(0), UInt8(0))
      for _ in 0..<500 {
        let status = metatape_batch_step(
          handle, [1e-3, 0], 2, &observation, 2, &reward, 1, &terminated, 1, &truncated, 1, nil,
          0, nil, 0, nil, 0)
        if status != 0 { failures.add() }
      }
    }
    #expect(failures.value == 0)
    // no step was lost
    #expect(abs(try shared.states[0] - 4) < 1e-9)
  }
}

private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private(set) var value = 0
  func add() { lock.withLock { value += 1 } }
}
