import Foundation
import MetaTape

/// What `study --json` prints and `--output` keeps.
struct StudyReport: Encodable {
  let schemaVersion = 1
  let name: String
  let seed: Int
  let threads: Int
  let machine: MachineFacts
  let reference: String
  let studies: [StudyOutcome]

  /// A line for each estimator of each study.
  var csv: String {
    let columns = StudyOutcome.Row.columns.flatMap { [$0, "\($0)_low", "\($0)_high"] }
    let heading =
      ["sweep", "value", "estimator"] + columns + ["seconds_per_estimate", "chains_needed"]
    let lines = studies.flatMap { study in
      study.rows.map { row in
        let numbers: [Double?] =
          row.intervals.flatMap { [$0?.value, $0?.low, $0?.high] }
          + [row.secondsPerEstimate, row.chainsNeeded]
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
    let low: Double
    let high: Double

    init(_ estimate: IntervalEstimate) {
      (value, low, high) = (estimate.value, estimate.low, estimate.high)
    }

    /// The interval; nil unless it is one of numbers.
    var range: ClosedRange<Double>? { low <= high ? low...high : nil }
  }

  struct Row: Encodable {
    static let columns = [
      "variance", "variance_ratio", "squared_bias", "relative_bias", "signal_to_noise", "cosine",
    ]
    let estimator: String
    let declaredUnbiased: Bool
    let variance: Interval
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
  let gradientNorm: Interval
  let isExact: Bool
  let seconds: Double
  let rows: [Row]

  init(_ study: EstimatorStudy, configuration: Configuration, sweep: String?, value: String?) {
    (self.sweep, self.value) = (sweep, value)
    (metaBatches, tasks) = (study.plan.metaBatches, study.plan.tasks)
    learningMetaBatches = study.plan.learningMetaBatches
    accuracy = study.plan.accuracy
    gradientNorm = Interval(study.gradientNorm)
    (isExact, seconds) = (study.isExact, study.seconds)
    rows = study.rows.map {
      Row(
        estimator: $0.estimator.name, declaredUnbiased: $0.estimator.isDeclaredUnbiased,
        variance: Interval($0.variance), varianceRatio: Interval($0.varianceRatio),
        squaredBias: Interval($0.squaredBias), relativeBias: $0.relativeBias.map(Interval.init),
        showsBias: $0.showsBias,
        signalToNoise: $0.signalToNoise.map(Interval.init),
        cosine: $0.cosine.map(Interval.init),
        secondsPerEstimate: $0.seconds,
        chainsNeeded: $0.chainsNeeded.flatMap { $0.isFinite ? $0 : nil })
    }
  }

  func printTable() {
    func cell(_ interval: Interval) -> String {
      "\(short(interval.value)) [\(short(interval.low)), \(short(interval.high))]"
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
    print("\n* the bias is larger than its noise\n")
    if gradientNorm.low <= 0 {
      print("? the gradient is not told from zero: take more --reference-meta-batches\n")
    }
  }

  /// Three digits.
  private func short(_ value: Double) -> String { String(format: "%.3g", value) }
}
