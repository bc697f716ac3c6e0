import Autodiff
import Requirements

/// A block of whole episodes, recorded on its own tape.
public struct EpisodeBlock: Equatable, Sendable {
  /// The samples.
  public let rows: Range<Int>
  /// The episodes.
  public let episodes: Range<Int>

  /// Creates a block.
  public init(rows: Range<Int>, episodes: Range<Int>) {
    self.rows = rows
    self.episodes = episodes
  }

  /// The rows that a block aims at: numbers of half the size take twice as many in the same memory.
  ///
  /// - Parameters:
  ///   - target: the rows in double precision.
  ///   - precision: that of the recording.
  /// - Returns: The rows in that precision.
  public static func rows(_ target: Int, in precision: Precision) -> Int {
    precision == .single ? 2 * target : target
  }

  /// Divides episodes into blocks that fit the cache.
  ///
  /// - Parameters:
  ///   - offsets: the first row of each episode, and the number of all rows at the end.
  ///   - target: target rows per recorded block; a block ends with the episode that reaches them.
  /// - Returns: Blocks that cover all rows, in order.
  public static func partition(_ offsets: [Int], target: Int = 400) -> [EpisodeBlock] {
    require(
      zip(offsets, offsets.dropFirst()).allSatisfy { $0 < $1 },
      "The offsets of episodes must increase: \(offsets).")
    var blocks: [EpisodeBlock] = []
    var first = 0
    for episode in 0..<max(0, offsets.count - 1) {
      let isLast = episode == offsets.count - 2
      if isLast || offsets[episode + 1] - offsets[first] >= target {
        blocks.append(
          EpisodeBlock(rows: offsets[first]..<offsets[episode + 1], episodes: first..<episode + 1))
        first = episode + 1
      }
    }
    return blocks
  }
}
