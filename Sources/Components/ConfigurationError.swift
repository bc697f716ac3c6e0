import Requirements

/// Why a configuration cannot be used.
public struct ConfigurationError: ReportedError, Equatable, Sendable {
  /// The place, the key, the problem and its remedy.
  public let description: String

  /// Creates an error from a sentence that states the problem and its remedy.
  public init(description: String) { self.description = description }
}
