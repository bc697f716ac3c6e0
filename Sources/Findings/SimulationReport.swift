import Environments
import Files
import RandomNumbers
import Requirements
import Simulator

/// The states of a model along given or random actions: `simulate --json`.
public struct SimulationReport: Document {
  /// The version of the format.
  public var schemaVersion = 1
  /// The model's name or file.
  public let model: String
  /// The seed of starts and random actions.
  public let seed: Int
  /// The names of the numbers of a row.
  public let columns: [String]
  /// One for each step and environment: both of these, positions, velocities and controls.
  public let rows: [[Double]]

  /// One line a row, below the names; the first column is the version of the format.
  public var csv: String {
    var text = "schema_version," + columns.joined(separator: ",") + "\n"
    for row in rows {
      text += "1,\(Int(row[0])),\(Int(row[1])),"
      text += row.dropFirst(2).map { "\($0)" }.joined(separator: ",") + "\n"
    }
    return text
  }

  /// The columns of a name, such as `qpos`, in all rows below each other.
  public func values(_ name: String) -> [[Double]] {
    let places = columns.indices.filter { columns[$0].hasPrefix(name + "_") }
    return rows.map { row in places.map { row[$0] } }
  }
}

extension SimulationReport {
  /// Why a file of actions cannot be used.
  public struct ActionsError: ReportedError, Equatable {
    /// The file, the line and what is wrong.
    public let description: String
  }

  /// Reads the actions of each step from a file of comma-separated numbers, a line a step.
  ///
  /// - Throws: ``ActionsError`` if a line has not a number for each motor.
  public static func actions(contentsOf path: String, motors: Int) throws -> [[Double]] {
    let lines: [Substring]
    do { lines = try InputFile.text(path).split(whereSeparator: \.isNewline) } catch {
      throw ActionsError(description: error.description)
    }
    if lines.isEmpty { throw ActionsError(description: "\(path) has no actions.") }
    var result: [[Double]] = []
    for (index, line) in lines.enumerated() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = fields.compactMap { field -> Double? in
        let words = field.split(whereSeparator: \.isWhitespace)
        return words.count == 1 ? Double(words[0]) : nil
      }
      guard numbers.count == fields.count, numbers.count == motors,
        numbers.allSatisfy({ $0.isFinite })
      else {
        throw ActionsError(
          description: "\(path), line \(index + 1): expected \(motors) numbers, not '\(line)'.")
      }
      result.append(numbers)
    }
    return result
  }

  /// Simulates a model from random states near rest.
  ///
  /// - Parameters:
  ///   - known: the model.
  ///   - name: its name, for the document.
  ///   - actions: those of each step, for every environment; nil for uniform ones from ±1.
  ///   - steps: the number of environment steps; at most those of `actions`.
  ///   - frames: the physics steps of one environment step; nil for the model's own.
  ///   - environments: how many run side by side.
  ///   - solver: how constraints are solved.
  ///   - seed: of starts and random actions.
  /// - Throws: `InvalidState` if the simulation fails.
  public init(
    _ known: KnownModel, name: String, actions: [[Double]]? = nil, steps: Int, frames: Int? = nil,
    environments: Int = 1, solver: ConstraintSolver = .mujoco, seed: Int = 1
  ) throws(InvalidState) {
    let (size, motors) = (known.model.dofCount, known.model.motorCount)
    let seeds = UInt64(seed)
    let simulation = BatchSimulation(model: known.model, count: environments, solver: solver)
    for i in 0..<environments {
      var stream = RandomStream(seed: seeds, purpose: .environment, at: StreamPlace(episode: i))
      let qpos = known.model.referencePositions.map { $0 + stream.uniform(in: -0.1..<0.1) }
      let qvel = (0..<size).map { _ in stream.uniform(in: -0.1..<0.1) }
      simulation.reset(environment: i, qpos: qpos, qvel: qvel)
    }
    func randomControls(_ step: Int) -> [Double] {
      (0..<environments).flatMap { i in
        var stream = RandomStream(
          seed: seeds, purpose: .actions, at: StreamPlace(episode: i, step: step))
        return (0..<motors).map { _ in stream.uniform(in: -1..<1) }
      }
    }
    var rows: [[Double]] = []
    for step in 0..<steps {
      let controls =
        actions.map { repeatElement($0[step], count: environments).flatMap(\.self) }
        ?? randomControls(step)
      for i in 0..<environments {
        rows.append(
          [Double(step), Double(i)] + simulation.qpos(environment: i)
            + simulation.qvel(environment: i) + controls[i * motors..<(i + 1) * motors])
      }
      simulation.step(controls: controls, frames: frames ?? known.frames)
      if let failure = simulation.invalidStates.first { throw failure }
    }
    (model, self.seed, self.rows) = (name, seed, rows)
    columns =
      ["step", "environment"] + (0..<size).map { "qpos_\($0)" } + (0..<size).map { "qvel_\($0)" }
      + (0..<motors).map { "ctrl_\($0)" }
  }
}
