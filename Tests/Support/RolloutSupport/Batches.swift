import Rollouts

/// A batch with normal observations, actions and rewards and given lengths of episodes.
package func normalBatch(
  lengths: [Int], observationSize: Int = 2, actionSize: Int = 2, seed: UInt64
) -> TrajectoryBatch {
  var stream = RandomStream(seed: seed, purpose: .other)
  let count = lengths.reduce(0, +)
  return TrajectoryBatch(
    observations: Matrix(
      rows: count, columns: observationSize, elements: stream.normals(count * observationSize)),
    actions: Matrix(rows: count, columns: actionSize, elements: stream.normals(count * actionSize)),
    rewards: stream.normals(count), offsets: offsets(lengths))
}

/// The first rows of episodes of given lengths, and the number of all rows.
private func offsets(_ lengths: [Int]) -> [Int] {
  lengths.indices.reduce(into: [0]) { $0.append(lengths[...$1].reduce(0, +)) }
}

/// Standard normal numbers with a seed.
package func normals(_ count: Int, seed: UInt64) -> [Double] {
  var stream = RandomStream(seed: seed, purpose: .other, at: StreamPlace(epoch: 1))
  return stream.normals(count)
}

/// The largest difference of two vectors.
package func distance(_ x: [Double], _ y: [Double]) -> Double {
  guard x.count == y.count else { return .infinity }
  return zip(x, y).map { ($0 - $1).magnitude }.reduce(0) { max($0, $1.isNaN ? .infinity : $1) }
}
