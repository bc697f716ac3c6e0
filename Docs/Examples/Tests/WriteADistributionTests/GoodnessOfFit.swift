import Foundation
import MetaTape

// snippet: goodness of fit
/// The goodness of fit between the actions that a policy draws and its density, in the plane.
///
/// The square from `-bound` to `bound` is divided into cells. One further cell collects everything
/// outside, and the cells in which fewer than ten actions are expected. The probability of a cell
/// is the integral of the density by the midpoint rule.
struct GoodnessOfFit {
  /// `Σ (counted - expected)² / expected`
  let chiSquare: Double
  /// The number of cells minus one.
  let degrees: Int
  /// The integral of the density over the square.
  let mass: Double

  /// The value that `chiSquare` exceeds once in a million checks if density and sampler agree.
  ///
  /// - Source: Wilson and Hilferty (1931).
  var criticalValue: Double {
    let spread = 2 / (9 * Double(degrees))
    return Double(degrees) * pow(1 - spread + 4.753 * spread.squareRoot(), 3)
  }

  /// Draws actions and counts them.
  ///
  /// - Parameters:
  ///   - sampler: the policy that draws the actions.
  ///   - density: the policy whose density they are compared with.
  ///   - parameters: the parameters of both policies.
  ///   - observation: the observation for both policies.
  ///   - bound: half the side of the square.
  ///   - count: the number of actions.
  ///   - seed: the seed of the actions.
  init(
    of sampler: some Policy, against density: some Policy, at parameters: [Double],
    observation: [Double], bound: Double, count: Int = 20_000, seed: UInt64
  ) {
    let (cells, points) = (8, 24)
    let width = 2 * bound / Double(cells)
    // the density at the points of all cells
    let lattice = (0..<cells * points).map { -bound + width * (Double($0) + 0.5) / Double(points) }
    let places = Matrix(
      rows: lattice.count * lattice.count, columns: 2,
      elements: lattice.flatMap { x in lattice.flatMap { y in [x, y] } })
    let logDensities = DifferentiableFunction(density.layout) { tape in
      let here = Matrix(
        rows: places.rows, columns: 2, elements: (0..<places.rows).flatMap { _ in observation })
      return density.distribution(given: tape.constant(here))
        .logProbability(of: tape.constant(places))
    }.value(at: parameters)
    var expected = [Double](repeating: 0, count: cells * cells)
    let area = (width / Double(points)) * (width / Double(points))
    for i in lattice.indices {
      for j in lattice.indices {
        expected[i / points * cells + j / points] +=
          Double(count) * area * exp(logDensities[i * lattice.count + j, 0])
      }
    }
    // the actions
    let layout = Parameters(sampler.layout)
    layout.value = parameters
    var actions = Matrix(rows: count, columns: 2)
    let here = Matrix(
      rows: count, columns: 2, elements: (0..<count).flatMap { _ in observation })
    here.withView { here in
      actions.withMutableView { actions in
        ActionSampler(sampler, layout).sample(here, into: actions) {
          RandomStream(seed: seed, purpose: .actions, at: StreamPlace(episode: $0))
        }
      }
    }
    var counted = [Double](repeating: 0, count: cells * cells)
    for i in 0..<count {
      let place = (0..<2).map { Int(((actions[i, $0] + bound) / width).rounded(.down)) }
      if place.allSatisfy((0..<cells).contains) { counted[place[0] * cells + place[1]] += 1 }
    }
    // the remaining cells, as one cell
    let kept = expected.indices.filter { expected[$0] >= 10 }
    let rest = (
      expected: Double(count) - kept.reduce(0) { $0 + expected[$1] },
      counted: Double(count) - kept.reduce(0) { $0 + counted[$1] }
    )
    func term(_ counted: Double, _ expected: Double) -> Double {
      (counted - expected) * (counted - expected) / expected
    }
    let hasRest = rest.expected >= 10
    chiSquare =
      kept.reduce(0) { $0 + term(counted[$1], expected[$1]) }
      + (hasRest ? term(rest.counted, rest.expected) : 0)
    degrees = kept.count - (hasRest ? 0 : 1)
    mass = expected.reduce(0, +) / Double(count)
  }
}
// end snippet
