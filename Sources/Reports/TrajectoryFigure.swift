/// A figure of two-dimensional trajectories before and after adaptation, as in the paper's figure
/// 1.
///
/// Each panel shows the first episodes of a few tasks. Each task has a colour, and a cross at its
/// goal.
public struct TrajectoryFigure: Sendable {
  /// The figure as a standalone document.
  public let svg: String

  /// Draws the figures of training runs.
  public static let drawing: TrainingRun.Drawing = { TrajectoryFigure($0, title: $1)?.svg }

  /// Draws the episodes of a test whose trajectories were kept.
  ///
  /// - Parameters:
  ///   - test: a test of tasks whose parameters are a goal in the plane and whose observations are
  ///     positions.
  ///   - title: the title above the panels.
  ///   - taskCount: the number of tasks to draw.
  ///   - episodeCount: the number of episodes per task.
  public init?(
    _ test: MetaTest, title: String, taskCount: Int = 5, episodeCount: Int = 4
  ) {
    let steps = [0, test.steps]
    guard test.steps > 0 else { return nil }
    var panels = ""
    for (index, step) in steps.enumerated() {
      guard
        let panel = TrajectoryPanel(
          test, after: step, taskCount: taskCount, episodeCount: episodeCount)
      else { return nil }
      let left = 20 + 340 * index
      panels += """
        <text x="\(left).0" y="66" fill="#444444">\(Self.heading(step))</text>
        \(panel.svg(left: Double(left), top: 80, .onWhite))
        """
    }
    svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 410" width="700" height="410" \
      font-family="system-ui, sans-serif" font-size="14" role="img">
      <title>\(title): trajectories before and after adaptation</title>
      <rect width="700" height="410" fill="#ffffff"/>
      <text x="20" y="26" font-size="16" fill="#1a1a1a">\(title)</text>
      \(panels)</svg>

      """
  }

  /// The heading of a panel.
  static func heading(_ step: Int) -> String {
    step == 0 ? "before adaptation" : "after \(Format.count(step, "adaptation step"))"
  }
}
