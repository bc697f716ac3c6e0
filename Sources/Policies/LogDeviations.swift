import Autodiff

/// The position of the log standard deviations of a policy's actions among its parameters.
///
/// Training monitors them. A collapsed or exploded deviation is the most common reason for a
/// Gaussian policy to stop learning.
public struct LogDeviations: Equatable, Sendable {
  /// The name of the block that policies use by convention.
  public static let blockName = "logStandardDeviation"

  /// The name of their block, for messages.
  public let block: String
  /// Their indices in the vector of parameters.
  public let places: [Int]
  /// The value at and below which the derivative of a log deviation is zero; minus infinity if
  /// none.
  public let floor: Double

  /// Creates the position of log deviations.
  ///
  /// - Parameters:
  ///   - block: the name of their block.
  ///   - places: their indices in the vector of parameters.
  ///   - floor: the value at and below which their derivative is zero.
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
