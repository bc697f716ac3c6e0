import Files
import Foundation
import Reports
import Testing

@Suite struct LinePlotTests {
  private func plot(_ series: [LinePlot.Series], _ scale: LinePlot.Scale = .linear) -> LinePlot {
    LinePlot(
      title: "a < b & c", x: LinePlot.Axis("x", scale: scale), y: LinePlot.Axis("y", scale: scale),
      series: series)
  }

  private func isWellFormed(_ svg: String) -> Bool {
    var outline = PageOutline()
    return XMLReader.read(Array(svg.utf8), into: &outline) == nil
  }

  private func count(_ part: String, in text: String) -> Int {
    text.components(separatedBy: part).count - 1
  }

  @Test func everyStyleIsDrawn() {
    let points = (1...4).map { k -> LinePlot.Point in
      let y = Double(k * k)
      return LinePlot.Point(Double(k), y, interval: y - 1...y + 1)
    }
    let svg = plot([
      .init("first", points: points), .init("second", points: points, style: .reference),
      .init("third", points: points, style: .marks, color: 0),
    ]).svg
    #expect(isWellFormed(svg))
    #expect(svg.contains("a &lt; b &amp; c") && svg.contains(">second<"))
    #expect(count("<polyline", in: svg) == 2 && count("<polygon", in: svg) == 1)
    #expect(count("r=\"2.5\"", in: svg) == 8)
    #expect(count("stroke-dasharray", in: svg) == 2)
  }

  /// On logarithmic axes equal ratios are equal distances, and what is not positive has no place.
  @Test func logarithmicAxes() {
    let points = [(1.0, 1e-3), (10, 1e-2), (100, 1e-1), (1000, 0), (0, 1), (.nan, 1)]
      .map { LinePlot.Point($0.0, $0.1) }
    let svg = plot([.init("s", points: points, style: .reference)], .logarithmic).svg
    #expect(isWellFormed(svg))
    let line =
      svg.components(separatedBy: "polyline points=\"").last?
      .components(separatedBy: "\"").first?.split(separator: " ") ?? []
    let x = line.compactMap { Double($0.split(separator: ",")[0]) }
    #expect(x == [80, 330, 580])
    for label in ["0.001", "0.01", "0.1", "1", "10", "100"] {
      #expect(svg.contains(">\(label)</text>"))
    }
  }

  /// Marks of many points would run into each other.
  @Test func longLinesHaveNoMarks() {
    let points = (0..<51).map { LinePlot.Point(Double($0), 1) }
    let svg = plot([.init("s", points: points)]).svg
    #expect(count("<circle", in: svg) == 0 && count("<polyline", in: svg) == 1)
    #expect(count("<circle", in: plot([.init("s", points: Array(points[..<50]))]).svg) == 50)
  }

  @Test(arguments: [0, 1]) func fewPlacesAreNoFailure(count: Int) {
    let points = [LinePlot.Point](repeating: LinePlot.Point(3, 5), count: count)
    for scale in [LinePlot.Scale.linear, .logarithmic] {
      let svg = plot([.init("s", points: points)], scale).svg
      #expect(isWellFormed(svg) && !svg.contains("nan") && !svg.contains("inf"))
    }
  }
}
