import Autodiff

/// Where the log standard deviations of a policy's actions stand among its parameters.
///
/// Training watches them: a deviation that has collapsed or exploded is the commonest way for a
/// Gaussian policy to stop learning.
public struct LogDeviations: Equatable, Sendable {
  /// The name of the block that policies use by convention.
  public static let blockName = "logStandardDeviation"

  /// The name of their block, for messages.
  public let block: String
  /// Their indices in the vector of parameters.
  public let places: [Int]
  /// The value at and below which a log deviation has no derivative; minus infinity if there is none.
  public let floor: Double

  /// Says where log deviations stand.
  ///
  /// - Parameters:
  ///   - block: the name of their block.
  ///   - places: their indices in the vector of parameters.
  ///   - floor: the value at and below which they have no derivative.
  public init(block: String, places: [Int], floor: Double = -.infinity) {
    (self.block, self.places, self.floor) = (block, places, floor)
  }
}

extension Policy {
  /// The elements of the block `logStandardDeviation`, without a floor; nil if there is no such block.
  public var logDeviations: LogDeviations? {
    layout[LogDeviations.blockName].map {
      LogDeviations(block: $0.name, places: Array($0.range))
    }
  }
}
