import CAllocationCounter
import Testing

@testable import Environments

/// A step of simulated bodies allocates nothing, whatever is observed of them.
@Suite(
  "Allocations of environments", .serialized,
  .enabled(
    if: allocation_counter_is_available(), "allocations can be counted on Linux with glibc only"))
struct EnvironmentAllocationTests {
  private static let tasks: [any BodyTasks] = [
    HalfCheetahVelocity(), SwimmerVelocity(), Walker2DVelocity(), HopperDirection(),
    InvertedPendulum(), InvertedDoublePendulum(), Reacher(), Reacher(seesTarget: true),
  ]

  private static func tasks(_ index: Int) throws -> any BodyTasks {
    guard index == tasks.count else { return tasks[index] }
    var options = UserBody()
    (options.reward, options.leastHeight, options.greatestPitch) = (.reach, -0.5, 2)
    return try #require(try options.makeTasks(horizon: 10) as? UserBodyTasks)
  }

  @Test(arguments: 0...tasks.count)
  func steps(index: Int) throws {
    let tasks = try Self.tasks(index)
    let count = 19
    let environment = tasks.makeEnvironment(count: count)
    var stream = RandomStream(seed: 1, purpose: .other)
    environment.task = tasks.sampleTask(using: &stream)
    var observations = Matrix(rows: count, columns: tasks.observationSpace.columns)
    let actions = (0..<10).map { _ in
      let size = tasks.actionSpace.columns
      return Matrix(
        rows: count, columns: size,
        elements: (0..<count * size).map { _ in stream.uniform(in: -1..<1) })
    }
    var result = StepResult(count: count)
    observations.withMutableView { environment.reset(into: $0, using: streams()) }
    var counts: [UInt64] = []
    // the first step may fill caches of the runtime
    for step in actions.indices {
      actions[step].withView { actions in
        observations.withMutableView { observations in
          let stream = streams(step: step + 1)
          allocation_counter_start()
          environment.step(actions, observations: observations, result: &result, using: stream)
          counts.append(allocation_counter_stop().own)
        }
      }
    }
    #if DEBUG
    #expect(Set(counts.dropFirst()).count == 1)
    #else
    #expect(counts.dropFirst().allSatisfy { $0 == 0 }, "\(tasks.name): \(counts)")
    #endif
    #expect(observations.elements.allSatisfy { $0.isFinite })
  }

  @Test("the counter sees an allocation")
  func positiveControl() {
    allocation_counter_start()
    UnsafeMutablePointer<Double>.allocate(capacity: 100).deallocate()
    #expect(allocation_counter_stop().own == 1)
  }
}
