/// A column of the metrics by epoch, as lines and as a table.
enum EpochChart {
  /// One line for each group that has epochs.
  static func series(_ groups: [RunGroup], _ column: String) -> [ChartSeries] {
    groups.filter { $0.epochs > 0 }.map { group in
      ChartSeries(
        name: group.label, index: group.index,
        points: EpochCurve(group, column).points.map {
          ChartSeries.Point(x: $0.epoch, $0.estimate)
        })
    }
  }

  /// A chart of such lines.
  static func chart(
    _ title: String, of subject: String, _ series: [ChartSeries], _ axis: ChartAxis,
    levels: [ChartLines.Level] = [], isAlone: Bool = false
  ) -> ChartLines {
    let ends =
      series.compactMap { line in
        line.points.last.map { "\(line.name) ends at \(Format.number($0.y))" }
      }
      + levels.compactMap { level in
        level.name.map { "\($0): \(Format.number(level.value))" }
      }
    return ChartLines(
      title: title, subject: subject, summary: ends.joined(separator: "; ") + ".",
      x: ChartAxis(
        "meta-epoch", showing: series.flatMap { $0.points.map(\.x) } + [0], isWhole: true),
      y: axis, series: series, levels: levels, isAlone: isAlone)
  }

  /// A caption that explains points and bands.
  static func caption(_ groups: [RunGroup]) -> String {
    let window = groups.map { EpochCurve.window($0.epochs) }.max() ?? 1
    let points = window > 1 ? "Each point is the mean of \(window) epochs. " : ""
    let bands =
      groups.contains { $0.shown.count > 1 }
      ? "Bands are 95 % intervals over seeds, clipped at the frame."
      : "Each line has a single seed, so there are no intervals."
    return points + bands
  }

  /// About ten points of each line as numbers.
  static func table(_ caption: String, _ groups: [RunGroup], _ column: String) -> HTML {
    let curves = groups.map { EpochCurve($0, column).points }
    let count = curves.map(\.count).max() ?? 0
    let longest = curves.first { $0.count == count } ?? []
    guard count > 0 else { return "" }
    var places = Array(stride(from: 0, to: count, by: max(1, count / 10)))
    if places.last != count - 1 { places.append(count - 1) }
    let rows = places.map { place in
      ["\(Int(longest[place].epoch))"]
        + curves.map { place < $0.count ? Format.estimate($0[place].estimate) : "" }
    }
    return Table(caption: caption, heading: ["epoch"] + groups.map(\.label), rows: rows).folded
  }
}
