import CInterface
import CMetaTape
import Foundation
import Testing

/// The last error of this thread.
func lastError() -> String { metatape_error().map { String(cString: $0) } ?? "" }

/// The text that a function gives.
func answerText(_ call: (TextTarget) -> Int32) throws -> String {
  var pointer: UnsafeMutablePointer<CChar>?
  try #require(call(&pointer) == 0, "\(lastError())")
  defer { metatape_free(pointer) }
  return String(cString: try #require(pointer))
}

/// The document that a function gives.
func document(_ call: (TextTarget) -> Int32) throws -> [String: Any] {
  let text = try answerText(call)
  return try #require(
    JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

/// A batch of environments through the interface, with arrays of the right sizes.
final class Batch {
  let handle: UInt64
  let count, observationSize, actionSize: Int
  var observations, rewards, infos, finals: [Double]
  var terminated, truncated: [UInt8]

  init(
    _ name: String, count: Int, horizon: Int = 100, autoreset: String = "disabled",
    options: String = "{}"
  ) throws {
    var handle: UInt64 = 0
    let request =
      #"{"name": "\#(name)", "count": \#(count), "horizon": \#(horizon), "autoreset": "\#(autoreset)", "options": \#(options)}"#
    try #require(metatape_batch_create(request, &handle) == 0, "\(lastError())")
    let facts = try document { metatape_batch_describe(handle, $0) }
    func size(_ key: String) throws -> Int {
      let space = try #require(facts[key] as? [String: Any])
      return (space["low"] as? [Any])?.count ?? 1
    }
    (self.handle, self.count) = (handle, count)
    (observationSize, actionSize) = (try size("observation_space"), try size("action_space"))
    let names = try #require(facts["info_names"] as? [String])
    observations = [Double](repeating: .nan, count: count * observationSize)
    rewards = [Double](repeating: .nan, count: count)
    infos = [Double](repeating: .nan, count: count * names.count)
    finals = observations
    terminated = [UInt8](repeating: 9, count: count)
    truncated = terminated
  }

  deinit { metatape_batch_free(handle) }

  func set(task: [Double]) -> Int32 {
    metatape_batch_set_task(handle, task, Int64(task.count))
  }

  func reset(seed: UInt64? = nil, mask: [UInt8]? = nil) -> Int32 {
    let seeds = seed.map { [UInt64](repeating: $0, count: count) }
    let numbers = seed.map { _ in (0..<count).map(UInt64.init) }
    return metatape_batch_reset(
      handle, mask, Int64(mask?.count ?? 0), seeds, Int64(seeds?.count ?? 0), numbers,
      Int64(numbers?.count ?? 0), &observations, Int64(observations.count))
  }

  func step(_ actions: [Double]) -> Int32 {
    metatape_batch_step(
      handle, actions, Int64(actions.count), &observations, Int64(observations.count), &rewards,
      Int64(count), &terminated, Int64(count), &truncated, Int64(count), &infos,
      Int64(infos.count), &finals, Int64(finals.count), nil, 0)
  }

  func observation(_ row: Int) -> [Double] {
    Array(observations[row * observationSize..<(row + 1) * observationSize])
  }

  var states: [Double] {
    get throws {
      let facts = try document { metatape_batch_describe(handle, $0) }
      let parts = try #require(facts["state_parts"] as? [[String: Any]])
      let size = parts.reduce(0) { $0 + ($1["size"] as? Int ?? 0) }
      var states = [Double](repeating: .nan, count: count * size)
      try #require(metatape_batch_states(handle, &states, Int64(states.count)) == 0)
      return states
    }
  }
}
