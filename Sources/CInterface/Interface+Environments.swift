import Experiments

/// The place for a text.
public typealias TextTarget = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// Makes a batch of environments.
@c @implementation public func metatape_batch_create(
  _ options: UnsafePointer<CChar>?, _ batch: UnsafeMutablePointer<UInt64>?
) -> Int32 {
  answer {
    try give(try EnvironmentBatch(try BatchRequest(try text(options, "options"))), batch)
  }
}

/// Spaces, parts of a state and other facts of a batch, as JSON.
@c @implementation public func metatape_batch_describe(
  _ batch: UInt64, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  answer(with: batch, EnvironmentBatch.self) { try give(try jsonText(BatchFacts($0)), json) }
}

/// Draws a task.
@c @implementation public func metatape_batch_sample_task(
  _ batch: UInt64, _ seed: UInt64, _ index: UInt64, _ task: UnsafeMutablePointer<Double>?,
  _ task_count: Int64
) -> Int32 {
  answer(with: batch, EnvironmentBatch.self) { batch in
    let task = try output(task, task_count, batch.taskSize, "task", "[\(batch.taskSize)]")
    guard index < 1 << 24 else {
      throw CallError.argument("'index' is \(index): use less than 2^24.")
    }
    _ = task.update(
      fromContentsOf: EnvironmentBatch.task(of: batch.tasks, seed: seed, index: Int(index)))
  }
}

/// Sets the task from the next reset of all episodes on.
@c @implementation public func metatape_batch_set_task(
  _ batch: UInt64, _ task: UnsafePointer<Double>?, _ task_count: Int64
) -> Int32 {
  answer(with: batch, EnvironmentBatch.self) { batch in
    try batch.setTask(try input(task, task_count, batch.taskSize, "task", "[\(batch.taskSize)]"))
  }
}

/// The task that was set.
@c @implementation public func metatape_batch_task(
  _ batch: UInt64, _ task: UnsafeMutablePointer<Double>?, _ task_count: Int64
) -> Int32 {
  answer(with: batch, EnvironmentBatch.self) { batch in
    let target = try output(task, task_count, batch.taskSize, "task", "[\(batch.taskSize)]")
    _ = target.update(fromContentsOf: batch.task)
  }
}

/// Starts episodes.
@c @implementation public func metatape_batch_reset(
  _ batch: UInt64, _ mask: UnsafePointer<UInt8>?, _ mask_count: Int64,
  _ seeds: UnsafePointer<UInt64>?, _ seed_count: Int64, _ numbers: UnsafePointer<UInt64>?,
  _ number_count: Int64, _ observations: UnsafeMutablePointer<Double>?, _ observation_count: Int64
) -> Int32 {
  answer(with: batch, EnvironmentBatch.self) { batch in
    let rows = batch.rows(try batch.optional(mask, mask_count, "mask"))
    let observations = try batch.observations(observations, observation_count)
    if let seeds = try batch.optional(seeds, seed_count, "seeds") {
      try batch.seed(rows, seeds, try batch.optional(numbers, number_count, "numbers"))
    } else if numbers != nil {
      throw CallError.argument("There are 'numbers' without 'seeds': give both or neither.")
    }
    batch.reset(rows, observations)
  }
}

/// Advances every episode by one step.
@c @implementation public func metatape_batch_step(
  _ batch: UInt64, _ actions: UnsafePointer<Double>?, _ action_count: Int64,
  _ observations: UnsafeMutablePointer<Double>?, _ observation_count: Int64,
  _ rewards: UnsafeMutablePointer<Double>?, _ reward_count: Int64,
  _ terminated: UnsafeMutablePointer<UInt8>?, _ terminated_count: Int64,
  _ truncated: UnsafeMutablePointer<UInt8>?, _ truncated_count: Int64,
  _ infos: UnsafeMutablePointer<Double>?, _ info_count: Int64,
  _ final_observations: UnsafeMutablePointer<Double>?, _ final_observation_count: Int64,
  _ final_infos: UnsafeMutablePointer<Double>?, _ final_info_count: Int64
) -> Int32 {
  answer(with: batch, EnvironmentBatch.self) { batch in
    let arrays = try batch.arrays(
      actions, action_count, observations, observation_count, rewards, reward_count, terminated,
      terminated_count, truncated, truncated_count, infos, info_count, final_observations,
      final_observation_count, final_infos, final_info_count)
    try batch.step(arrays.actions, arrays.target)
  }
}

/// Keeps the arrays of a step.
@c @implementation public func metatape_batch_bind(
  _ batch: UInt64, _ actions: UnsafePointer<Double>?, _ action_count: Int64,
  _ observations: UnsafeMutablePointer<Double>?, _ observation_count: Int64,
  _ rewards: UnsafeMutablePointer<Double>?, _ reward_count: Int64,
  _ terminated: UnsafeMutablePointer<UInt8>?, _ terminated_count: Int64,
  _ truncated: UnsafeMutablePointer<UInt8>?, _ truncated_count: Int64,
  _ infos: UnsafeMutablePointer<Double>?, _ info_count: Int64,
  _ final_observations: UnsafeMutablePointer<Double>?, _ final_observation_count: Int64,
  _ final_infos: UnsafeMutablePointer<Double>?, _ final_info_count: Int64
) -> Int32 {
  answer(with: batch, EnvironmentBatch.self) { batch in
    batch.bound = try batch.arrays(
      actions, action_count, observations, observation_count, rewards, reward_count, terminated,
      terminated_count, truncated, truncated_count, infos, info_count, final_observations,
      final_observation_count, final_infos, final_info_count)
  }
}

/// Advances every episode by one step with the arrays that were kept.
@c @implementation public func metatape_batch_advance(_ batch: UInt64) -> Int32 {
  answer(with: batch, EnvironmentBatch.self) { batch in
    guard let arrays = batch.bound else {
      throw CallError.state("The batch has no arrays: call metatape_batch_bind first.")
    }
    try batch.step(arrays.actions, arrays.target)
  }
}

/// Copies full states.
@c @implementation public func metatape_batch_states(
  _ batch: UInt64, _ states: UnsafeMutablePointer<Double>?, _ state_count: Int64
) -> Int32 {
  answer(with: batch, EnvironmentBatch.self) { batch in
    let (count, size) = (batch.count, batch.stateSize)
    let target = try output(states, state_count, count * size, "states", "[\(count), \(size)]")
    batch.environment.copyStates(into: MutableMatrixView(target, rows: count, columns: size))
  }
}

/// Starts episodes from given states.
@c @implementation public func metatape_batch_set_states(
  _ batch: UInt64, _ mask: UnsafePointer<UInt8>?, _ mask_count: Int64,
  _ states: UnsafePointer<Double>?, _ state_count: Int64,
  _ observations: UnsafeMutablePointer<Double>?, _ observation_count: Int64
) -> Int32 {
  answer(with: batch, EnvironmentBatch.self) { batch in
    let (count, size) = (batch.count, batch.stateSize)
    let rows = batch.rows(try batch.optional(mask, mask_count, "mask"))
    let source = try input(states, state_count, count * size, "states", "[\(count), \(size)]")
    try batch.restart(
      rows, from: MatrixView(source, rows: count, columns: size),
      try batch.observations(observations, observation_count))
  }
}

/// What there is to draw of an episode, as JSON.
@c @implementation public func metatape_batch_picture(
  _ batch: UInt64, _ row: Int64, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  answer(with: batch, EnvironmentBatch.self) { batch in
    guard (0..<Int64(batch.count)).contains(row) else {
      throw CallError.argument("'row' is \(row); there are \(batch.count) episodes.")
    }
    try give(try jsonText(try Picture(batch, row: Int(row))), json)
  }
}

/// Frees a batch.
@c @implementation public func metatape_batch_free(_ batch: UInt64) -> Int32 {
  answer { try Handles.remove(batch, EnvironmentBatch.self) }
}

extension EnvironmentBatch {
  /// One number for each episode, or NULL.
  fileprivate func optional<Element>(
    _ pointer: UnsafePointer<Element>?, _ size: Int64, _ name: StaticString
  ) throws -> UnsafeBufferPointer<Element>? {
    pointer == nil ? nil : try input(pointer, size, count, name, "[\(count)]")
  }

  fileprivate func observations(
    _ pointer: UnsafeMutablePointer<Double>?, _ size: Int64
  ) throws -> MutableMatrixView {
    MutableMatrixView(
      try output(
        pointer, size, count * observationSize, "observations", "[\(count), \(observationSize)]"),
      rows: count, columns: observationSize)
  }

  /// The arrays of a step.
  fileprivate func arrays(
    _ actions: UnsafePointer<Double>?, _ action_count: Int64,
    _ observations: UnsafeMutablePointer<Double>?, _ observation_count: Int64,
    _ rewards: UnsafeMutablePointer<Double>?, _ reward_count: Int64,
    _ terminated: UnsafeMutablePointer<UInt8>?, _ terminated_count: Int64,
    _ truncated: UnsafeMutablePointer<UInt8>?, _ truncated_count: Int64,
    _ infos: UnsafeMutablePointer<Double>?, _ info_count: Int64,
    _ final_observations: UnsafeMutablePointer<Double>?, _ final_observation_count: Int64,
    _ final_infos: UnsafeMutablePointer<Double>?, _ final_info_count: Int64
  ) throws -> (actions: MatrixView, target: Target) {
    let actions = try input(
      actions, action_count, count * actionSize, "actions", "[\(count), \(actionSize)]")
    let target = Target(
      observations: try self.observations(observations, observation_count),
      rewards: try output(rewards, reward_count, count, "rewards", "[\(count)]"),
      terminated: try output(terminated, terminated_count, count, "terminated", "[\(count)]"),
      truncated: try output(truncated, truncated_count, count, "truncated", "[\(count)]"),
      infos: try self.infos(infos, info_count, "infos"),
      finalObservations: final_observations == nil
        ? nil : try self.observations(final_observations, final_observation_count),
      finalInfos: try self.infos(final_infos, final_info_count, "final_infos"))
    return (MatrixView(actions, rows: count, columns: actionSize), target)
  }

  fileprivate func infos(
    _ pointer: UnsafeMutablePointer<Double>?, _ size: Int64, _ name: StaticString
  ) throws -> MutableMatrixView? {
    pointer == nil
      ? nil
      : MutableMatrixView(
        try output(pointer, size, count * infoCount, name, "[\(count), \(infoCount)]"),
        rows: count, columns: infoCount)
  }
}

/// What a batch is.
private struct BatchFacts: Encodable {
  struct SpaceFacts: Encodable {
    var n: Int?
    var low, high: [Double?]?

    init(_ space: Space) {
      switch space {
      case .discrete(let count): n = count
      case .box(let low, let high):
        (self.low, self.high) = (low.map(Self.finite), high.map(Self.finite))
      }
    }

    private static func finite(_ bound: Double) -> Double? { bound.isFinite ? bound : nil }
  }
  struct Part: Encodable {
    let name: String
    let size: Int
  }
  let name, summary, autoreset: String
  let count, horizon, taskSize: Int
  let observationSpace, actionSpace: SpaceFacts
  let stateParts: [Part]
  let infoNames: [String]
  var timestep: Double?
  let render: String?

  init(_ batch: EnvironmentBatch) {
    (name, summary) = (batch.tasks.name, batch.options.summary)
    (count, horizon, taskSize) = (batch.count, batch.horizon, batch.taskSize)
    autoreset = batch.autoreset.rawValue
    observationSpace = SpaceFacts(batch.tasks.observationSpace)
    actionSpace = SpaceFacts(batch.tasks.actionSpace)
    stateParts = batch.environment.stateParts.map { Part(name: $0.name, size: $0.size) }
    infoNames = batch.informative?.infoNames ?? []
    timestep = (batch.tasks as? any BodyTasks)?.body.timestep
    render = Picture.kind(of: batch.tasks)
  }
}
