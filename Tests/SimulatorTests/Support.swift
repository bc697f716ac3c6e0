import Foundation
import Testing

@testable import Simulator

/// The directory of recorded MuJoCo data.
let fixtures = Bundle.module.resourceURL?.appendingPathComponent("Fixtures").path ?? "Fixtures"

/// Both models with their environment-step length and the control cost of the recorded rewards.
enum Subject: String, CaseIterable, Sendable {
  case halfCheetah, swimmer

  var model: PlanarModel { self == .halfCheetah ? .halfCheetah : .swimmer }
  var frames: Int { self == .halfCheetah ? 5 : 4 }
  var controlCost: Double { self == .halfCheetah ? 0.1 : 1e-4 }
}

/// A small seeded generator (SplitMix64), so that every test draws the same numbers each time.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// `count` numbers uniform in `-scale ... scale`.
  mutating func vector(_ count: Int, scale: Double = 1) -> [Double] {
    (0..<count).map { _ in .random(in: -scale...scale, using: &self) }
  }
}

/// A dense symmetric matrix from its lower triangle, row by row.
struct SymmetricMatrix {
  let size: Int
  let lower: [Double]

  init(_ lower: [Double], size: Int) {
    self.lower = lower
    self.size = size
  }

  subscript(row: Int, column: Int) -> Double {
    lower[max(row, column) * (max(row, column) + 1) / 2 + min(row, column)]
  }

  func times(_ x: [Double]) -> [Double] {
    (0..<size).map { row in (0..<size).reduce(0) { $0 + self[row, $1] * x[$1] } }
  }
}

/// The inner product.
func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

/// `a + s b`.
func plus(_ a: [Double], _ s: Double, _ b: [Double]) -> [Double] {
  zip(a, b).map { $0 + s * $1 }
}

extension PlanarModel {
  /// The model without anything that takes energy away or pushes at it from outside, and without
  /// limits: springs and inertia only.
  func conservative(timestep: Double, gravity: SIMD2<Double> = .zero) -> PlanarModel {
    var model = self
    model.integrator = .rungeKutta4
    model.timestep = timestep
    model.gravity = gravity
    model.density = 0
    model.viscosity = 0
    model.ground = nil
    for index in model.bodies.indices {
      model.bodies[index].hinge.damping = 0
      model.bodies[index].hinge.limit = nil
    }
    return model
  }
}

/// The C library's sine.
func sine(_ x: Double) -> Double { sin(x) }

/// The C library's cosine.
func cosine(_ x: Double) -> Double { cos(x) }
