import Requirements
import Runs

/// The comparisons of debiased learners with MAML that the reproduction makes, as they were decided on before
/// their runs.
public struct ComparisonPlan: Sendable {
  /// The comparison that decides.
  public let primary: Comparison
  /// The others, to which Holm's correction is applied.
  public let secondary: [Comparison]
  /// The probability of finding a difference where there is none.
  public let level: Double
  /// The mean difference that the primary comparison is to find.
  public let expectedDifference: Double
  /// The deviation of the difference over seeds on which the number of pairs rests.
  public let expectedDeviation: Double

  /// All comparisons, in the order in which their runs are made.
  public var all: [Comparison] { [primary] + secondary }

  /// The plan for the paper's tables with the recommended settings.
  public static let standard: ComparisonPlan = {
    // a tenth of what a trained policy gains over the untrained one, roughly
    let margins = [
      "half-cheetah-direction": 45.0, "half-cheetah-velocity": 20, "swimmer-velocity": 2,
      "navigation-2d": 2,
    ]
    func comparison(_ cell: PaperTable.Cell, _ table: PaperTable, _ seeds: Range<Int>) -> Comparison
    {
      func line(_ name: String) -> PaperTable.Line {
        guard let line = table.lines.first(where: { $0.name == name }) else {
          requirementFailure("There is no line '\(name)'.")
        }
        return line
      }
      let task = cell.preset.prefix { $0 != "." }
      guard let margin = margins[String(task)] else {
        requirementFailure("There is no margin for '\(task)'.")
      }
      return Comparison(
        cell: cell, line: line(table.name == "table-1" ? "sg-mrl-jackknife" : "lvc-past"),
        other: line("maml"), seeds: seeds,
        margin: margin)
    }
    func recommended(_ table: PaperTable) -> [PaperTable.Cell] {
      table.cells.filter { $0.preset.hasSuffix(".recommended") }
    }
    let locomotion = recommended(.table2)
    return ComparisonPlan(
      // at a deviation of 170 over seeds, 43 pairs find a mean of 75 in four of five cases
      primary: comparison(locomotion[0], .table2, 201..<244),
      secondary: recommended(.table1).map { comparison($0, .table1, 1..<11) }
        + locomotion.dropFirst().map { comparison($0, .table2, 1..<5) },
      level: 0.05, expectedDifference: 75, expectedDeviation: 170)
  }()
}
