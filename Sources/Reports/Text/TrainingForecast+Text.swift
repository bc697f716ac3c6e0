import Terminal

extension TrainingForecast {
  /// What a run would take, as a table.
  public var text: String {
    Console.table(
      ["plan", ""],
      [
        ["parameters", "\(parameters)"],
        ["samples an epoch", "\(samplesPerEpoch)"],
        ["time an epoch", "\(Console.number(secondsPerEpoch)) s"],
        ["time of \(epochs) epochs", Console.duration(estimatedSeconds)],
        ["memory", "\(Console.number(Double(peakMemoryBytes) / 1e6, 0)) MB"],
      ])
  }
}
