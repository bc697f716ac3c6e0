/// Lines over a common axis, with their intervals as bands or, with few points, as bars.
struct ChartLines {
  /// What the chart shows.
  var title: String
  /// What it is about, for those who do not see where it stands.
  var subject: String
  /// What a reader would see at a glance, for those who cannot.
  var summary: String
  /// The horizontal axis.
  var x: ChartAxis
  /// The vertical axis.
  var y: ChartAxis
  /// The lines.
  var series: [ChartSeries]
  /// What no line should cross.
  var levels: [Level] = []
  /// Whether every point is marked and has its interval as a bar.
  var marksPoints = false

  /// A value that is drawn from side to side.
  struct Level: Equatable {
    /// What it means; nil where the axis tells.
    var name: String?
    /// Where it stands.
    var value: Double
  }

  private static let (width, height) = (460.0, 300.0)
  private static let (left, right, top, bottom) = (58.0, 26.0, 12.0, 44.0)

  /// A vertical axis that shows the lines, and of their intervals what lies near them.
  ///
  /// - Parameters:
  ///   - title: what it shows.
  ///   - series: the lines.
  ///   - isLogarithmic: whether equal steps are equal factors.
  ///   - levels: further values to be shown.
  ///   - margin: how far from the lines their intervals are shown, in parts of the lines' range.
  /// - Returns: The axis.
  static func axis(
    _ title: String, for series: [ChartSeries], isLogarithmic: Bool = false, levels: [Double] = [],
    margin: Double = 0.25
  ) -> ChartAxis {
    let points = series.flatMap(\.points)
    let means = points.map(\.y).filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
    guard !isLogarithmic, let low = means.min(), let high = means.max() else {
      return ChartAxis(title, showing: means + levels, isLogarithmic: isLogarithmic)
    }
    let reach = margin * (high - low)
    let bounds = points.compactMap(\.interval).flatMap { [$0.lowerBound, $0.upperBound] }
    let shown = bounds.map { min(max($0, low - reach), high + reach) }
    return ChartAxis(title, showing: means + shown + levels)
  }

  /// The chart with its title, as a figure.
  var html: HTML {
    let content = series.map(line)
    return """
      <figure class="chart"><figcaption>\(title)</figcaption>
      <svg viewBox="0 0 \(HTML(markup: Format.place(Self.width))) \
      \(HTML(markup: Format.place(Self.height)))" role="img" aria-label="\(title), \(subject). \(summary)">
      \(axes)\(levelLines)\(content)\(endNumbers)</svg></figure>

      """
  }

  private var plotWidth: Double { Self.width - Self.left - Self.right }
  private var plotHeight: Double { Self.height - Self.top - Self.bottom }
  private func across(_ value: Double) -> Double { Self.left + x.share(value) * plotWidth }

  /// The height of a value; beyond the frame it stays near it, so that no coordinate is huge.
  private func down(_ value: Double) -> Double {
    Self.top + (1 - min(max(y.share(value), -0.5), 1.5)) * plotHeight
  }

  private func place(_ value: Double) -> HTML { HTML(markup: Format.place(value)) }

  private var axes: HTML {
    let (right, base) = (Self.width - Self.right, Self.height - Self.bottom)
    let horizontal = y.ticks.map { tick -> HTML in
      """
      <path class="grid" d="M\(place(Self.left)) \(place(down(tick)))H\(place(right))"/>\
      <text x="\(place(Self.left - 6))" y="\(place(down(tick) + 4))" text-anchor="end">\
      \(y.text(tick))</text>

      """
    }
    let vertical = x.ticks.map { tick -> HTML in
      """
      <text x="\(place(across(tick)))" y="\(place(base + 17))" text-anchor="middle">\
      \(x.text(tick))</text>

      """
    }
    return """
      \(horizontal)\(vertical)<path class="axis" d="M\(place(Self.left)) \(place(base))H\(place(right))"/>
      <text x="\(place(Self.left + plotWidth / 2))" y="\(place(base + 36))" text-anchor="middle">\
      \(x.title)</text>
      <text transform="translate(13 \(place(Self.top + plotHeight / 2))) rotate(-90)" \
      text-anchor="middle">\(y.title)</text>

      """
  }

  /// The levels with their names at the left, moved apart where they would overlap.
  private var levelLines: HTML {
    let drawn = levels.filter { $0.value.isFinite && (!y.isLogarithmic || $0.value > 0) }
      .sorted { $0.value > $1.value }
    var last = Self.top
    let lines = drawn.enumerated().map { index, level -> HTML in
      let height = down(level.value)
      let text = level.name.map { name -> HTML in
        // above its line, but below that of the lowest of several, and below the name before
        let isBelow = index > 0 && index == drawn.count - 1
        last = max(isBelow ? height + 16 : height - 6, last + 16)
        return """
          <text class="level-name" x="\(place(Self.left + 6))" y="\(place(last))">\(name), \
          \(Format.number(level.value))</text>
          """
      }
      return """
        <path class="level" d="M\(place(Self.left)) \(place(height))H\(place(Self.width - Self.right))"/>\
        \(text ?? "")

        """
    }
    return "\(lines)"
  }

  /// The points of a line that can be drawn.
  private func drawn(_ series: ChartSeries) -> [ChartSeries.Point] {
    series.points.filter { $0.y.isFinite && (!y.isLogarithmic || $0.y > 0) }
  }

  private func line(_ series: ChartSeries) -> HTML {
    let points = drawn(series)
    let path = points.map { "\(Format.place(across($0.x))) \(Format.place(down($0.y)))" }
    let intervals = marksPoints ? bars(points) : band(points)
    return """
      <g class="\(series.colorClass)">\(intervals)\
      <path class="line" d="M\(HTML(markup: path.joined(separator: "L")))"/></g>

      """
  }

  private func band(_ points: [ChartSeries.Point]) -> HTML {
    let bounded = points.compactMap { point in
      point.interval.map { (across(point.x), down($0.lowerBound), down($0.upperBound)) }
    }
    guard bounded.count > 1 else { return "" }
    let outline =
      bounded.map { "\(Format.place($0.0)) \(Format.place(clipped($0.2)))" }
      + bounded.reversed().map { "\(Format.place($0.0)) \(Format.place(clipped($0.1)))" }
    return "<path class=\"band\" d=\"M\(HTML(markup: outline.joined(separator: "L")))Z\"/>"
  }

  private func bars(_ points: [ChartSeries.Point]) -> HTML {
    let marks = points.map { point -> HTML in
      let x = place(across(point.x))
      let bar =
        point.interval.map { interval -> HTML in
          let ends = [interval.lowerBound, interval.upperBound].map { place(clipped(down($0))) }
          return "<path class=\"bar\" d=\"M\(x) \(ends[0])V\(ends[1])\"/>"
        } ?? ""
      let height = place(down(point.y))
      return "\(bar)<circle class=\"mark\" cx=\"\(x)\" cy=\"\(height)\" r=\"3.5\"/>"
    }
    return "\(marks)"
  }

  /// A height within the frame.
  private func clipped(_ height: Double) -> Double {
    min(max(height, Self.top), Self.height - Self.bottom)
  }

  /// The numbers of the series at the ends of their lines, moved apart where they would overlap.
  private var endNumbers: HTML {
    guard series.count > 1 else { return "" }
    let ends = series.compactMap { series -> (series: ChartSeries, x: Double, y: Double)? in
      drawn(series).last.map { (series, across($0.x), clipped(down($0.y))) }
    }.sorted { $0.y < $1.y }
    var heights = ends.map(\.y)
    for i in heights.indices.dropFirst() { heights[i] = max(heights[i], heights[i - 1] + 15) }
    // shifted points end together
    let edge = marksPoints ? ends.map(\.x).max() : nil
    let excess = (heights.last ?? 0) - (Self.height - Self.bottom)
    if excess > 0 { heights = heights.map { $0 - excess } }
    let numbers = zip(ends, heights).map { end, height -> HTML in
      """
      <text class="end \(end.series.colorClass)" x="\(place((edge ?? end.x) + 8))" y="\(place(height + 4))" \
      aria-hidden="true">\(end.series.index + 1)</text>

      """
    }
    return "\(numbers)"
  }
}
