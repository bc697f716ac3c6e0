import Simulator

extension LocomotionBody {
  /// A part of the observation.
  enum ObservationPart: Equatable, Sendable {
    /// Coordinates, in m and rad.
    case positions(Range<Int>)
    /// The sines of coordinates, then their cosines.
    case sinesAndCosines(Range<Int>)
    /// The cosines of coordinates, then their sines.
    case cosinesAndSines(Range<Int>)
    /// Velocities, clipped to ± the bound.
    case velocities(Range<Int>, bound: Double)
    /// The forces of limits and contacts on coordinates, clipped to ± the bound; as old as the tip, see ``Tip``.
    case constraintForces(Range<Int>, bound: Double)
    /// Where the tip is.
    case tip
    /// Where the tip should go.
    case target
    /// The way from there to the tip.
    case tipFromTarget

    /// The number of elements.
    var size: Int {
      switch self {
      case .positions(let range): range.count
      case .sinesAndCosines(let range), .cosinesAndSines(let range): 2 * range.count
      case .velocities(let range, _), .constraintForces(let range, _): range.count
      case .tip, .target, .tipFromTarget: 2
      }
    }
  }

  /// How far episodes start from the authored pose at rest.
  enum Start: Sendable {
    /// Positions uniform within a distance, velocities too.
    case uniform(Double, velocities: Double)
    /// Positions uniform within a distance, velocities Gaussian with this standard deviation.
    case gaussianVelocities(Double)

    /// Both uniform within the same distance.
    static func uniform(_ distance: Double) -> Start { .uniform(distance, velocities: distance) }
  }

  /// A point that is fixed in a body, whose place matters.
  ///
  /// After a step it is where MuJoCo has it: computed with the last evaluation of forces, which is one stage
  /// before the positions that the step ends with. Gymnasium's rewards and observations are of this place.
  /// After a reset it is that of the positions.
  public struct Tip: Equatable, Sendable {
    /// The place of the body in the model.
    public let body: Int
    /// The point in the body's frame, in m.
    public let point: SIMD2<Double>
    /// Whether it is where the step's last positions have it instead.
    var isCurrent = false
  }

  /// What a body has to keep in order to go on.
  public struct Health: Sendable {
    /// A condition that holds in a healthy state.
    enum Condition: Sendable {
      /// A coordinate lies between bounds, which do not belong.
      case coordinate(Int, ClosedRange<Double>)
      /// The magnitudes of the coordinates from the third on and of all velocities are below a bound.
      case magnitudes(Double)
      /// The tip is above a height, in m.
      case tipAbove(Double)
      /// The magnitude of the angle of the tip's body is below a bound, in rad.
      case angleBelow(Double)
    }

    let conditions: [Condition]

    /// A body that stands: heights of the root in m, pitches in rad, and the bound of the other positions and
    /// of all velocities; the bounds themselves do not belong.
    static func standing(
      heights: ClosedRange<Double>, pitches: ClosedRange<Double>, bound: Double = .infinity
    ) -> Health {
      Health(
        conditions: [.coordinate(1, heights), .coordinate(2, pitches)]
          + (bound.isFinite ? [.magnitudes(bound)] : []))
    }

    /// Whether a state has it.
    func holds(
      _ simulation: BatchSimulation, _ row: Int, tip: SIMD2<Double>, angle: Double
    ) -> Bool {
      for condition in conditions {
        switch condition {
        case .coordinate(let dof, let range):
          let value = simulation.qpos(environment: row, dof: dof)
          guard range.lowerBound < value && value < range.upperBound else { return false }
        case .magnitudes(let bound):
          let size = simulation.model.dofCount
          guard
            (2..<size).allSatisfy({
              simulation.qpos(environment: row, dof: $0).magnitude < bound
            })
              && (0..<size).allSatisfy({
                simulation.qvel(environment: row, dof: $0).magnitude < bound
              })
          else { return false }
        case .tipAbove(let height): guard tip.y > height else { return false }
        case .angleBelow(let bound): guard angle.magnitude < bound else { return false }
        }
      }
      return true
    }
  }

  /// What a body pays in every step, whatever the task.
  enum Penalty: Sendable {
    /// `Σ w d²` with the tip's offset `d` from a place along the two axes.
    case tip(from: SIMD2<Double>, weights: SIMD2<Double>)
    /// `Σ w v²` with velocities.
    case velocities([(dof: Int, weight: Double)])

    /// What is subtracted from the reward.
    func value(_ simulation: BatchSimulation, _ row: Int, tip: SIMD2<Double>) -> Double {
      switch self {
      case .tip(let place, let weights):
        let offset = tip - place
        return (weights * offset * offset).sum()
      case .velocities(let terms):
        return terms.reduce(0) { sum, term in
          let velocity = simulation.qvel(environment: row, dof: term.dof)
          return sum + term.weight * velocity * velocity
        }
      }
    }
  }

  /// A number beside the reward, by Gymnasium's key.
  enum Info: Equatable, Sendable {
    /// The root's position along an axis.
    case position(String, axis: Int)
    /// The root's mean velocity along an axis.
    case velocity(String, axis: Int)
    /// The root's height above its authored one.
    case rise(String)
    /// The root's distance from the origin.
    case distance(String)
    /// The reward of the task.
    case task(String)
    /// The negative control cost.
    case control(String)
    /// What is paid for being healthy.
    case health(String)
    /// The negative penalty of a number.
    case penalty(String, index: Int)

    /// The key.
    var name: String {
      switch self {
      case .position(let name, _), .velocity(let name, _), .rise(let name), .distance(let name),
        .task(let name), .control(let name), .health(let name), .penalty(let name, _):
        name
      }
    }
  }
}
