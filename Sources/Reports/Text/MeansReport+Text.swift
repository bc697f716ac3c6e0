import Findings
import Terminal

extension MeansReport {
  /// The comparison for people.
  public var text: String {
    let table = Console.table(
      [
        "problem", "estimator", "alpha", "inner step", "exact error", "bias, V", "bias, V̂",
        "verdict", "equals",
      ], rows.map(\.cells))
    let known = rows.count { !$0.equals.isEmpty }
    return """
      \(table)

      \(fitted) of \(rows.count) means have a multiple of equation 5's inner step; \(known) of these equal a \
      known estimator's to \(Console.scientific(equality)).
      """
  }
}

extension MeansReport.Row {
  fileprivate var cells: [String] {
    func share(_ x: Double?) -> String { x.map { Console.scientific($0) } ?? "-" }
    let errors = [exactError, exactHatError].compactMap(\.self)
    let names = equals.map(\.estimator)
    // single precision hides equality, but not by much
    let near = nearest.flatMap { $0.error < 1e-6 ? $0 : nil }
    return [
      problem, estimator, Console.significant(alpha),
      stepFactor.map { Console.significant($0) } ?? "own", share(errors.max()),
      share(relativeBias), share(meanStepRelativeBias), verdict.text,
      names.isEmpty
        ? near.map { "\($0.estimator) to \(Console.scientific($0.error))" } ?? "-"
        : names.count > 2
          ? "\(names[0]) and \(names.count - 1) more" : names.joined(separator: ", "),
    ]
  }
}
