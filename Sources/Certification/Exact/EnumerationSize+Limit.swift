extension EnumerationSize {
  /// Refuses what is larger than a limit, with an estimate of the time it would take.
  func require(
    _ limit: Int, _ problem: CertificateProblem, estimators: Int, threads: Int
  ) throws(CertificateError) {
    guard largest > Double(limit) else { return }
    // a chain costs an inner step and ζ sweeps for each estimator, and the differences
    let work = Double(estimators * (1 + problem.settings.innerSteps)) * 4e-6
    let differences = Double(6 * problem.parameters.count) * 2e-6
    let seconds = max(chains, outerBatches) * (work + differences) / Double(max(1, threads))
    throw CertificateError(
      "\(problem.name) has \(Self.text(trajectories)) trajectories, \(Self.text(batches)) batches and \(Self.text(chains)) chains of \(problem.settings.innerSteps) inner steps, above the limit of \(limit); enumerating them would take about \(Self.duration(seconds)) on \(threads) threads. Make states, actions, horizon, batch or inner steps smaller, or raise the limit.",
      remedies: [.raiseLimit])
  }

  private static func text(_ count: Double) -> String {
    if let whole = Int(exactly: count), whole < 1_000_000 { return "\(whole)" }
    guard count.isFinite else { return "more than 10^308" }
    var (mantissa, exponent) = (count, 0)
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    return "\((10 * mantissa).rounded() / 10)·10^\(exponent)"
  }

  private static func duration(_ seconds: Double) -> String {
    if seconds < 120 { return "\(Int(seconds.rounded(.up))) s" }
    if seconds < 7200 { return "\(Int((seconds / 60).rounded(.up))) min" }
    if seconds < 200_000 { return "\(Int((seconds / 3600).rounded(.up))) h" }
    return "\(text((seconds / 86400).rounded(.up))) days"
  }
}
