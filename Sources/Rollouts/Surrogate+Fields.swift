extension Surrogate {
  /// The fields of the weights of an inner or outer step.
  ///
  /// - Parameter what: what the weights are of, for the documentation.
  /// - Returns: The fields, for a section of a configuration.
  public static func fields(of what: String) -> [Field<Self>] {
    [
      .choice("signal", "What \(what) credits an action with.", \.signal),
      .number(
        "gae-decay", "The decay of the advantage estimate, if that is the signal.", \.gaeDecay,
        0...1, symbol: "λ"),
      .flag(
        "normalizes", "Whether the signal is scaled to mean 0 and deviation 1 per batch.",
        \.isNormalized),
      .choice(
        "average", "What the sum over samples is divided by (equation 5: trajectories).",
        \.average),
    ]
  }
}
