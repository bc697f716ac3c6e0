import Foundation
import Requirements
import SGMRL

/// The episodes of a meta-test as arrays for NumPy.
///
/// All episodes stand one below the other: task by task, for each the numbers of adaptation steps in
/// turn. Of `N` samples in `E` episodes of `T` tasks:
///
/// | array | shape | content |
/// |---|---|---|
/// | `observations`, `actions` | `[N, k]` | before each step; the policy's actions, not scaled |
/// | `rewards` | `[N]` | of each step |
/// | `qpos`, `qvel` | `[N, nv]` | of simulated bodies: the full state before each step |
/// | `offsets` | `[E + 1]` | the first row of each episode, and `N` |
/// | `episode_task`, `episode_steps` | `[E]` | the task's row; how often it had been adapted |
/// | `episode_terminated` | `[E]` | 1 if the episode ended by its task's own rule |
/// | `task_parameters` | `[T, k]` | goals, directions or velocities |
/// | `action_scale` | `[1]` | the environment gets this times the action |
/// | `schema_version` | `[1]` | 1 |
public enum TrajectoryArchive {
  /// Why the episodes do not fit.
  public struct SizeError: ReportedError {
    /// The number of elements, the limit, and what to do.
    public let description: String
  }

  /// The bytes of the archive.
  ///
  /// - Throws: ``SizeError`` if the format cannot hold that many numbers.
  /// - Precondition: the trajectories of the test were kept.
  public static func encode(_ test: MetaTest, _ experiment: Experiment) throws(SizeError) -> Data {
    let episodes = test.returns.enumerated().flatMap { task, row in
      row.enumerated().map { steps, adapted in
        guard let batch = adapted.trajectories else {
          requirementFailure("The trajectories of task \(task) were not kept.")
        }
        return (task: task, steps: steps, batch: batch)
      }
    }
    let batches = episodes.map(\.batch)
    try requireSize(batches)
    let samples = batches.reduce(0) { $0 + $1.sampleCount }
    func rows(_ matrix: (TrajectoryBatch) -> Matrix?) -> NumPyArchive.Entry {
      let parts = batches.compactMap(matrix)
      return NumPyArchive.Entry(
        shape: [samples, parts.first?.columns ?? 0], elements: parts.flatMap(\.elements))
    }
    func perEpisode(_ value: (Int, Int, TrajectoryBatch) -> [Int]) -> NumPyArchive.Entry {
      let integers = episodes.flatMap { value($0.task, $0.steps, $0.batch) }
      return NumPyArchive.Entry(shape: [integers.count], integers: integers)
    }
    var arrays: [(name: String, entry: NumPyArchive.Entry)] = [
      ("observations", rows(\.observations)), ("actions", rows(\.actions)),
      ("rewards", NumPyArchive.Entry(shape: [samples], elements: batches.flatMap(\.rewards))),
    ]
    var column = 0
    for part in batches.first?.stateParts ?? [] {
      let range = column..<column + part.size
      arrays.append((part.name, rows { $0.states.map { $0.columns(range) } }))
      column += part.size
    }
    let lengths = batches.flatMap { zip($0.offsets.dropFirst(), $0.offsets).map { $0 - $1 } }
    let offsets = lengths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
    let tasks = Matrix(test.tasks)
    arrays += [
      ("offsets", NumPyArchive.Entry(shape: [offsets.count], integers: offsets)),
      (
        "episode_task",
        perEpisode { task, _, batch in [Int](repeating: task, count: batch.episodeCount) }
      ),
      (
        "episode_steps",
        perEpisode { _, steps, batch in [Int](repeating: steps, count: batch.episodeCount) }
      ),
      ("episode_terminated", perEpisode { _, _, batch in batch.terminated.map { $0 ? 1 : 0 } }),
      (
        "task_parameters",
        NumPyArchive.Entry(shape: [tasks.rows, tasks.columns], elements: tasks.elements)
      ),
      (
        "action_scale",
        NumPyArchive.Entry(
          shape: [1], elements: [experiment.tasks.actionScale])
      ),
      ("schema_version", NumPyArchive.Entry(shape: [1], integers: [1])),
    ]
    return NumPyArchive.encode(arrays)
  }

  private static func requireSize(_ batches: [TrajectoryBatch]) throws(SizeError) {
    let elements = batches.reduce(0) { sum, batch in
      let columns = batch.observations.columns + batch.actions.columns
      return sum + batch.sampleCount * (columns + (batch.states?.columns ?? 0) + 1)
        + 4 * batch.offsets.count
    }
    guard elements < NumPyArchive.elementLimit - 1_000_000 else {
      throw SizeError(
        description:
          "The trajectories have \(elements) numbers, more than an archive of this format holds (\(NumPyArchive.elementLimit)): use fewer test.tasks or inner.episodes."
      )
    }
  }
}

extension Matrix {
  /// Some of the columns.
  fileprivate func columns(_ range: Range<Int>) -> Matrix {
    var result: [Double] = []
    result.reserveCapacity(rows * range.count)
    for row in 0..<rows {
      let start = row * columns
      result += elements[start + range.lowerBound..<start + range.upperBound]
    }
    return Matrix(rows: rows, columns: range.count, elements: result)
  }
}
