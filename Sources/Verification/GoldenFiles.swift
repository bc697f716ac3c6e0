import Files
import Requirements
import Simulator

/// A recorded state with the output of every stage, one physics step, and its solver data.
struct GoldenState: Decodable {
  var id: Int
  var kind: String
  var qpos: [Double]
  var qvel: [Double]
  var ctrl: [Double]
  var warm: WarmStart
  var massMatrix: [Double]
  var bias: [Double]
  var passive: [Double]
  var actuator: [Double]
  var smoothAcceleration: [Double]
  var contacts: [GoldenContact]
  var constraintForce: [Double]
  var acceleration: [Double]
  var nextPosition: [Double]
  var nextVelocity: [Double]
  var exactNextPosition: [Double]?
  var exactNextVelocity: [Double]?
  var gap: Double
  var rows: GoldenRows?

  enum CodingKeys: String, CodingKey {
    case id, kind, qpos, qvel, ctrl, warm, bias, passive, actuator, contacts, gap
    case massMatrix = "M"
    case smoothAcceleration = "qacc_smooth"
    case constraintForce = "qfrc_constraint"
    case acceleration = "qacc"
    case nextPosition = "qpos_next"
    case nextVelocity = "qvel_next"
    case exactNextPosition = "qpos_next_exact"
    case exactNextVelocity = "qvel_next_exact"
    case rows = "efc"
  }
}

/// A warm start as written: a vector, or the number 0 for zeros.
enum WarmStart: Decodable {
  case zero
  case vector([Double])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let vector = try? container.decode([Double].self) {
      self = .vector(vector)
    } else {
      _ = try container.decode(Double.self)
      self = .zero
    }
  }

  /// The vector, nil for zeros.
  var values: [Double]? {
    if case .vector(let vector) = self { vector } else { nil }
  }
}

/// A recorded contact; position and frame are spatial.
struct GoldenContact: Decodable {
  /// The other geom, 0 or absent for the ground.
  var geom1: Int?
  var geom: Int
  var dist: Double
  var pos: [Double]
  var frame: [Double]
  /// The distance from which on the contact acts, absent for 0.
  var margin: Double?

  /// Whether the contact acts along a direction of the plane. MuJoCo also lists contacts of
  /// capsules whose axes cross, along the plane's normal, and some without rows.
  var movesSomething: Bool { frame[1].magnitude < 0.5 && (margin.map { dist < $0 } ?? true) }
}

/// Recorded constraint rows.
struct GoldenRows: Decodable {
  var type: [Int]
  var jacobian: [[Double]]
  var pos: [Double]
  var vel: [Double]
  var regularizer: [Double]
  var aref: [Double]
  var force: [Double]

  enum CodingKeys: String, CodingKey {
    case type, pos, vel, aref, force
    case jacobian = "J"
    case regularizer = "R"
  }
}

/// A recorded rollout at environment-step boundaries.
struct GoldenRollout: Decodable {
  var id: Int
  var kind: String
  var actions: [[Double]]
  var qpos: [[Double]]
  var qvel: [[Double]]
  var warm: [[Double]]
  var reward: [Double]
  /// The bonus for staying upright after each step, absent where there is none.
  var healthy: [Double]?
  var gap: [Double]
  var sens: [Double]
}

/// `<model>_states.json`.
struct GoldenStates: Decodable {
  var states: [GoldenState]
}

/// `<model>_rollouts.json`.
struct GoldenRollouts: Decodable {
  var frameSkip: Int
  var dt: Double
  var rollouts: [GoldenRollout]

  enum CodingKeys: String, CodingKey {
    case dt, rollouts
    case frameSkip = "frame_skip"
  }
}

/// Reference data that cannot be used: which file, why, and what to do.
public struct GoldenDataError: ReportedError, Hashable {
  /// The path of the file.
  public var file: String

  /// What is wrong.
  public var problem: String

  /// What to do.
  public var advice: String

  /// The error as one line.
  public var description: String { "\(file): \(problem); \(advice)" }
}

/// Reads the files of a directory of reference data.
struct GoldenDirectory {
  let path: String
  let model: CompiledModel

  /// The recorded states.
  func states() throws(GoldenDataError) -> [GoldenState] {
    let file = "\(path)/\(model.source.name)_states.json"
    let states = try decode(GoldenStates.self, file).states
    let size = model.dofCount
    for state in states {
      let vectors = [
        state.qpos, state.qvel, state.bias, state.passive, state.actuator,
        state.smoothAcceleration, state.constraintForce, state.acceleration,
        state.nextPosition, state.nextVelocity, state.warm.values,
        state.exactNextPosition, state.exactNextVelocity,
      ].compactMap { $0 }
      let rows = state.rows.map { rows in
        let count = rows.type.count
        return rows.jacobian.allSatisfy { $0.count == size }
          && [
            rows.jacobian.count, rows.pos.count, rows.vel.count, rows.regularizer.count,
            rows.aref.count, rows.force.count,
          ].allSatisfy { $0 == count }
      }
      guard vectors.allSatisfy({ $0.count == size }), state.ctrl.count == model.motorCount,
        state.massMatrix.count == size * (size + 1) / 2, rows ?? true,
        state.contacts.allSatisfy({ $0.pos.count == 3 && $0.frame.count == 9 })
      else { throw mismatch(file, "state \(state.id)") }
    }
    return states
  }

  /// The recorded rollouts.
  func rollouts() throws(GoldenDataError) -> GoldenRollouts {
    let file = "\(path)/\(model.source.name)_rollouts.json"
    let data = try decode(GoldenRollouts.self, file)
    guard data.frameSkip > 0, data.dt > 0 else {
      throw mismatch(file, "frame_skip \(data.frameSkip) or dt \(data.dt)")
    }
    for rollout in data.rollouts {
      let length = rollout.actions.count
      guard rollout.actions.allSatisfy({ $0.count == model.motorCount }),
        [rollout.qpos, rollout.qvel, rollout.warm].allSatisfy({ series in
          series.count == length + 1 && series.allSatisfy { $0.count == model.dofCount }
        }),
        [rollout.reward, rollout.healthy ?? rollout.gap, rollout.gap, rollout.sens].allSatisfy({
          $0.count == length
        })
      else { throw mismatch(file, "rollout \(rollout.id)") }
    }
    return data
  }

  private func mismatch(_ file: String, _ part: String) -> GoldenDataError {
    GoldenDataError(
      file: file,
      problem: "\(part) does not fit a model of \(model.dofCount) degrees of freedom and "
        + "\(model.motorCount) motors",
      advice: "check that the data was recorded for \"\(model.source.name)\"")
  }

  private func decode<T: Decodable>(_ type: T.Type, _ file: String) throws(GoldenDataError) -> T {
    let data: Data
    do { data = try InputFile.data(file) } catch {
      throw GoldenDataError(file: file, problem: error.reason, advice: error.advice)
    }
    do { return try JSONDecoder().decode(type, from: data) } catch {
      throw GoldenDataError(
        file: file, problem: "cannot be used: \(DecodingError.explanation(of: error))",
        advice: "the directory needs <model>_states.json and <model>_rollouts.json in the "
          + "format of the recorded MuJoCo data")
    }
  }
}
