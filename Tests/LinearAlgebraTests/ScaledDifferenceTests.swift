import Foundation
import LinearAlgebra
import Testing

@Suite struct ScaledDifferenceTests {
  @Test func verdictsAndTheirOrder() {
    func verdict(_ difference: Double, _ scale: Double, _ floor: Double)
      -> ScaledDifference.Verdict
    {
      ScaledDifference(difference, scale: scale, floor: floor).verdict(tolerance: 1e-3)
    }
    #expect(verdict(1e-3, 1, 0) == .agrees && verdict(1.1e-3, 1, 0) == .differs)
    #expect(verdict(1, 1, 2) == .notResolved && verdict(3, 1, 2) == .differs)
    #expect(verdict(0, 0, 0) == .agrees && verdict(1e-300, 0, 0) == .differs)
    #expect(verdict(.nan, 1, 1) == .differs && verdict(.infinity, 1, .infinity) == .differs)
    #expect(verdict(0, 1, .infinity) == .notResolved)
  }

  @Test func theUnitDoesNotMatter() {
    for exponent in [-900.0, -60, 60, 900] {
      for (difference, scale, floor) in [(1e-4, 1.0, 1e-9), (0.5, 1, 0), (1e-2, 1, 0.1)] {
        let (unit, one) = (
          exp2(exponent), ScaledDifference(difference, scale: scale, floor: floor)
        )
        let other = ScaledDifference(unit * difference, scale: unit * scale, floor: unit * floor)
        #expect(other.verdict(tolerance: 1e-3) == one.verdict(tolerance: 1e-3))
        #expect(other.relative == one.relative && other.relativeExcess == one.relativeExcess)
      }
    }
  }

  @Test func arrays() {
    let difference = ScaledDifference([1e-9, 3], [2e-9, 4], floor: 0.25)
    #expect(difference.difference == 1 && difference.scale == 4)
    #expect(difference.relative == 0.25 && difference.relativeExcess == 0.1875)
    let none = ScaledDifference([], [], floor: 0)
    #expect(none.relative == 0 && none.verdict(tolerance: 0) == .agrees)
    for (x, y) in [(Double.nan, 1.0), (1, .nan), (.infinity, 1), (1, .infinity)] {
      let broken = ScaledDifference([x], [y], floor: 0)
      #expect(broken.relative == .infinity && broken.verdict(tolerance: 1e9) == .differs)
    }
    #expect(ScaledDifference([0], [0], floor: 0).relative == 0)
    #expect(ScaledDifference([1], [0], floor: 0).relative == .infinity)
  }
}
