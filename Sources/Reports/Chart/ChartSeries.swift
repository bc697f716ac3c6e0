/// A line of a chart.
struct ChartSeries {
  /// Its name in the legend.
  var name: String
  /// The index of its colour and of the number at the line's end, from 0.
  var index: Int
  /// Its points, from left to right.
  var points: [Point]

  /// A value with its interval, if it has a finite one.
  struct Point {
    var x: Double
    var y: Double
    var interval: ClosedRange<Double>?

    init(x: Double, _ estimate: Estimate) {
      self.x = x
      y = estimate.mean
      interval = estimate.interval95
    }
  }

  /// The number of colours; after that they repeat.
  static let colorCount = 8

  /// The CSS class of the series' colour.
  var colorClass: String { "s\(index % Self.colorCount)" }

  /// The names of several series with their colours and numbers.
  static func legend(_ entries: [(name: String, index: Int)]) -> HTML {
    let items = entries.map { entry -> HTML in
      """
      <li class="s\(entry.index % colorCount)"><span class="key" aria-hidden="true">\
      \(entry.index + 1)</span> \(entry.name)</li>

      """
    }
    return "<ul class=\"legend\">\n\(items)</ul>\n"
  }
}
