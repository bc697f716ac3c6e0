import Environments
import Testing

@Suite struct SpaceTests {
  @Test func boxContainsWhatLiesWithinItsBounds() {
    let space = Space.box(low: [-1, 0], high: [1, 2])
    #expect(space.columns == 2)
    #expect(space.contains([-1, 2]))
    #expect(space.contains([0, 1]))
    #expect(!space.contains([1 + .ulpOfOne, 1]))
    #expect(!space.contains([0, -.leastNonzeroMagnitude]))
    #expect(!space.contains([.nan, 1]))
    #expect(!space.contains([0]))
    #expect(!space.contains([0, 1, 1]))
  }

  @Test func boxWithEqualBounds() {
    #expect(Space.box(size: 3, in: -2...5) == .box(low: [-2, -2, -2], high: [5, 5, 5]))
  }

  @Test func unboundedBoxContainsEveryNumber() {
    let space = Space.unbounded(size: 2)
    #expect(space.columns == 2)
    #expect(space.contains([1e308, -1e308]))
    #expect(space.contains([.infinity, -.infinity]))
    #expect(!space.contains([0, .nan]))
  }

  @Test func discreteSpaceContainsIndices() {
    let space = Space.discrete(3)
    #expect(space.columns == 1)
    for index in [0.0, 1, 2] { #expect(space.contains([index])) }
    for wrong in [-1, 0.5, 3, .nan, .infinity] { #expect(!space.contains([wrong])) }
    #expect(!space.contains([]))
    #expect(!space.contains([0, 1]))
  }
}
