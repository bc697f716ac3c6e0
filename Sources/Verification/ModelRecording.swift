import Files
import Requirements
import Simulator

/// Physics steps of any model that another program recorded, each from a state of its own.
///
/// The file is JSON, `{"samples": [...]}`; a sample has
///
/// | key | shape | meaning |
/// |---|---|---|
/// | `qpos`, `qvel` | `[nv]` | the state before |
/// | `ctrl` | `[motors]` | the controls |
/// | `steps` | | the number of physics steps; 1 if absent |
/// | `qpos_next`, `qvel_next` | `[nv]` | the state after |
///
/// The other program's solver starts every sample without a warm start.
public struct ModelRecording: Sendable {
  private let samples: [Sample]

  private struct File: Decodable {
    var samples: [Sample]
  }

  private struct Sample: Decodable {
    var qpos, qvel, ctrl, nextPositions, nextVelocities: [Double]
    var steps: Int?

    enum CodingKeys: String, CodingKey {
      case qpos, qvel, ctrl, steps
      case nextPositions = "qpos_next"
      case nextVelocities = "qvel_next"
    }
  }

  /// Reads a recording.
  ///
  /// - Throws: ``GoldenDataError`` if the file cannot be read, is of another format or has no samples.
  public init(contentsOf path: String) throws(GoldenDataError) {
    let data: Data
    do { data = try InputFile.data(path, atMost: InputFile.greatestText) } catch {
      throw GoldenDataError(file: path, problem: error.reason, advice: error.advice)
    }
    do { samples = try JSONDecoder().decode(File.self, from: data).samples } catch {
      throw GoldenDataError(
        file: path, problem: "cannot be used: \(DecodingError.explanation(of: error))",
        advice: "give {\"samples\": [...]} with qpos, qvel, ctrl, qpos_next and qvel_next in each")
    }
    guard !samples.isEmpty else {
      throw GoldenDataError(file: path, problem: "it has no samples", advice: "record at least one")
    }
    for (index, sample) in samples.enumerated() where !(1...10_000).contains(sample.steps ?? 1) {
      throw GoldenDataError(
        file: path, problem: "sample \(index) has \(sample.steps ?? 1) steps",
        advice: "give a number from 1 to 10000")
    }
  }

  /// Repeats every sample with a model.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - path: the recording's file, for messages.
  ///   - tolerance: the largest difference of positions, or of velocities, over one plus the largest
  ///     recorded magnitude.
  ///   - solver: how constraints are solved.
  /// - Returns: The largest errors of positions and velocities.
  /// - Throws: ``GoldenDataError`` if sizes do not match the model's.
  public func verify(
    _ model: CompiledModel, path: String, tolerance: Double, solver: ConstraintSolver = .mujoco
  ) throws(GoldenDataError) -> VerificationReport {
    let size = model.dofCount
    var positions = VerificationReport.Stage("positions", .relative, bar: tolerance)
    var velocities = VerificationReport.Stage("velocities", .relative, bar: tolerance)
    let simulation = BatchSimulation(model: model, count: 1, solver: solver)
    for (index, sample) in samples.enumerated() {
      guard sample.ctrl.count == model.motorCount,
        [sample.qpos, sample.qvel, sample.nextPositions, sample.nextVelocities].allSatisfy({
          $0.count == size
        })
      else {
        throw GoldenDataError(
          file: path,
          problem:
            "sample \(index) does not fit a model of \(size) degrees of freedom and \(model.motorCount) motors",
          advice: "check that it was recorded from \"\(model.source.name)\"")
      }
      simulation.reset(environment: 0, qpos: sample.qpos, qvel: sample.qvel)
      simulation.step(controls: sample.ctrl, frames: sample.steps ?? 1)
      simulation.clearInvalidStates()
      let place = "sample \(index)"
      positions.compare(simulation.qpos(environment: 0), sample.nextPositions, at: place)
      velocities.compare(simulation.qvel(environment: 0), sample.nextVelocities, at: place)
    }
    return VerificationReport(
      model: model.source.name, stateCount: samples.count,
      environmentStepCount: samples.count, stages: [positions, velocities])
  }
}
