import MetaTape

/// The results of both tapes for `f(x, y) = x y + sin x`.
public struct Derivatives: Equatable, Sendable {
  public var value: Double
  public var gradient: [Double]
  public var hessianVectorProduct: [Double]
}

/// The results of the tape of numbers.
public func withNumbers(_ x: Double, _ y: Double, direction v: [Double]) -> Derivatives {
  // snippet: numbers
  var tape = NumberTape()
  let (x, y) = (tape.parameter(x), tape.parameter(y))
  let f = tape.sum(tape.product(x, y), tape.sine(x))
  tape.reverse(from: f)
  tape.tangent(along: [x: v[0], y: v[1]])
  tape.reverseTangent(from: f)
  // end snippet
  return Derivatives(
    value: tape.value(f), gradient: [tape.adjoint(x), tape.adjoint(y)],
    hessianVectorProduct: [tape.adjointTangent(x), tape.adjointTangent(y)])
}

/// The results of MetaTape's tape.
public func withMatrices(_ x: Double, _ y: Double, direction v: [Double]) -> Derivatives {
  // snippet: matrices
  let parameters = Parameters(ParameterLayout([("x", 1, 1), ("y", 1, 1)]))
  parameters.value = [x, y]
  let tape = Tape(parameters)
  let (x, y) = (tape.parameter("x"), tape.parameter("y"))
  let f = x * y + sin(x)
  Matrix([[1]]).withView { tape.reverse(from: f, seed: $0) }
  parameters.tangent = v
  tape.tangent()
  tape.reverseTangent(from: f, seedTangent: nil)
  // end snippet
  return Derivatives(
    value: f.scalar, gradient: parameters.gradient,
    hessianVectorProduct: parameters.gradientTangent)
}

// snippet: weights
/// The log-probabilities `ℓ` of two coins that came up 1 and 0, with `p = 1 / (1 + e^-θ)` each.
public func coins() -> DifferentiableFunction {
  DifferentiableFunction(ParameterLayout([("θ", 1, 1)])) { tape in
    let signs = tape.constant(Matrix([[1], [-1]]))
    return -softplus(-(signs * tape.parameter("θ")))
  }
}

/// `∇²(wᵀℓ) v + Σ_n ẇ_n ∇ℓ_n` in one pair of sweeps: second derivatives and scores together.
public func sweep(
  at point: [Double], weights w: Matrix, direction v: [Double], weightTangents: Matrix
) -> [Double] {
  coins().reverseTangent(at: point, w, direction: v, seedTangent: weightTangents)
}
// end snippet

/// The recording of `f`, one line per node.
public func recording() -> String {
  // snippet: recording
  let f = DifferentiableFunction(ParameterLayout([("x", 1, 1), ("y", 1, 1)])) { tape in
    tape.parameter("x") * tape.parameter("y") + sin(tape.parameter("x"))
  }
  return f.recording(at: [2, 3])
  // end snippet
}

// snippet: masked
/// `Σ √x` over the elements above zero. Its gradient is NaN if an element is zero.
public func maskedRoots() -> DifferentiableFunction {
  DifferentiableFunction(ParameterLayout([("x", 1, 3)])) { tape in
    let x = tape.parameter("x")
    return select(x.mask { $0 > 0 }, sqrt(x), tape.constant(0)).sum()
  }
}
// end snippet

// snippet: double where
/// The same, with a harmless argument where the root is not used. Its gradient is finite.
public func rootsOfPositive() -> DifferentiableFunction {
  DifferentiableFunction(ParameterLayout([("x", 1, 3)])) { tape in
    let x = tape.parameter("x")
    let isPositive = x.mask { $0 > 0 }
    let safe = select(isPositive, x, tape.constant(1))
    return select(isPositive, sqrt(safe), tape.constant(0)).sum()
  }
}
// end snippet

/// The entropy of a categorical distribution; a logit of -∞ masks an action.
public func entropy(of logits: Variable) -> Variable {
  // snippet: entropy
  let logP = logits.logSoftmax()
  let safe = select(logP.mask { $0 > -.infinity }, logP, logP.tape.constant(0))
  return -(exp(logP) * safe).sumOfColumns()
  // end snippet
}
