/// A chart of lines, drawn within a frame.
struct LineDrawing {
  /// The size of a drawing and its margins.
  struct Frame {
    let width: Double
    let height: Double
    let left = 58.0
    let right = 26.0
    let top = 12.0
    let bottom = 44.0

    /// The size for half a page, or a phone.
    static let narrow = Frame(width: 460, height: 300)
    /// The size for a full page.
    static let wide = Frame(width: 940, height: 360)
  }

  let chart: ChartLines
  let frame: Frame

  /// The drawing, with a class that names the windows it is for.
  func html(_ name: String) -> HTML {
    let lines = chart.series.map(line)
    let corners = [
      frame.left, frame.top, frame.width - frame.right, frame.height - frame.bottom,
    ].map(Format.place)
    return """
      <svg class="\(name)" viewBox="0 0 \(place(frame.width)) \(place(frame.height))" \
      data-frame="\(corners.joined(separator: " "))" role="img" \
      aria-label="\(chart.title), \(chart.subject). \(chart.summary)">
      \(axes)\(lines)\(levelLines)\(endNumbers)</svg>

      """
  }

  private var x: ChartAxis { chart.x }
  private var y: ChartAxis { chart.y }
  private var plotWidth: Double { frame.width - frame.left - frame.right }
  private var plotHeight: Double { frame.height - frame.top - frame.bottom }
  private func across(_ value: Double) -> Double { frame.left + x.share(value) * plotWidth }

  /// The vertical coordinate of a value. Values beyond the frame stay near it, so no coordinate is huge.
  private func down(_ value: Double) -> Double {
    frame.top + (1 - min(max(y.share(value), -0.5), 1.5)) * plotHeight
  }

  private func place(_ value: Double) -> HTML { HTML(markup: Format.place(value)) }

  private var axes: HTML {
    let (right, base) = (frame.width - frame.right, frame.height - frame.bottom)
    let horizontal = y.ticks.map { tick -> HTML in
      """
      <path class="grid" d="M\(place(frame.left)) \(place(down(tick)))H\(place(right))"/>\
      <text x="\(place(frame.left - 6))" y="\(place(down(tick) + 4))" text-anchor="end">\
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
      \(horizontal)\(vertical)<path class="axis" d="M\(place(frame.left)) \(place(base))H\(place(right))"/>
      <text x="\(place(frame.left + plotWidth / 2))" y="\(place(base + 36))" text-anchor="middle">\
      \(x.title)</text>
      <text transform="translate(13 \(place(frame.top + plotHeight / 2))) rotate(-90)" \
      text-anchor="middle">\(y.title)</text>

      """
  }

  /// The levels with their names at one end, moved apart where they would overlap.
  private var levelLines: HTML {
    let drawn = chart.levels.filter { $0.value.isFinite && (!y.isLogarithmic || $0.value > 0) }
      .sorted { $0.value > $1.value }
    var last = frame.top
    let lines = drawn.enumerated().map { index, level -> HTML in
      let height = down(level.value)
      let text = level.name.map { name -> HTML in
        // above the line (below it for the lowest of several), and below the previous name
        let isBelow = index > 0 && index == drawn.count - 1
        last = max(isBelow ? height + 16 : height - 6, last + 16)
        let isRight = isClearerAtTheRight("\(name), \(Format.number(level.value))", last - 5)
        let x = isRight ? frame.width - frame.right - 6 : frame.left + 6
        return """
          <text class="level-name" x="\(place(x))" y="\(place(last))" \
          text-anchor="\(isRight ? "end" : "start")">\(name), \
          \(Format.number(level.value))</text>
          """
      }
      return """
        <path class="level" d="M\(place(frame.left)) \(place(height))H\(place(frame.width - frame.right))"/>\
        \(text ?? "")

        """
    }
    return "\(lines)"
  }

  /// Whether a text at a height is farther from the lines' points at the right end than at the left.
  private func isClearerAtTheRight(_ text: String, _ height: Double) -> Bool {
    let (left, right) = (frame.left, frame.width - frame.right)
    let width = 7.5 * Double(text.count)
    let points = chart.series.flatMap(chart.drawn).map { (x: across($0.x), y: down($0.y)) }
    func clearance(_ range: ClosedRange<Double>) -> Double {
      points.filter { range.contains($0.x) }.map { ($0.y - height).magnitude }.min() ?? .infinity
    }
    return clearance(right - width...right) > clearance(left...left + width)
  }

  private func line(_ series: ChartSeries) -> HTML {
    let points = chart.drawn(series)
    let path = points.map { "\(Format.place(across($0.x))) \(Format.place(down($0.y)))" }
    let intervals = chart.marksPoints ? bars(points) : band(points)
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

  /// A vertical coordinate clipped to the frame.
  private func clipped(_ height: Double) -> Double {
    min(max(height, frame.top), frame.height - frame.bottom)
  }

  /// The numbers of the series at the ends of their lines, moved apart where they would overlap.
  private var endNumbers: HTML {
    guard chart.series.count > 1 else { return "" }
    let ends = chart.series.compactMap { series -> (series: ChartSeries, x: Double, y: Double)? in
      chart.drawn(series).last.map { (series, across($0.x), clipped(down($0.y))) }
    }.sorted { $0.y < $1.y }
    var heights = ends.map(\.y)
    for i in heights.indices.dropFirst() { heights[i] = max(heights[i], heights[i - 1] + 15) }
    // for shifted points, the numbers line up at the rightmost end
    let edge = chart.marksPoints ? ends.map(\.x).max() : nil
    let excess = (heights.last ?? 0) - (frame.height - frame.bottom)
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
