import Environments
import Files
import Simulator

/// A model of the simulator.
final class ModelResource: Resource {
  override class var kind: String { "model" }
  let model: CompiledModel
  init(_ model: CompiledModel) { self.model = model }
}

/// A model by name.
@c @implementation public func metatape_model_named(
  _ name: UnsafePointer<CChar>?, _ model: UnsafeMutablePointer<UInt64>?
) -> Int32 {
  answer {
    let name = try text(name, "name")
    // a path is not opened: that is the caller's
    guard KnownModel.names.contains(name), let known = try KnownModel(name) else {
      throw CallError.argument(
        "There is no model '\(name)'; there are \(KnownModel.names.joined(separator: ", ")), and the text of MJCF files."
      )
    }
    try give(ModelResource(known.model), model)
  }
}

/// A model from the text of an MJCF file.
@c @implementation public func metatape_model_load(
  _ mjcf: UnsafePointer<CChar>?, _ mjcf_count: Int64, _ model: UnsafeMutablePointer<UInt64>?
) -> Int32 {
  answer {
    guard let mjcf, mjcf_count > 0, mjcf_count <= Int64(InputFile.greatestText) else {
      throw CallError.argument(
        "'mjcf' should be a text of 1 to \(InputFile.greatestText) bytes, not of \(mjcf_count).")
    }
    let data = Data(bytes: mjcf, count: Int(mjcf_count))
    try give(ModelResource(try CompiledModel(try MJCFLoader().load(xml: data))), model)
  }
}

/// The sizes and names of a model, as JSON.
@c @implementation public func metatape_model_describe(
  _ model: UInt64, _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  answer(with: model, ModelResource.self) { try give(try jsonText(ModelFacts($0.model)), json) }
}

private struct ModelFacts: Encodable {
  let name: String
  let dofs, motors: Int
  let timestep: Double
  let joints, bodies: [String]

  init(_ model: CompiledModel) {
    name = model.source.name
    (dofs, motors, timestep) = (model.dofCount, model.motorCount, model.timestep)
    joints = model.source.joints.map(\.name)
    bodies = model.source.bodies.map(\.name)
  }
}

/// Simulates episodes with given controls.
@c @implementation public func metatape_model_rollout(
  _ model: UInt64, _ batch: Int64, _ steps: Int64, _ frames: Int64, _ exact: Int32,
  _ threads: Int64, _ initial: UnsafePointer<Double>?, _ initial_count: Int64,
  _ controls: UnsafePointer<Double>?, _ control_count: Int64,
  _ states: UnsafeMutablePointer<Double>?, _ state_count: Int64
) -> Int32 {
  answer {
    // a model does not change: several threads may simulate one
    let model = try Handles.use(model, ModelResource.self) { $0.model }
    for (name, value) in [("batch", batch), ("steps", steps), ("frames", frames)] {
      guard (1...1_000_000_000).contains(value) else {
        throw CallError.argument("'\(name)' is \(value); it should be from 1 to 1000000000.")
      }
    }
    guard (1...1024).contains(threads) else {
      throw CallError.argument("'threads' is \(threads); it should be from 1 to 1024.")
    }
    let (rows, length) = (Int(batch), Int(steps))
    let (width, motors) = (2 * model.dofCount, model.motorCount)
    let (numbers, isTooMany) = (rows * length).multipliedReportingOverflow(by: max(width, motors))
    guard !isTooMany, numbers <= 1 << 40 else {
      throw CallError.argument("\(batch) episodes of \(steps) steps are too many for one call.")
    }
    let starts = try input(
      initial, initial_count, rows * width, "initial", "[\(rows), \(width)]")
    let inputs = try input(
      controls, control_count, rows * length * motors, "controls",
      "[\(rows), \(length), \(motors)]")
    let outputs = try output(
      states, state_count, rows * length * width, "states", "[\(rows), \(length), \(width)]")
    try requireFinite(starts, "initial")
    try requireFinite(inputs, "controls")
    let rollout = Rollout(
      model: model, solver: exact == 0 ? .mujoco : .exact, frames: Int(frames), steps: length,
      initial: starts, controls: inputs, states: outputs)
    if let failure = rollout.run(rows: rows, threads: Int(threads)) { throw failure }
  }
}

/// Episodes from given states with given controls.
private struct Rollout: @unchecked Sendable {
  let model: CompiledModel
  let solver: ConstraintSolver
  let frames, steps: Int
  let initial, controls: UnsafeBufferPointer<Double>
  let states: UnsafeMutableBufferPointer<Double>

  /// Simulates all rows; the failure of the first row that has one.
  func run(rows: Int, threads: Int) -> CallError? {
    // groups of eight are what the simulator steps together
    let groups = (rows + 7) / 8
    let parts = min(threads, groups)
    let failures = UnsafeMutableBufferPointer<CallError?>.allocate(capacity: parts)
    failures.initialize(repeating: nil)
    defer {
      failures.deinitialize()
      failures.deallocate()
    }
    nonisolated(unsafe) let found = failures
    onOwnThreads(parts) { part in
      let bounds = (8 * (groups * part / parts), min(rows, 8 * (groups * (part + 1) / parts)))
      found[part] = run(bounds.0..<bounds.1)
    }
    return failures.lazy.compactMap { $0 }.first
  }

  private func run(_ rows: Range<Int>) -> CallError? {
    let (size, motors, count) = (model.dofCount, model.motorCount, rows.count)
    let width = 2 * size
    let simulation = BatchSimulation(model: model, count: count, solver: solver)
    for i in 0..<count {
      let start = (rows.lowerBound + i) * width
      simulation.reset(
        environment: i, qpos: Array(initial[start..<start + size]),
        qvel: Array(initial[start + size..<start + width]))
    }
    var inputs = [Double](repeating: 0, count: count * motors)
    var outputs = [Double](repeating: 0, count: count * width)
    var failure: CallError?
    for step in 0..<steps {
      for i in 0..<count {
        let start = ((rows.lowerBound + i) * steps + step) * motors
        for k in 0..<motors { inputs[i * motors + k] = controls[start + k] }
      }
      inputs.withUnsafeBufferPointer { simulation.step(controls: $0, frames: frames) }
      if failure == nil, let state = simulation.invalidStates.first {
        failure = .state(
          "Episode \(rows.lowerBound + state.environment) failed at step \(step): \(state.field.rawValue)[\(state.dof)] is \(state.value). Its last valid state is repeated."
        )
      }
      outputs.withUnsafeMutableBufferPointer {
        simulation.copyObservations(skipping: 0, into: $0)
      }
      for i in 0..<count {
        let start = ((rows.lowerBound + i) * steps + step) * width
        for k in 0..<width { states[start + k] = outputs[i * width + k] }
      }
    }
    return failure
  }
}

/// Frees a model.
@c @implementation public func metatape_model_free(_ model: UInt64) -> Int32 {
  answer { try Handles.remove(model, ModelResource.self) }
}
