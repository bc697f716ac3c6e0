/// The diagonal of the inverse mass matrix in the authored pose, per degree of freedom and per body.
///
/// MuJoCo scales the softness of constraints by these "inverse weights". For a degree of freedom
/// it is `(M⁻¹)_jj`; for a body the mean over the three spatial directions of the diagonal of
/// `J M⁻¹ Jᵀ`, with `J` the translational Jacobian of its centre of mass. In a planar model the
/// third direction contributes zero and still counts in the mean.
///
/// - Source: MuJoCo documentation, "Computation", constraint regularizer.
struct InverseWeights {
  /// `(M⁻¹)_jj`, one per degree of freedom.
  var dofs: [Double]

  /// The factor of the mass matrix, in counterclockwise hinge coordinates.
  let factor: DenseCholesky

  /// Mean translational inverse inertia, one per body, in 1/kg.
  var bodies: [Double]

  /// The same for the bodies that move with each body.
  var welded: [[Double]]

  /// Evaluates the mass matrix in the authored pose densely and inverts it.
  ///
  /// Returns nil when the matrix is not positive definite.
  ///
  /// - Complexity: O(n³), once per model.
  init?(
    bodies: [Body], isFixed: Bool, masses: [BodyMasses], armature: [Double]
  ) {
    let count = bodies.count
    let size = armature.count
    // the place of each body's joint; a fixed root has none
    let first = size - count
    // hinges in the world frame; all frames are parallel in the authored pose
    var origins = bodies.map(\.offset)
    for (index, body) in bodies.enumerated() {
      if let parent = body.parent { origins[index] = origins[parent] + body.offset }
    }

    // the Jacobian of a point that moves with a body, given in its frame
    func jacobian(_ body: Int, _ point: SIMD2<Double>) -> (x: [Double], y: [Double], turn: [Double])
    {
      var x = [Double](repeating: 0, count: size)
      var y = x
      var turn = x
      if !isFixed { (x[0], y[1]) = (1, 1) }
      let center = origins[body] + point
      var ancestor: Int? = body
      while let current = ancestor, !isFixed || current > 0 {
        let arm = center - origins[current]
        if let slide = bodies[current].slide {
          x[current + first] = slide.x
          y[current + first] = slide.y
        } else {
          x[current + first] = -arm.y
          y[current + first] = arm.x
          turn[current + first] = 1
        }
        ancestor = bodies[current].parent
      }
      return (x, y, turn)
    }

    // the sum of m JᵀJ + I wᵀw
    var mass = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    for body in 0..<count {
      let (x, y, turn) = jacobian(body, masses[body].total.center)
      for row in 0..<size {
        for column in 0..<size {
          mass[row][column] +=
            masses[body].total.mass * (x[row] * x[column] + y[row] * y[column])
            + masses[body].total.normalInertia * turn[row] * turn[column]
        }
      }
    }
    for dof in 0..<size { mass[dof][dof] += armature[dof] }

    guard let factor = DenseCholesky(mass) else { return nil }
    self.factor = factor
    dofs = (0..<size).map { dof in
      var unit = [Double](repeating: 0, count: size)
      unit[dof] = 1
      return factor.inverseQuadraticForm(unit)
    }
    func weight(_ body: Int, _ point: SIMD2<Double>) -> Double {
      let (x, y, _) = jacobian(body, point)
      return (factor.inverseQuadraticForm(x) + factor.inverseQuadraticForm(y)) / 3
    }
    self.bodies = bodies.indices.map { weight($0, masses[$0].own.center) }
    welded = bodies.indices.map { body in masses[body].welded.map { weight(body, $0.center) } }
  }
}

/// The dense factorisation `A = L Lᵀ`, used when a model is compiled.
struct DenseCholesky {
  private var lower: [[Double]]

  /// Factors `matrix`; nil if it is not positive definite to working precision.
  init?(_ matrix: [[Double]]) {
    lower = matrix
    for row in matrix.indices {
      for column in 0...row {
        var sum = matrix[row][column]
        for k in 0..<column { sum -= lower[row][k] * lower[column][k] }
        if row == column {
          guard sum > 0, sum.isFinite else { return nil }
          lower[row][row] = sum.squareRoot()
        } else {
          lower[row][column] = sum / lower[column][column]
        }
      }
    }
  }

  /// `xᵀ A⁻¹ x`, computed as `|L⁻¹ x|²`.
  func inverseQuadraticForm(_ x: [Double]) -> Double {
    var solution = x
    for row in x.indices {
      for k in 0..<row { solution[row] -= lower[row][k] * solution[k] }
      solution[row] /= lower[row][row]
    }
    return solution.reduce(0) { $0 + $1 * $1 }
  }
}
