import Requirements

/// Why a configuration cannot be used.
public struct ConfigurationError: ReportedError, Equatable, Sendable {
  /// The place, the key, what is wrong and what to do.
  public let description: String

  /// Creates an error from a sentence that says what is wrong and what to do.
  public init(description: String) { self.description = description }
}
