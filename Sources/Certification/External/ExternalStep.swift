/// What an external estimator's inner step is: a multiple of equation 5's, or something else.
public struct ExternalStep: Sendable {
  /// The factor `c` if the step is `θ + c α ∇ν` on every prefix of every chain, at the problem's parameters
  /// and at two others; nil if it is not.
  public let factor: Double?
  /// The greatest distance to such a step, over the longest step.
  public let error: Double

  /// Compares the adapted parameters of some enumerations with equation 5's steps.
  ///
  /// The derivative of the step is used later: equality at one point is not enough.
  init(_ enumerations: [ExternalEnumeration], tolerance: Double) {
    var (product, square, longest) = (0.0, 0.0, 0.0)
    var rows: [(moved: [Double], step: [Double])] = []
    for enumeration in enumerations {
      let settings = enumeration.problem.settings
      let walkers = enumeration.tasks.map { Walker(enumeration.problem, $0) }
      for t in 0..<settings.innerSteps {
        // the prefixes of a level stand in the order of their parents
        var next = enumeration.levels[t + 1].makeIterator()
        for parent in enumeration.levels[t] {
          let node = walkers[parent.task].node(parent.parameters, hasHessians: false)
          for batch in enumeration.tasks[parent.task].inner {
            guard let prefix = next.next() else { break }
            let step = node.gradient(batch.weights).map { settings.innerStepSize * $0 }
            let moved = zip(prefix.parameters, parent.parameters).map { $0 - $1 }
            product += dot(moved, step)
            square += dot(step, step)
            longest = max(longest, largestMagnitude(moved), largestMagnitude(step))
            rows.append((moved, step))
          }
        }
      }
    }
    if longest == 0 {
      (factor, error) = (1, 0)
      return
    }
    let best = square > 0 ? product / square : 0
    let worst = rows.reduce(0) { worst, row in
      max(worst, largestDifference(row.moved, row.step.map { best * $0 }))
    }
    error = worst / longest
    // a step of zero everywhere is no multiple of one that is not; single precision hides in double
    let accepted = max(tolerance, 1e-6)
    let isMultiple = error <= accepted && best != 0
    factor = isMultiple ? ((best - 1).magnitude <= accepted ? 1 : best) : nil
  }
}
