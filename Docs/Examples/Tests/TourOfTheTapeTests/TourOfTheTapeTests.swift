import Foundation
import MetaTape
import Testing

@testable import TourOfTheTape

/// `f = x y + sin x` has the gradient `(y + cos x, x)` and the Hessian `[[-sin x, 1], [1, 0]]`.
@Test func bothTapesFindTheDerivatives() {
  let (x, y, v) = (2.0, 3.0, [0.5, -1.0])
  let expected = Derivatives(
    value: x * y + Foundation.sin(x), gradient: [y + Foundation.cos(x), x],
    hessianVectorProduct: [-Foundation.sin(x) * v[0] + v[1], v[0]])
  for found in [withNumbers(x, y, direction: v), withMatrices(x, y, direction: v)] {
    #expect((found.value - expected.value).magnitude < 1e-15)
    #expect(relativeError(found.gradient, expected.gradient) < 1e-15)
    #expect(relativeError(found.hessianVectorProduct, expected.hessianVectorProduct) < 1e-15)
  }
}

/// With `p = 1/2`: `∇ℓ = (1/2, -1/2)` and `∇²ℓ = -1/4` each.
@Test func scoresRideAlong() {
  let (w, tangents) = (Matrix([[3], [1]]), Matrix([[10], [20]]))
  let found = sweep(at: [0], weights: w, direction: [2], weightTangents: tangents)
  #expect((found[0] - (-0.25 * (3 + 1) * 2 + 0.5 * 10 - 0.5 * 20)).magnitude < 1e-14)
}

@Test func theTapePrintsItself() {
  #expect(
    recording() == """
      %0 = Parameter 'x' [1, 1]
      %1 = Parameter 'y' [1, 1]
      %2 = Multiplication(%0, %1) [1, 1]
      %3 = Parameter 'x' [1, 1]
      %4 = Sine(%3) [1, 1]
      %5 = Addition(%2, %4) [1, 1]
      """)
}

@Test func aBranchThatIsNotUsedNeedsAHarmlessArgument() {
  let point = [0.0, 4, -1]
  #expect(maskedRoots().value(at: point).elements == [2])
  let gradient = maskedRoots().gradient(at: point)
  #expect(gradient[0].isNaN && gradient[1] == 0.25 && gradient[2].isNaN)
  #expect(rootsOfPositive().value(at: point).elements == [2])
  #expect(rootsOfPositive().gradient(at: point) == [0, 0.25, 0])
  #expect(
    rootsOfPositive().hessianVectorProduct(at: point, direction: [1, 1, 1]) == [0, -0.03125, 0])
}

@Test func theEntropyOfMaskedActionsIsFinite() {
  let f = DifferentiableFunction(ParameterLayout([("x", 1, 3)])) { tape in
    entropy(of: tape.parameter("x") + tape.constant(Matrix([[0, 0, -Double.infinity]])))
  }
  #expect((f.value(at: [1, 1, 1])[0, 0] - Foundation.log(2)).magnitude < 1e-15)
  #expect(f.gradient(at: [2, 1, 0]).allSatisfy { $0.isFinite })
  #expect(f.hessianVectorProduct(at: [2, 1, 0], direction: [1, 2, 3]).allSatisfy { $0.isFinite })
}
