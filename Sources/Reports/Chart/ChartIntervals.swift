/// Values with their intervals, in rows on a common axis.
struct ChartIntervals {
  /// A value with the bounds of its interval.
  struct Row {
    var name: String
    var value: Double
    var low: Double
    var high: Double

    /// The numbers as text.
    var text: String {
      "\(name): \(Format.number(value)) (\(Format.number(low)) … \(Format.number(high)))"
    }
  }

  /// The title of the chart.
  var title: String
  /// The subject, for screen readers.
  var subject: String
  /// The rows, from top to bottom.
  var rows: [Row]
  /// Whether the axis is logarithmic.
  var isLogarithmic = false

  private static let (width, left, right, rowHeight, bottom) = (420.0, 188.0, 22.0, 24.0, 30.0)

  /// The chart with its title, as a figure.
  var html: HTML {
    let bounds: [Double] = rows.flatMap { row in [row.value, row.low, row.high] }
    let shown = isLogarithmic ? bounds : bounds + [0]
    let axis = ChartAxis(title, showing: shown, isLogarithmic: isLogarithmic)
    let base = Double(rows.count) * Self.rowHeight + 8
    let ticks = axis.ticks.map { tick -> HTML in
      let x = place(across(tick, axis))
      return """
        <path class="grid" d="M\(x) 4V\(place(base))"/>\
        <text x="\(x)" y="\(place(base + 18))" text-anchor="middle">\(axis.text(tick))</text>

        """
    }
    let lines = rows.enumerated().map { index, row in
      line(row, height: Double(index) * Self.rowHeight + 16, axis)
    }
    let summary = rows.map(\.text)
    return """
      <figure class="chart"><figcaption>\(title)</figcaption>
      <svg viewBox="0 0 \(place(Self.width)) \(place(base + Self.bottom))" role="img" \
      aria-label="\(title), \(subject). \(summary.joined(separator: "; ")).">
      \(ticks)\(lines)</svg></figure>

      """
  }

  private func place(_ value: Double) -> HTML { HTML(markup: Format.place(value)) }

  private func across(_ value: Double, _ axis: ChartAxis) -> Double {
    let share = min(max(axis.share(value), 0), 1)
    return Self.left + share * (Self.width - Self.left - Self.right)
  }

  private func line(_ row: Row, height: Double, _ axis: ChartAxis) -> HTML {
    let name: HTML = """
      <text class="name" x="\(place(Self.left - 8))" y="\(place(height + 4))" text-anchor="end">\
      \(row.name)</text>
      """
    guard row.value.isFinite, !isLogarithmic || row.value > 0 else { return name }
    let y = place(height)
    // a bound that is NaN ends at the frame
    let low = row.low.isNaN ? axis.range.lowerBound : row.low
    let high = row.high.isNaN ? axis.range.upperBound : row.high
    return """
      \(name)<g class="s0"><title>\(row.text)</title>\
      <path class="hit" d="M\(place(Self.left)) \(y)H\(place(Self.width - Self.right))"/>\
      <path class="bar" d="M\(place(across(low, axis))) \(y)\
      H\(place(across(high, axis)))"/>\
      <circle class="mark" cx="\(place(across(row.value, axis)))" cy="\(y)" r="3.5"/></g>

      """
  }
}
