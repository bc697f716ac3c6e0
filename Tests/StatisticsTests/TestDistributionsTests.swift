import Statistics
import Testing

@Suite struct TestDistributionsTests {
  /// `2 * scipy.stats.t.sf(abs(t), degrees)` of SciPy 1.17.
  static let student: [(t: Double, degrees: Double, probability: Double)] = [
    (0.0, 5, 1.0),
    (1.0, 1, 0.5000000000000001),
    (-2.5, 3, 0.08770664700806556),
    (2.018, 42, 0.050008860454778),
    (0.1, 7.5, 0.9229653320677902),
    (6.0, 42, 3.971998802908173e-07),
    (12.0, 100, 4.395087715604393e-21),
    (1.7, 300000.0, 0.08913196209453755),
  ]
  /// `scipy.stats.f.sf(ratio, above, below)`.
  static let fisher: [(ratio: Double, above: Int, below: Int, probability: Double)] = [
    (0.0, 3, 4, 1.0),
    (1.0, 6, 6, 0.5),
    (6.5, 6, 6, 0.019215802469135804),
    (0.3, 42, 42, 0.9999185017936725),
    (2.5, 42, 42, 0.0018511238726885491),
    (40.0, 3, 9, 1.5719807870146414e-05),
  ]

  @Test(arguments: student)
  func studentsTails(_ row: (t: Double, degrees: Double, probability: Double)) {
    let found = studentProbability(beyond: row.t, degrees: row.degrees)
    #expect((found / row.probability - 1).magnitude < 1e-8, "\(found)")
  }

  @Test(arguments: fisher)
  func fishersTails(_ row: (ratio: Double, above: Int, below: Int, probability: Double)) {
    let found = fisherProbability(above: row.ratio, degrees: (row.above, row.below))
    #expect((found / row.probability - 1).magnitude < 1e-8, "\(found)")
  }

  @Test func whatIsNoNumberRejectsNothing() {
    #expect(studentProbability(beyond: .nan, degrees: 3) == 1)
    #expect(studentProbability(beyond: .infinity, degrees: 3) == 0)
    #expect(fisherProbability(above: .nan, degrees: (3, 3)) == 1)
    #expect(fisherProbability(above: .infinity, degrees: (3, 3)) == 0)
  }

  @Test func holmsProbabilitiesRiseWithTheRank() {
    #expect(holmAdjusted([0.01, 0.04, 0.03, 0.005]) == [0.03, 0.06, 0.06, 0.02])
    #expect(holmAdjusted([0.7, 0.9]) == [1, 1])
    #expect(holmAdjusted([]).isEmpty)
  }
}
