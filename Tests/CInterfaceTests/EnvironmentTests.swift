import CInterface
import CMetaTape
import Environments
import Testing

struct EnvironmentTests {
  /// A seed gives the episodes that MetaTape's sampler has with it, also the later ones.
  @Test func seedsGiveMetaTapesEpisodes() throws {
    let (count, seed) = (3, UInt64(7))
    let batch = try Batch("half-cheetah-direction", count: count, horizon: 5)
    #expect(batch.set(task: [-1]) == 0)
    let environment = HalfCheetahDirection().makeEnvironment(count: count)
    environment.task = [-1]
    for epoch in 0..<2 {
      #expect((epoch == 0 ? batch.reset(seed: seed) : batch.reset()) == 0)
      func stream(_ episode: Int, _ step: Int) -> RandomStream {
        RandomStream(
          seed: seed, purpose: .environment,
          at: StreamPlace(epoch: epoch, episode: episode, step: step))
      }
      var expected = Matrix(rows: count, columns: 17)
      expected.withMutableView { environment.reset(into: $0) { stream($0, 0) } }
      #expect(batch.observations == expected.elements)
      var result = StepResult(count: count)
      for step in 0..<5 {
        let actions = Matrix(rows: count, columns: 6, repeating: 0.1 * Double(step))
        #expect(batch.step(actions.elements) == 0)
        actions.withView { actions in
          expected.withMutableView { view in
            environment.step(actions, observations: view, result: &result) {
              stream($0, step + 1)
            }
          }
        }
        #expect(batch.observations == expected.elements && batch.rewards == result.rewards)
        #expect(batch.truncated == [UInt8](repeating: step == 4 ? 1 : 0, count: count))
        // forward and control parts make the reward
        for row in 0..<count {
          #expect(batch.infos[4 * row + 2] + batch.infos[4 * row + 3] == batch.rewards[row])
        }
      }
    }
  }

  @Test func seededEpisodesOfTabularTasksDiffer() throws {
    let batch = try Batch("tabular", count: 50, horizon: 3)
    #expect(batch.reset(seed: 3) == 0)
    var histories: [[Double]] = [batch.observations]
    for _ in 0..<3 {
      #expect(batch.step([Double](repeating: 0, count: 50)) == 0)
      histories.append(batch.observations)
    }
    #expect(batch.reset(seed: 3) == 0 && batch.observations == histories[0])
    #expect(batch.step([Double](repeating: 0, count: 50)) == 0)
    #expect(batch.observations == histories[1] && histories[1] != histories[0])
  }

  @Test func endedEpisodesHaveToBeReset() throws {
    let batch = try Batch("navigation-2d", count: 2, horizon: 2)
    let actions = [0.1, 0, 0, 0.1]
    #expect(batch.step(actions) == METATAPE_INVALID_STATE)
    #expect(lastError().contains("reset it first"))
    #expect(batch.reset() == 0 && batch.step(actions) == 0 && batch.step(actions) == 0)
    #expect(batch.truncated == [1, 1] && batch.observations == [0.2, 0, 0, 0.2])
    #expect(batch.step(actions) == METATAPE_INVALID_STATE)
    #expect(lastError() == "Episode 0 has ended: reset it before the next step.")
    // one row starts again, the other stays where it is
    #expect(batch.reset(mask: [0, 1]) == 0)
    #expect(batch.observations == [0.2, 0, 0, 0])
  }

  @Test func nextStepResetsInPlaceOfAStep() throws {
    let batch = try Batch("navigation-2d", count: 1, horizon: 2, autoreset: "next-step")
    #expect(batch.set(task: [0.3, 0]) == 0 && batch.reset() == 0)
    for x in [0.1, 0.2, 0, 0.1, 0.2, 0] {
      #expect(batch.step([0.1, 0]) == 0 && batch.observations[0] == x)
      #expect(batch.truncated == [x == 0.2 ? 1 : 0])
      #expect((batch.rewards[0] == 0) == (x == 0))
    }
  }

  /// A task is that of the caller's next start of all episodes; what starts by itself keeps the old one.
  @Test func tasksTakeEffectWhereTheCallerStartsAll() throws {
    let batch = try Batch("navigation-2d", count: 1, horizon: 1, autoreset: "same-step")
    #expect(batch.set(task: [0.5, 0]) == 0 && batch.reset() == 0)
    func reward() -> Double { batch.step([0, 0]) == 0 ? batch.rewards[0] : .nan }
    let old = reward()
    #expect(batch.set(task: [0.1, 0]) == 0 && reward() == old && reward() == old)
    let states = try batch.states
    #expect(
      metatape_batch_set_states(
        batch.handle, nil, 0, states, 2, &batch.observations, 2) == 0)
    #expect(reward() > old)
    #expect(batch.set(task: [0.5, 0]) == 0 && batch.reset() == 0 && reward() == old)
  }

  @Test func sameStepKeepsTheLastObservation() throws {
    let batch = try Batch("half-cheetah-direction", count: 2, horizon: 2, autoreset: "same-step")
    #expect(batch.reset(seed: 1) == 0)
    let plain = try Batch("half-cheetah-direction", count: 2, horizon: 0)
    #expect(plain.reset(seed: 1) == 0)
    let actions = [Double](repeating: 0.5, count: 12)
    for _ in 0..<2 { #expect(batch.step(actions) == 0 && plain.step(actions) == 0) }
    #expect(batch.truncated == [1, 1] && batch.finals == plain.observations)
    #expect(batch.rewards == plain.rewards && plain.truncated == [0, 0])
    #expect(plain.reset() == 0 && batch.observations == plain.observations)
  }

  /// A state that was read and set leads to the same steps.
  @Test(arguments: [
    ("half-cheetah-direction", 6), ("swimmer-velocity", 2), ("navigation-2d", 2), ("tabular", 1),
  ])
  func statesComeBack(name: String, actionSize: Int) throws {
    let batch = try Batch(name, count: 3)
    #expect(batch.reset(seed: 4) == 0)
    let actions = [Double](repeating: 1, count: 3 * actionSize)
    // a reset forgets the contact solver's warm start, which is no part of a state
    let start = try batch.states
    let mask: [UInt8] = [1, 0, 1]
    let before = batch.observations
    #expect(batch.step(actions) == 0)
    let after = batch.observations
    #expect(
      metatape_batch_set_states(
        batch.handle, mask, 3, start, Int64(start.count), &batch.observations,
        Int64(batch.observations.count)) == 0)
    let size = batch.observationSize
    #expect(batch.observation(0) == Array(before[..<size]))
    #expect(batch.observation(1) == Array(after[size..<2 * size]))
    if name != "tabular" {
      #expect(batch.step(actions) == 0 && batch.observation(0) == Array(after[..<size]))
    }
  }

  @Test func boundArraysAreThoseOfAStep() throws {
    let batch = try Batch("navigation-2d", count: 1)
    #expect(metatape_batch_advance(batch.handle) == METATAPE_INVALID_STATE)
    #expect(lastError().contains("metatape_batch_bind"))
    let actions = UnsafeMutablePointer<Double>.allocate(capacity: 2)
    let numbers = UnsafeMutablePointer<Double>.allocate(capacity: 3)
    let flags = UnsafeMutablePointer<UInt8>.allocate(capacity: 2)
    defer {
      actions.deallocate()
      numbers.deallocate()
      flags.deallocate()
    }
    actions.initialize(repeating: 0.05, count: 2)
    #expect(
      metatape_batch_bind(
        batch.handle, actions, 2, numbers, 2, numbers + 2, 1, flags, 1, flags + 1, 1, nil, 0, nil,
        0, nil, 0) == 0)
    #expect(batch.reset() == 0 && metatape_batch_advance(batch.handle) == 0)
    #expect(numbers[0] == 0.05 && numbers[1] == 0.05)
    actions[0] = .infinity
    #expect(metatape_batch_advance(batch.handle) == METATAPE_INVALID_ARGUMENT)
    #expect(numbers[0] == 0.05)
  }

  @Test func picturesHaveTheBody() throws {
    let batch = try Batch("half-cheetah-direction", count: 2)
    #expect(batch.reset(seed: 1) == 0)
    var states = try batch.states
    for dof in 0..<18 { states[dof] = 0 }
    #expect(
      metatape_batch_set_states(
        batch.handle, nil, 0, states, Int64(states.count), &batch.observations,
        Int64(batch.observations.count)) == 0)
    let picture = try document { metatape_batch_picture(batch.handle, 0, $0) }
    let segments = try #require(picture["segments"] as? [[String: Any]])
    // the torso of the authored pose lies at a height of 0.7 from -0.5 to 0.5
    let torso = try #require(segments.first?["to"] as? [Double])
    #expect(segments.count == 8 && abs(torso[0]) == 0.5 && abs(torso[1] - 0.7) < 1e-12)
    #expect(picture["ground"] as? Double == 0)
    #expect(metatape_batch_picture(batch.handle, 2, nil) == METATAPE_INVALID_ARGUMENT)
  }
}
