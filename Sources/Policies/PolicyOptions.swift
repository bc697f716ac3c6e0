@_exported import Components

/// What a policy is made of, and how it is made for tasks.
///
/// One file with a policy and its options is all that a new policy takes; an element of the catalog makes it
/// known to files, command lines and reports.
public protocol PolicyOptions: ComponentOptions {
  /// Whether its actions are indices, as those of a discrete space, instead of vectors; false unless the type
  /// says otherwise.
  var choosesIndices: Bool { get }

  /// Makes the policy.
  ///
  /// - Parameters:
  ///   - observations: the set of observations.
  ///   - actions: the set of actions; discrete if and only if ``choosesIndices``.
  /// - Returns: A policy that takes these observations and gives these actions.
  /// - Throws: `ConfigurationError` if values do not go together.
  func makePolicy(
    observations: Space, actions: Space
  ) throws(ConfigurationError) -> any Policy
}

extension PolicyOptions {
  /// False
  public var choosesIndices: Bool { false }
}

/// The hidden layers of a network.
public struct HiddenLayers: Equatable, Sendable {
  /// The widths of the layers.
  public var sizes: [Int]
  /// The function behind them.
  public var activation: ActivationFunction

  /// Creates layers; the defaults are the paper's.
  public init(_ sizes: [Int] = [100, 100], activation: ActivationFunction = .relu) {
    (self.sizes, self.activation) = (sizes, activation)
  }

  /// The widths and the activation.
  public static var fields: [Field<Self>] {
    [
      .sizes("hidden-sizes", "The widths of the hidden layers.", \.sizes),
      .choice("activation", "The function behind the hidden layers.", \.activation),
    ]
  }

  /// Refuses networks that no machine holds, before anything is allocated.
  func requireMemory() throws(ConfigurationError) {
    let weights = zip(sizes, sizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    guard sizes.count <= 100, weights <= 1_000_000_000 else {
      throw ConfigurationError(
        description:
          "A policy with \(weights) weights between \(sizes.count) hidden layers is too large: use smaller policy.hidden-sizes."
      )
    }
  }
}
