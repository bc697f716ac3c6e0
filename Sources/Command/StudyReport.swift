import Foundation
import MetaTape

/// What `study --json` prints and `--output` keeps.
struct StudyReport: Encodable {
  /// Version 1 had the inverse of `variance_ratio`.
  let schemaVersion = 2
  let name: String
  let seed: Int
  let threads: Int
  let machine: MachineFacts
  let reference: String
  let studies: [StudyOutcome]

  /// A line for each estimator of each study.
  var csv: String {
    func columns(_ names: [String]) -> [String] {
      names.flatMap { [$0, "\($0)_low", "\($0)_high"] }
    }
    func numbers(_ intervals: [StudyOutcome.Interval?]) -> [Double?] {
      intervals.flatMap { [$0?.value, $0?.low, $0?.high] }
    }
    let heading =
      ["sweep", "value", "estimator"] + columns(StudyOutcome.Row.columns)
      + ["seconds_per_estimate", "chains_needed"] + columns(StudyOutcome.Ascent.columns)
    let lines = studies.flatMap { study in
      study.rows.map { row in
        let ascent = row.ascent?.intervals ?? StudyOutcome.Ascent.columns.map { _ in nil }
        let numbers =
          numbers(row.intervals) + [row.secondsPerEstimate, row.chainsNeeded] + numbers(ascent)
        let cells =
          [study.sweep ?? "", study.value ?? "", row.estimator]
          + numbers.map { $0.map { "\($0)" } ?? "" }
        return cells.joined(separator: ",")
      }
    }
    return ([heading.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }
}

/// One study.
struct StudyOutcome: Encodable {
  struct Interval: Encodable {
    let value: Double
    /// The ends; nil, in JSON null, where they are not defined.
    let low: Double?
    let high: Double?

    init(_ estimate: IntervalEstimate) {
      (value, low, high) = (estimate.value, estimate.low, estimate.high)
    }

    init(_ estimate: Estimate) {
      value = estimate.mean
      (low, high) = (estimate.interval95?.lowerBound, estimate.interval95?.upperBound)
    }

    /// The interval; nil unless it is one of numbers.
    var range: ClosedRange<Double>? {
      guard let low, let high, low <= high else { return nil }
      return low...high
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(value, forKey: .value)
      try container.encode(low, forKey: .low)
      try container.encode(high, forKey: .high)
    }

    private enum CodingKeys: CodingKey { case value, low, high }
  }

  /// The slopes along an estimator's mean gradient.
  struct Ascent: Encodable {
    static let columns = ["promised_slope", "discounted_slope", "undiscounted_slope"]
    let promisedSlope: Interval
    let discountedSlope: Interval
    let undiscountedSlope: Interval

    var intervals: [Interval?] { [promisedSlope, discountedSlope, undiscountedSlope] }

    init(_ test: AscentTest) {
      promisedSlope = Interval(test.promised)
      (discountedSlope, undiscountedSlope) = (
        Interval(test.discounted), Interval(test.undiscounted)
      )
    }
  }

  struct Row: Encodable {
    static let columns = [
      "variance", "variance_ratio", "squared_bias", "relative_bias", "signal_to_noise", "cosine",
    ]
    let estimator: String
    let declaredUnbiased: Bool
    let variance: Interval
    /// To the first estimator's.
    let varianceRatio: Interval
    let squaredBias: Interval
    /// Nil where the gradient is not told from zero.
    let relativeBias: Interval?
    let showsBias: Bool
    /// Nil likewise.
    let signalToNoise: Interval?
    /// Nil likewise.
    let cosine: Interval?
    let secondsPerEstimate: Double
    /// Nil where the bias alone is larger than the accuracy, or the gradient is not told from zero.
    let chainsNeeded: Double?
    /// Nil unless it was asked for.
    let ascent: Ascent?

    var intervals: [Interval?] {
      [variance, varianceRatio, squaredBias, relativeBias, signalToNoise, cosine]
    }
  }

  let sweep: String?
  let value: String?
  let metaBatches: Int
  let tasks: Int
  let learningMetaBatches: Int
  let accuracy: Double
  /// Of the estimators that have a score term.
  let scoreWeight: Double
  let scoreComplement: String
  /// The step to either side of which slopes were measured, and the tasks; nil if they were not.
  let ascentStep: Double?
  let ascentTasks: Int?
  let gradientNorm: Interval
  let isExact: Bool
  let seconds: Double
  let rows: [Row]

  /// - Parameters:
  ///   - study: the study.
  ///   - ascents: for each of its rows; nil where the slope could not be measured.
  ///   - sampling: how much was sampled.
  ///   - configuration: the configuration.
  ///   - sweep: the key that is varied.
  ///   - value: its value.
  init(
    _ study: EstimatorStudy, ascents: [AscentTest?], sampling: StudyOptions,
    configuration: Configuration, sweep: String?, value: String?
  ) {
    (self.sweep, self.value) = (sweep, value)
    scoreWeight = configuration.text(of: "outer.score-weight").flatMap(Double.init) ?? 1
    scoreComplement =
      configuration.text(of: "outer.score-complement") ?? ScoreComplement.none.rawValue
    ascentStep = sampling.ascent
    ascentTasks = sampling.ascent.map { _ in sampling.slopeTasks }
    (metaBatches, tasks) = (study.plan.metaBatches, study.plan.tasks)
    learningMetaBatches = study.plan.learningMetaBatches
    accuracy = study.plan.accuracy
    gradientNorm = Interval(study.gradientNorm)
    (isExact, seconds) = (study.isExact, study.seconds)
    rows = zip(study.rows, ascents).map { row, ascent in
      Row(
        estimator: row.estimator.name, declaredUnbiased: row.estimator.isDeclaredUnbiased,
        variance: Interval(row.variance), varianceRatio: Interval(row.varianceRatio),
        squaredBias: Interval(row.squaredBias),
        relativeBias: row.relativeBias.map { Interval($0) }, showsBias: row.showsBias,
        signalToNoise: row.signalToNoise.map { Interval($0) },
        cosine: row.cosine.map { Interval($0) }, secondsPerEstimate: row.seconds,
        chainsNeeded: row.chainsNeeded.flatMap { $0.isFinite ? $0 : nil },
        ascent: ascent.map(Ascent.init))
    }
  }

  func printTable() {
    func cell(_ interval: Interval) -> String {
      "\(short(interval.value)) [\(interval.low.map(short) ?? "-"), \(interval.high.map(short) ?? "-")]"
    }
    if let sweep, let value { print("\(sweep) = \(value)") }
    print(
      "‖∇V‖ = \(isExact ? short(gradientNorm.value) + ", enumerated" : cell(gradientNorm) + ", sampled"); 95 % intervals; \(Console.number(seconds, 1)) s\n"
    )
    Console.printTable(
      [
        "estimator", "variance", "ratio to first", "relative bias", "signal-to-noise", "cosine",
        "ms", "chains for \(short(100 * accuracy)) %",
      ],
      rows.map {
        [
          $0.estimator, cell($0.variance), cell($0.varianceRatio),
          ($0.relativeBias.map(cell) ?? "?") + ($0.showsBias ? " *" : "  "),
          $0.signalToNoise.map(cell) ?? "?", $0.cosine.map(cell) ?? "?",
          short(1000 * $0.secondsPerEstimate),
          $0.chainsNeeded.map { Console.number($0, 0) }
            ?? ($0.relativeBias == nil ? "?" : "never"),
        ]
      })
    print()
    for footnote in footnotes { print(footnote + "\n") }
    let ascents = rows.compactMap { row in row.ascent.map { (row.estimator, $0) } }
    if ascents.isEmpty { return }
    print("Slopes of the return along each estimator's mean gradient:\n")
    Console.printTable(
      ["estimator", "promised", "measured, discounted", "measured, undiscounted"],
      ascents.map { name, ascent in
        [
          name, cell(ascent.promisedSlope), cell(ascent.discountedSlope),
          cell(ascent.undiscountedSlope),
        ]
      })
    print()
  }

  /// What the marks in the table mean, for those that are there.
  private var footnotes: [String] {
    var footnotes: [String] = []
    if rows.contains(where: \.showsBias) {
      footnotes.append("* the bias is larger than its noise")
    }
    if rows.contains(where: { $0.relativeBias == nil }) {
      footnotes.append(
        "? the gradient is indistinguishable from zero: take more --reference-meta-batches")
    }
    return footnotes
  }

  /// Three digits.
  private func short(_ value: Double) -> String { String(format: "%.3g", value) }
}
