import Foundation
import Testing

@testable import Reports

/// The parts of a page, each for itself.
@Suite struct DocumentTests {
  @Test func interpolatedTextIsEscapedAndPiecesAreNot() {
    let name = "<b>\"R&D's\"</b>\u{7}"
    let piece: HTML = "<td>\(name)</td>"
    #expect(piece.markup == "<td>&lt;b&gt;&quot;R&amp;D&#39;s&quot;&lt;/b&gt; </td>")
    let outer: HTML = "<tr>\(piece)\([piece])\(3)</tr>"
    #expect(outer.markup == "<tr>\(piece.markup)\(piece.markup)3</tr>")
  }

  @Test func numbersKeepAboutFourDigits() {
    #expect(Format.number(0) == "0")
    #expect(Format.number(-38.314) == "-38.31")
    #expect(Format.number(0.12345) == "0.123")
    #expect(Format.number(12345.6) == "12346")
    #expect(Format.number(2.5e-7) == "2.5e-07")
    #expect(Format.number(.nan) == "not a number")
    #expect(Format.ranges([3, 1, 2, 7, 9, 10]) == "1-3, 7, 9-10")
    #expect(Format.place(12.34) == "12.3" && Format.place(-2) == "-2")
  }

  @Test func axesShowTheirValuesAtRoundTicks() {
    let axis = ChartAxis("", showing: [-41.2, -18.9, .nan])
    #expect(axis.range == -45 ... -15)
    #expect(axis.ticks == [-45, -40, -35, -30, -25, -20, -15])
    #expect(axis.share(-45) == 0 && axis.share(-15) == 1)
    let logarithmic = ChartAxis("", showing: [0.03, 4000, 0, -1], isLogarithmic: true)
    #expect(logarithmic.ticks.map(logarithmic.text) == ["0.01", "1", "100", "1e4"])
    #expect(abs(logarithmic.share(1) - 1.0 / 3) < 1e-12)
    let whole = ChartAxis("", showing: [0, 1, 3], isWhole: true)
    #expect(whole.ticks == [0, 1, 2, 3] && whole.range == 0...3)
    // one value, or none, or huge ones make an axis too
    for values in [[], [7], [0], [-1e300, 1e300], [1e-300]] {
      let axis = ChartAxis("", showing: values)
      #expect(axis.range.lowerBound < axis.range.upperBound && axis.ticks.count < 20)
    }
  }

  @Test func valuesThatAreNotFiniteLeaveGapsAndNoNumbers() {
    let estimates = [Estimate([1, 2]), Estimate([.nan, 1]), Estimate([.infinity]), Estimate([3])]
    let series = ChartSeries(
      name: "x", index: 9,
      points: estimates.indices.map {
        ChartSeries.Point(x: Double($0), estimates[$0])
      })
    for isLogarithmic in [false, true] {
      let chart = ChartLines(
        title: "t", subject: "s", summary: "", x: ChartAxis("", showing: [0, 3]),
        y: ChartLines.axis("", for: [series], isLogarithmic: isLogarithmic), series: [series],
        marksPoints: true)
      let markup = chart.html.markup.lowercased()
      #expect(!markup.contains("nan") && !markup.contains("inf"))
      #expect(markup.components(separatedBy: "<circle").count == 3)
    }
  }

  @Test func differencesArePairedWhereSeedsAgree() throws {
    func difference(_ first: [Int: Double], _ second: [Int: Double]) -> (Estimate, String) {
      let difference = PairedReturns(bySeed: first).difference(to: PairedReturns(bySeed: second))
      return (difference.estimate, difference.how)
    }
    let paired = difference([1: 5, 2: 8, 3: 11], [1: 4, 2: 6, 3: 8, 9: 100])
    #expect(paired.1 == "3 pairs")
    #expect(paired.0 == Estimate([1, 2, 3]))
    let single = difference([1: 5], [1: 4])
    #expect(single.0.mean == 1 && single.0.interval95 == nil)
    let unpaired = difference([1: 5, 2: 7], [3: 1, 4: 3])
    #expect(unpaired.1 == "2 against 2 seeds")
    #expect(unpaired.0.mean == 4)
    // s² = 2 in both samples: the error of the difference is the root of 2/2 + 2/2
    #expect(abs(try #require(unpaired.0.standardError) - 2.0.squareRoot()) < 1e-15)
  }

  @Test func singleRunsArePairedByTask() {
    let first = PairedReturns(ofTasks: [5, 8, 11], seed: 1)
    let paired = first.difference(to: PairedReturns(ofTasks: [4, 6, 8], seed: 1))
    #expect(paired.how == "the same 3 tasks")
    #expect(paired.estimate == Estimate([1, 2, 3]))
    // other tasks, and several seeds: the run counts as one
    let others = first.difference(to: PairedReturns(ofTasks: [4, 6, 8], seed: 2))
    #expect(others.how == "1 against 1 seeds" && others.estimate.interval95 == nil)
    let several = first.difference(to: PairedReturns(bySeed: [1: 6, 2: 9]))
    #expect(several.how == "1 pair" && several.estimate.mean == 2)
  }
}
