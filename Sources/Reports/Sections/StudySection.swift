import Files
import Foundation
import Requirements

/// Bias and variance of estimators, from a file of `metatape study --output`.
public struct StudySection: ReportSection {
  /// `study-1`, `study-2`, …
  public let identifier: String
  /// The heading.
  public let title: String
  private let report: StudyReport

  /// Why a file cannot be shown.
  public struct ReadError: ReportedError, Equatable {
    /// The file, the problem and its remedy.
    public let description: String
  }

  /// Reads a `study.json`.
  ///
  /// - Parameters:
  ///   - url: the URL of the file.
  ///   - number: the number of the study on the page, from 1.
  /// - Throws: ``ReadError`` if the file is missing or damaged.
  public init(reading url: URL, number: Int) throws(ReadError) {
    let data: Data
    do { data = try InputFile.data(url.path) } catch {
      throw ReadError(description: error.description)
    }
    do { report = try StudyReport(json: data) } catch {
      throw ReadError(
        description:
          "\(url.path) is not a study of this version; write one with the study command and read its study.json."
      )
    }
    guard (1...StudyReport.currentVersion).contains(report.schemaVersion) else {
      throw ReadError(
        description:
          "\(url.path) has schema_version \(report.schemaVersion); this program reads 1 and 2.")
    }
    identifier = "study-\(number)"
    title = "Bias and variance: \(report.name)"
  }

  /// A chart and a table for each value of the sweep.
  public func content(_ context: ReportContext) -> HTML? {
    let parts = report.studies.map(study)
    return """
      \(parts)<p class="caption">Estimators on the same chains, seed \(report.seed). Variances are \
      of one chain’s estimate. Biases are relative to the gradient’s norm; an interval that \
      contains 0 is no evidence of bias. 95 % intervals.</p>

      """
  }

  private func study(_ outcome: StudyOutcome) -> HTML {
    let value = outcome.sweep.flatMap { key in outcome.value.map { "\(key) = \($0)" } }
    let subject = [report.name, value].compactMap(\.self).joined(separator: ", ")
    // in version 1, the ratio was the first's variance over each other's
    func ratio(_ row: StudyOutcome.Row) -> StudyOutcome.Interval {
      report.schemaVersion == 1 ? row.varianceRatio.inverse : row.varianceRatio
    }
    func chart(
      _ title: String, _ measure: (StudyOutcome.Row) -> StudyOutcome.Interval?, isLogarithmic: Bool
    ) -> HTML {
      let rows = outcome.rows.compactMap { row -> ChartIntervals.Row? in
        guard let interval = measure(row) else { return nil }
        return ChartIntervals.Row(
          name: row.estimator, value: interval.value, low: interval.low ?? interval.value,
          high: interval.high ?? interval.value)
      }
      return ChartIntervals(
        title: title, subject: subject, rows: rows, isLogarithmic: isLogarithmic
      ).html
    }
    let table = Table(
      caption: "\(subject): bias and variance",
      heading: [
        "estimator", "held unbiased", "relative bias", "variance", "ratio to first",
        "signal-to-noise", "cosine", "ms", "chains for \(Format.number(100 * outcome.accuracy)) %",
      ],
      rows: outcome.rows.map { row in
        [
          row.estimator, row.declaredUnbiased ? "yes" : "no", row.relativeBias?.text ?? "?",
          row.variance.text, ratio(row).text, row.signalToNoise?.text ?? "?",
          row.cosine?.text ?? "?",
          Format.number(1000 * row.secondsPerEstimate),
          row.chainsNeeded.map(Format.number) ?? (row.relativeBias == nil ? "?" : "never"),
        ]
      })
    let norm = outcome.gradientNorm
    return """
      <h3>\(subject)</h3>
      <p>Norm of the gradient: \
      \(outcome.isExact ? "\(Format.number(norm.value)), enumerated" : "\(norm.text), sampled").</p>
      <div class="figures">
      \(chart("Relative bias", \.relativeBias, isLogarithmic: false))\
      \(chart("Variance", \.variance, isLogarithmic: true))</div>
      \(table.html)
      """
  }
}

extension StudyOutcome.Interval {
  /// The interval as it stands on a page.
  fileprivate var text: String {
    "\(Format.number(value)) (\(low.map(Format.number) ?? "-") … \(high.map(Format.number) ?? "-"))"
  }

  /// The interval of the inverse of a positive number.
  fileprivate var inverse: Self {
    Self(
      value: 1 / value, low: high.map { 1 / $0 },
      high: low.map { $0 > 0 ? 1 / $0 : .infinity })
  }
}
