/// Lines on common axes, with intervals as bands or, with few points, as bars.
///
/// The page's script shows the values of the points under the pointer or with the arrow keys.
struct ChartLines {
  /// The title of the chart.
  var title: String
  /// The subject, for screen readers.
  var subject: String
  /// A description of the chart, for screen readers.
  var summary: String
  /// The horizontal axis.
  var x: ChartAxis
  /// The vertical axis.
  var y: ChartAxis
  /// The lines.
  var series: [ChartSeries]
  /// Reference levels, such as bounds that no line should cross.
  var levels: [Level] = []
  /// Whether every point is marked and has its interval as a bar.
  var marksPoints = false
  /// Whether the chart stands alone and takes the full width of a page.
  var isAlone = false

  /// A value drawn as a horizontal line.
  struct Level: Equatable {
    /// The meaning; nil if the axis makes it clear.
    var name: String?
    /// The position.
    var value: Double
  }

  /// A vertical axis that shows the lines and the parts of their intervals near the lines.
  ///
  /// - Parameters:
  ///   - title: the title of the axis.
  ///   - series: the lines.
  ///   - isLogarithmic: whether the axis is logarithmic.
  ///   - levels: further values to show.
  ///   - margin: how far from the lines intervals are shown, as a fraction of the lines' range.
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
  ///
  /// A chart that stands alone is drawn twice, for narrow and for wide windows. Its text then has
  /// about the size of the page's text in both.
  var html: HTML {
    let narrow = LineDrawing(chart: self, frame: .narrow)
    let drawings =
      isAlone
      ? [narrow.html("narrow"), LineDrawing(chart: self, frame: .wide).html("wide")]
      : [narrow.html("single")]
    return """
      <figure class="chart values"><figcaption>\(title)</figcaption>
      \(drawings)<script type="application/json">\(HTML(markup: values))</script></figure>

      """
  }

  /// The points of a line that can be drawn.
  func drawn(_ series: ChartSeries) -> [ChartSeries.Point] {
    series.points.filter { $0.y.isFinite && (!y.isLogarithmic || $0.y > 0) }
  }

  /// The data for the page's script: the axes, and the points of each line with their intervals.
  private var values: String {
    func list(_ numbers: [Double]) -> String {
      "[" + numbers.map { String(format: "%.6g", $0) }.joined(separator: ",") + "]"
    }
    let lines = series.map { line in
      let points = drawn(line).map { point in
        list([point.x, point.y] + (point.interval.map { [$0.lowerBound, $0.upperBound] } ?? []))
      }
      return
        "{\"name\":\(Self.quoted(line.name)),\"index\":\(line.index),\"points\":[\(points.joined(separator: ","))]}"
    }
    return """
      {"x":\(Self.quoted(x.title)),"isWhole":\(marksPoints),\
      "xRange":\(list([x.range.lowerBound, x.range.upperBound])),\
      "yRange":\(list([y.range.lowerBound, y.range.upperBound])),"isLogarithmic":\(y.isLogarithmic),\
      "series":[\(lines.joined(separator: ","))]}
      """
  }

  /// Text as a JSON string that is safe in a script, also if the page is parsed as XML.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      let isPlain = scalar.value >= 0x20 && !"\"\\<>&".unicodeScalars.contains(scalar)
      result += isPlain ? String(scalar) : String(format: "\\u%04x", scalar.value)
    }
    return result + "\""
  }
}
