import Foundation

/// A plot of one or more series against two axes, as a standalone SVG document.
///
/// Points that are not finite, or not positive on a logarithmic axis, are left out. The background
/// is painted, so the plot looks the same on light and dark pages. The colours are distinguishable
/// for colour-blind readers.
///
/// <!-- snippet: Docs/Examples/Sources/Snippets/Reference.swift#line plot -->
/// ```swift
/// let plot = LinePlot(
///   title: "Return", x: .init("epoch"), y: .init("return"),
///   series: [.init("sg-mrl", points: [.init(0, 1), .init(1, 2, interval: 1.5...2.5)])])
/// try Data(plot.svg.utf8).write(to: url)
/// ```
public struct LinePlot: Sendable {
  /// The scale of an axis.
  public enum Scale: Sendable {
    /// Linear.
    case linear
    /// Logarithmic, to base 10.
    case logarithmic
  }

  /// One of the two axes.
  public struct Axis: Sendable {
    /// The label, with the unit.
    public var label: String
    /// The scale.
    public var scale: Scale

    /// Creates an axis.
    public init(_ label: String, scale: Scale = .linear) {
      (self.label, self.scale) = (label, scale)
    }
  }

  /// One point of a series.
  public struct Point: Sendable {
    /// The horizontal coordinate.
    public var x: Double
    /// The vertical coordinate.
    public var y: Double
    /// An interval around `y`, if one is known.
    public var interval: ClosedRange<Double>?

    /// Creates a point.
    public init(_ x: Double, _ y: Double, interval: ClosedRange<Double>? = nil) {
      (self.x, self.y, self.interval) = (x, y, interval)
    }
  }

  /// How a series is drawn.
  public enum Style: Sendable {
    /// A line with marks; intervals are a band.
    case line
    /// A dashed line without marks, for a reference.
    case reference
    /// Marks alone; intervals are bars.
    case marks
  }

  /// One series, drawn in one colour.
  public struct Series: Sendable {
    /// The name in the legend.
    public var name: String
    /// The points, in order.
    public var points: [Point]
    /// The style.
    public var style: Style
    /// The index of its colour; nil takes the next one. Related series may share one.
    public var color: Int?

    /// Creates a series.
    public init(_ name: String, points: [Point], style: Style = .line, color: Int? = nil) {
      (self.name, self.points, self.style, self.color) = (name, points, style, color)
    }
  }

  /// The title above the plot.
  public var title: String
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// The series, in the order of the legend.
  public var series: [Series]

  /// Creates a plot.
  public init(title: String, x: Axis, y: Axis, series: [Series]) {
    (self.title, self.x, self.y, self.series) = (title, x, y, series)
  }

  /// The document, 840 by 480 units.
  public var svg: String {
    let visible = series.map { item in
      item.points.filter { x.shows($0.x) && y.shows($0.y) }
    }
    let points = visible.flatMap(\.self)
    let horizontal = Span(points.map(\.x), x.scale, (80, 580))
    let vertical = Span(
      points.flatMap { [$0.y] + Self.ends($0, y) }, y.scale, (420, 60), isPadded: true)
    var body = Self.grid(horizontal, vertical)
    for (index, item) in series.enumerated() {
      let color = Self.colors[(item.color ?? index) % Self.colors.count]
      body += Self.draw(item.style, visible[index], color, horizontal, vertical, y)
    }
    for (index, item) in series.enumerated() {
      let color = Self.colors[(item.color ?? index) % Self.colors.count]
      body += Self.legend(item, color, at: 76 + 22 * Double(index))
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 840 480" width="840" height="480" \
      font-family="system-ui, sans-serif" font-size="13" role="img">
      <title>\(Self.escaped(title))</title>
      <rect width="840" height="480" fill="#ffffff"/>
      <text x="80" y="32" font-size="16" fill="#1a1a1a">\(Self.escaped(title))</text>
      \(body)<text x="330" y="464" text-anchor="middle" fill="#1a1a1a">\(Self.escaped(x.label))</text>
      <text transform="translate(20 240) rotate(-90)" text-anchor="middle" \
      fill="#1a1a1a">\(Self.escaped(y.label))</text>
      </svg>

      """
  }

  private static let colors = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#555555",
  ]

  /// The ends of an interval that fit on an axis.
  private static func ends(_ point: Point, _ axis: Axis) -> [Double] {
    guard let interval = point.interval else { return [] }
    return [interval.lowerBound, interval.upperBound].filter(axis.shows)
  }

  private static func grid(_ horizontal: Span, _ vertical: Span) -> String {
    var result = ""
    for tick in horizontal.ticks {
      let place = number(horizontal.place(tick))
      result += """
        <path d="M\(place) 60V420" stroke="#e4e4e4"/>\
        <text x="\(place)" y="438" text-anchor="middle" fill="#444444">\(text(tick))</text>

        """
    }
    for tick in vertical.ticks {
      let place = number(vertical.place(tick))
      result += """
        <path d="M80 \(place)H580" stroke="#e4e4e4"/>\
        <text x="72" y="\(place)" dy="4" text-anchor="end" fill="#444444">\(text(tick))</text>

        """
    }
    return result + """
      <rect x="80" y="60" width="500" height="360" fill="none" stroke="#888888"/>

      """
  }

  private static func draw(
    _ style: Style, _ points: [Point], _ color: String, _ horizontal: Span, _ vertical: Span,
    _ axis: Axis
  ) -> String {
    func place(_ x: Double, _ y: Double) -> String {
      "\(number(horizontal.place(x))),\(number(vertical.place(y)))"
    }
    let whole = points.filter { ends($0, axis).count == 2 }
    var result = ""
    if style == .line, whole.count > 1 {
      let upper = whole.map { place($0.x, $0.interval?.upperBound ?? $0.y) }
      let lower = whole.reversed().map { place($0.x, $0.interval?.lowerBound ?? $0.y) }
      result += """
        <polygon points="\((upper + lower).joined(separator: " "))" fill="\(color)" \
        fill-opacity="0.15"/>

        """
    }
    if style == .marks {
      for point in whole {
        guard let interval = point.interval else { continue }
        let x = number(horizontal.place(point.x))
        let (low, high) = (vertical.place(interval.lowerBound), vertical.place(interval.upperBound))
        result += """
          <path d="M\(x) \(number(low))V\(number(high))" stroke="\(color)" stroke-width="1.5"/>

          """
      }
    } else if points.count > 1 {
      let line = points.map { place($0.x, $0.y) }.joined(separator: " ")
      let dashes = style == .reference ? " stroke-dasharray=\"6 4\"" : ""
      result += """
        <polyline points="\(line)" fill="none" stroke="\(color)" stroke-width="1.8"\(dashes)/>

        """
    }
    // marks only if points are few enough to be distinguishable
    if style == .marks || (style == .line && points.count <= 50) {
      for point in points {
        let (x, y) = (number(horizontal.place(point.x)), number(vertical.place(point.y)))
        result += "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"2.5\" fill=\"\(color)\"/>\n"
      }
    }
    return result
  }

  private static func legend(_ series: Series, _ color: String, at y: Double) -> String {
    let mark =
      switch series.style {
      case .line: "<path d=\"M596 \(number(y))h24\" stroke=\"\(color)\" stroke-width=\"2\"/>"
      case .reference:
        "<path d=\"M596 \(number(y))h24\" stroke=\"\(color)\" stroke-width=\"2\" stroke-dasharray=\"6 4\"/>"
      case .marks: "<circle cx=\"608\" cy=\"\(number(y))\" r=\"3.5\" fill=\"\(color)\"/>"
      }
    return """
      \(mark)<text x="628" y="\(number(y))" dy="4" fill="#1a1a1a">\(escaped(series.name))</text>

      """
  }

  private static func number(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

  private static func text(_ value: Double) -> String { String(format: "%.6g", value) }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
  }
}

extension LinePlot.Axis {
  /// Whether the axis can show a number.
  fileprivate func shows(_ value: Double) -> Bool {
    value.isFinite && (scale == .linear || value > 0)
  }
}

/// The numbers that an axis covers, and their coordinates.
private struct Span {
  let scale: LinePlot.Scale
  /// The scaled lower end.
  let lower: Double
  let upper: Double
  /// The coordinates of the ends.
  let first: Double
  let last: Double

  /// Covers numbers, all of which the axis can show.
  ///
  /// `places` are the coordinates of the smallest and the largest number; they may be in descending
  /// order.
  init(
    _ values: [Double], _ scale: LinePlot.Scale, _ places: (first: Double, last: Double),
    isPadded: Bool = false
  ) {
    self.scale = scale
    (first, last) = places
    let scaled = values.map { scale == .linear ? $0 : log10($0) }
    var (low, high) = (scaled.min() ?? 0, scaled.max() ?? 1)
    if high - low <= 1e-12 * max(1, low.magnitude) { (low, high) = (low - 0.5, high + 0.5) }
    let margin = isPadded ? 0.05 * (high - low) : 0
    (lower, upper) = (low - margin, high + margin)
  }

  func place(_ value: Double) -> Double {
    let scaled = scale == .linear ? value : log10(value)
    return first + (last - first) * (scaled - lower) / (upper - lower)
  }

  /// About five round numbers; powers of ten on a logarithmic axis that has room for them.
  var ticks: [Double] {
    guard scale == .logarithmic else { return Self.round(lower, upper) }
    let (low, high) = (lower.rounded(.up), upper.rounded(.down))
    if high - low >= 1 {
      let stride = max(1, ((high - low) / 6).rounded(.up))
      return Swift.stride(from: low, through: high, by: stride).map { pow(10, $0) }
    }
    return Self.round(pow(10, lower), pow(10, upper)).filter { $0 > 0 }
  }

  private static func round(_ low: Double, _ high: Double) -> [Double] {
    let raw = (high - low) / 5
    let power = pow(10, log10(raw).rounded(.down))
    let step = power * ([1, 2, 5, 10].first { $0 * power >= raw } ?? 10)
    let (first, last) = ((low / step).rounded(.up), (high / step).rounded(.down))
    guard first <= last, last - first < 20 else { return [low, high] }
    // multiples of whole numbers, so rounding errors do not accumulate
    return Swift.stride(from: first, through: last, by: 1).map { $0 * step }
  }
}
