import Foundation
import Testing

@testable import Simulator

/// The walker and the hopper, with their recorded MuJoCo data.
enum Walker: String, CaseIterable, Sendable {
  case walker2d, hopper

  var model: PlanarModel { self == .walker2d ? .walker2d : .hopper }

  /// Decodes one of the model's files.
  func read<T: Decodable>(_ part: String, as type: T.Type) throws -> T {
    let path = "\(fixtures)/\(rawValue)_\(part).json"
    return try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

/// `<model>_states.json`.
struct RecordedStates: Decodable {
  var states: [RecordedState]
}

/// A recorded state with the output of every stage and one physics step.
struct RecordedState: Decodable {
  struct Contact: Decodable {
    var geom1: Int
    var geom: Int
    var dist: Double
    var pos: [Double]
    var frame: [Double]
    var dim: Int
    var mu: Double
    var margin: Double

    /// Whether the axes of two capsules cross: the normal is that of the plane.
    var isCrossing: Bool { abs(frame[1]) > 0.5 }
  }
  struct Rows: Decodable {
    var type: [Int]
    var J: [[Double]]
    var pos: [Double]
    var vel: [Double]
    var R: [Double]
    var aref: [Double]
    var force: [Double]
  }
  struct Stage: Decodable {
    var qacc: [Double]
  }
  /// A vector, or the number 0 for zeros.
  struct Warm: Decodable {
    var values: [Double]?

    init(from decoder: any Decoder) throws {
      values = try? decoder.singleValueContainer().decode([Double].self)
    }
  }

  var kind: String
  var qpos: [Double]
  var qvel: [Double]
  var ctrl: [Double]
  var warm: Warm
  var M: [Double]
  var bias: [Double]
  var passive: [Double]
  var actuator: [Double]
  var qacc_smooth: [Double]
  var contacts: [Contact]
  var qfrc_constraint: [Double]
  var qacc: [Double]
  var qpos_next: [Double]
  var qvel_next: [Double]
  var warm_next: [Double]
  var efc: Rows?
  var stages: [Stage]?
  var qvel_next_other_mode: [Double]?
}

/// `<model>_rollouts.json`.
struct RecordedRollouts: Decodable {
  var frame_skip: Int
  var rollouts: [RecordedRollout]
}

/// A recorded rollout at the boundaries of environment steps.
struct RecordedRollout: Decodable {
  var kind: String
  var actions: [[Double]]
  var qpos: [[Double]]
  var qvel: [[Double]]
  var warm: [[Double]]
  var sens: [Double]
}

/// The largest of some errors, and where it was.
struct LargestError {
  private(set) var value = 0.0
  private(set) var count = 0
  private var place = ""

  /// Records `max |x - y|` over `1 + max |y|`, or absolutely.
  mutating func add(
    _ values: [Double], _ expected: [Double], isRelative: Bool = true, at place: String
  ) {
    var error = values.count == expected.count ? 0 : Double.infinity
    for (a, b) in zip(values, expected) {
      let difference = (a - b).magnitude
      error = difference.isNaN ? .infinity : max(error, difference)
    }
    if isRelative { error /= 1 + (expected.map(\.magnitude).max() ?? 0) }
    add(error, at: place)
  }

  /// Records an error.
  mutating func add(_ error: Double, at place: String) {
    count += 1
    guard error > value else { return }
    (value, self.place) = (error, place)
  }

  /// Expects that everything recorded is below a bound.
  func expect(
    below bound: Double, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      count > 0 && value <= bound, "\(name): \(value) at \(place)", sourceLocation: sourceLocation)
  }
}

extension BatchSimulation {
  /// Positions, then velocities.
  func state(_ environment: Int) -> [Double] {
    qpos(environment: environment) + qvel(environment: environment)
  }
}
