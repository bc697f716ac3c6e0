import Testing

@testable import MetaTapeCommand

@Suite struct ProgressTests {
  /// A first epoch that takes three times as long as the others.
  @Test(arguments: [0, 40]) func theFirstEpochIsLeftOutOfTheEstimate(before: Int) throws {
    var estimate = RemainingTime()
    #expect(estimate.seconds(after: before + 1, of: 100, at: 3) == nil)
    #expect(estimate.seconds(after: before + 2, of: 100, at: 4) == Double(98 - before))
    #expect(estimate.seconds(after: before + 3, of: 100, at: 5) == Double(97 - before))
    #expect(estimate.seconds(after: 100, of: 100, at: 102) == nil)
  }
}
