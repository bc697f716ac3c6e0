extension ReportResults.Experiment {
  /// The results in words: of a single group, or of the best group and its comparisons.
  public var sentences: [String] {
    guard let best = groups.max(by: { $0.trained.mean < $1.trained.mean }) else { return [] }
    var result: [String] = []
    if groups.count > 1 {
      result.append("Of \(groups.count) groups \(best.label) has the highest return.")
    }
    let subject = groups.count > 1 ? "Its return" : "The return of \(best.label)"
    result.append(
      "\(subject) after \(Format.count(best.steps, "adaptation step")) on fresh tasks \(best.change)."
    )
    if let (difference, how) = best.comparison {
      result.append("It is \(distance(difference, how, from: "MAML")).")
    } else if let next = groups.filter({ $0.reference == best.index }).max(by: {
      $0.trained.mean < $1.trained.mean
    }), let (difference, how) = next.comparison {
      let reversed = Estimate(
        mean: -difference.mean, standardError: difference.standardError, count: difference.count)
      result.append("It is \(distance(reversed, how, from: next.label)).")
    }
    if let standingStill {
      result.append("Standing still would score \(Format.number(standingStill)).")
    }
    return result
  }

  /// The distance of a return from that of another group.
  private func distance(_ difference: Estimate, _ how: String, from name: String) -> String {
    let relation = difference.mean < 0 ? "below" : "above"
    let interval = Format.interval(difference).map { "95 % interval of the difference \($0), " }
    return
      "\(Format.number(difference.mean.magnitude)) \(relation) that of \(name) (\(interval ?? "")\(how))"
  }
}

extension ReportResults.Group {
  /// The change of the return from untrained to trained parameters.
  fileprivate var change: String {
    let (from, to) = (Format.number(untrained.mean), Format.number(trained.mean))
    let training = "in \(Format.count(epochs, "meta-epoch"))"
    guard let bounds = Format.interval(rise) else {
      return
        "is \(to) after training and \(from) before (\(returns.unitInWords): too few for an interval)"
    }
    let interval = "95 % interval of the difference \(bounds), over \(returns.unitInWords)"
    if rise.interval95?.contains(0) == true {
      return
        "shows no change \(training): \(from) untrained, \(to) trained (\(interval))"
    }
    return
      "\(rise.mean > 0 ? "rose" : "fell") from \(from) untrained to \(to) \(training) (\(interval))"
  }
}
