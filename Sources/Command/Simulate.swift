import ArgumentParser
import Files
import Foundation
import MetaTape

/// Runs a model and writes its states.
struct Simulate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Simulate a model with given or random actions and write its states.",
    discussion: """
      Example: metatape simulate half-cheetah --steps 200 --output states.csv

      Actions are read from a CSV file, one line a step, or drawn uniformly from ±1. The output, to \
      a file that ends in .csv or .npz or to standard output, has one row for each step and \
      environment: positions, velocities and controls.
      """)

  @Argument(help: "half-cheetah, swimmer, or an MJCF file.", completion: .models)
  var model: String

  @Option(help: "The number of environment steps (default: the rows of --actions, else 200).")
  var steps: Int?

  @Option(help: "The physics steps of one environment step (default: Gymnasium's).")
  var frames: Int?

  @Option(help: "How many environments run side by side.")
  var environments = 1

  @Option(
    help: "A CSV file with the actions of each step.", completion: .file(extensions: ["csv"]))
  var actions: String?

  @Option(
    help: "The file to write, .csv or .npz.", completion: .file(extensions: ["csv", "npz"]))
  var output: String?

  @Flag(help: "Solve for the minimiser instead of stopping where MuJoCo does.")
  var exact = false

  @Option(help: "The seed of the start and of random actions.")
  var seed = 1

  @Flag(help: "Print one JSON document instead of CSV.")
  var json = false

  func validate() throws {
    try requirePath(actions, "actions")
    for (name, value, most) in [
      ("steps", steps ?? 1, 1_000_000), ("environments", environments, 1_000_000),
      ("frames", frames ?? 1, 10_000),
    ] where !(1...most).contains(value) {
      throw ValidationError("--\(name) must be from 1 to \(most).")
    }
    try requireMemory(steps: steps ?? Self.defaultSteps)
    if seed < 0 { throw ValidationError("--seed must be at least 0.") }
    if let output, !output.hasSuffix(".csv") && !output.hasSuffix(".npz") {
      throw ValidationError("--output must end in .csv or .npz.")
    }
  }

  private static let defaultSteps = 200
  private static let greatestRows = 10_000_000

  private func requireMemory(steps: Int) throws {
    if steps * environments > Self.greatestRows {
      throw ValidationError(
        "\(steps) steps of \(environments) environments are more than \(Self.greatestRows) rows: take fewer of either."
      )
    }
  }

  func run() async throws {
    let known = try SimulatorModel(model)
    let (size, motors) = (known.model.dofCount, known.model.motorCount)
    let given = try actions.map { try readActions($0, motors) }
    let simulation = BatchSimulation(
      model: known.model, count: environments, solver: exact ? .exact : .mujoco)
    for i in 0..<environments { start(simulation, i, size) }
    let count = steps ?? given?.count ?? Self.defaultSteps
    if let actions, let given, given.count < count {
      throw Failure(
        code: 65,
        message:
          "\(actions) has actions for \(given.count) steps, but --steps asks for \(count): give as many lines, or leave --steps out."
      )
    }
    try requireMemory(steps: count)
    var table = StateTable(size: size, motors: motors)
    for step in 0..<count {
      let controls =
        given.map { repeatElement($0[step], count: environments).flatMap(\.self) }
        ?? randomControls(step, motors)
      for i in 0..<environments {
        table.append(
          step, i, simulation.qpos(environment: i), simulation.qvel(environment: i),
          Array(controls[i * motors..<(i + 1) * motors]))
      }
      simulation.step(controls: controls, frames: frames ?? known.frames)
      if let failure = simulation.invalidStates.first { throw failure }
    }
    try write(table, count)
  }

  private func start(_ simulation: BatchSimulation, _ i: Int, _ size: Int) {
    var stream = RandomStream(
      seed: UInt64(seed), purpose: .environment, at: StreamPlace(episode: i))
    let qpos = (0..<size).map { _ in stream.uniform(in: -0.1..<0.1) }
    let qvel = (0..<size).map { _ in stream.uniform(in: -0.1..<0.1) }
    simulation.reset(environment: i, qpos: qpos, qvel: qvel)
  }

  private func randomControls(_ step: Int, _ motors: Int) -> [Double] {
    (0..<environments).flatMap { i in
      var stream = RandomStream(
        seed: UInt64(seed), purpose: .actions, at: StreamPlace(episode: i, step: step))
      return (0..<motors).map { _ in stream.uniform(in: -1..<1) }
    }
  }

  private func readActions(_ path: String, _ motors: Int) throws -> [[Double]] {
    let lines = try InputFile.text(path).split(whereSeparator: \.isNewline)
    if lines.isEmpty { throw Failure(code: 65, message: "\(path) has no actions.") }
    return try lines.enumerated().map { index, line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = fields.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
      guard numbers.count == fields.count, numbers.count == motors,
        numbers.allSatisfy({ $0.isFinite })
      else {
        throw Failure(
          code: 65,
          message: "\(path), line \(index + 1): expected \(motors) numbers, not '\(line)'.")
      }
      return numbers
    }
  }

  private func write(_ table: StateTable, _ count: Int) throws {
    if json {
      Console.printJSON(
        try JSON.encode(
          StateTable.Document(model: model, seed: seed, columns: table.columns, rows: table.rows)))
      if output == nil { return }
    }
    let data =
      output?.hasSuffix(".npz") == true
      ? table.npz(steps: count, environments: environments) : Data(table.csv.utf8)
    guard let output else {
      StandardOutput.write(data)
      return
    }
    try writeFile(data, to: output)
  }
}

/// States and controls, one row for each step and environment.
private struct StateTable {
  struct Document: Encodable {
    let schemaVersion = 1
    let model: String
    let seed: Int
    let columns: [String]
    let rows: [[Double]]
  }

  let size: Int
  let motors: Int
  private(set) var rows: [[Double]] = []

  init(size: Int, motors: Int) {
    self.size = size
    self.motors = motors
  }

  var columns: [String] {
    ["step", "environment"] + (0..<size).map { "qpos_\($0)" } + (0..<size).map { "qvel_\($0)" }
      + (0..<motors).map { "ctrl_\($0)" }
  }

  mutating func append(
    _ step: Int, _ environment: Int, _ qpos: [Double], _ qvel: [Double], _ controls: [Double]
  ) {
    rows.append([Double(step), Double(environment)] + qpos + qvel + controls)
  }

  /// One line a row, below the names; the first column is the version of the format.
  var csv: String {
    var text = "schema_version," + columns.joined(separator: ",") + "\n"
    for row in rows {
      text += "1,\(Int(row[0])),\(Int(row[1])),"
      text += row.dropFirst(2).map { "\($0)" }.joined(separator: ",") + "\n"
    }
    return text
  }

  /// The arrays `qpos`, `qvel` and `ctrl`, of shape `[steps, environments, k]`.
  func npz(steps: Int, environments: Int) -> Data {
    let shape = [steps, environments]
    func part(_ range: Range<Int>) -> NumPyArchive.Entry {
      NumPyArchive.Entry(shape: shape + [range.count], elements: rows.flatMap { $0[range] })
    }
    return NumPyArchive.encode([
      ("qpos", part(2..<2 + size)), ("qvel", part(2 + size..<2 + 2 * size)),
      ("ctrl", part(2 + 2 * size..<2 + 2 * size + motors)),
      ("schema_version", NumPyArchive.Entry(shape: [1], elements: [1])),
    ])
  }
}
