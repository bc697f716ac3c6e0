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
    func comparison(
      _ cell: PaperTable.Cell, _ table: PaperTable, _ line: String, _ seeds: Range<Int>,
      margin: Double
    ) -> Comparison {
      func known(_ name: String) -> PaperTable.Line {
        guard let line = table.lines.first(where: { $0.name == name }) else {
          requirementFailure("There is no line '\(name)'.")
        }
        return line
      }
      return Comparison(
        cell: cell, line: known(line), other: known("maml"), seeds: seeds, margin: margin)
    }
    func recommended(_ table: PaperTable) -> [PaperTable.Cell] {
      table.cells.filter { $0.preset.hasSuffix(".recommended") }
    }
    // margins are a tenth of what a trained policy gains over the untrained one, roughly
    let margins = [45.0, 45, 45, 20, 20, 20, 2, 2, 2]
    let locomotion = zip(recommended(.table2), margins).enumerated().map { index, item in
      // at a deviation of 170 over seeds, 43 pairs find a mean of 75 in four of five cases
      comparison(
        item.0, .table2, "lvc-past", index == 0 ? 201..<244 : 1..<5, margin: item.1)
    }
    return ComparisonPlan(
      primary: locomotion[0],
      secondary: recommended(.table1).map {
        comparison($0, .table1, "sg-mrl-jackknife", 1..<11, margin: 2)
      } + locomotion.dropFirst(),
      level: 0.05, expectedDifference: 75, expectedDeviation: 170)
  }()
}
