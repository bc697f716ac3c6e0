@_exported import Runs

/// A picture of two-dimensional trajectories before and after adaptation, as in the paper's figure 1.
///
/// Each panel shows the first episodes of a few tasks; a task has one colour, its goal a cross.
public struct TrajectoryFigure: Sendable {
  /// The picture as a document of its own.
  public let svg: String

  /// Draws the pictures of training runs.
  public static let drawing: TrainingRun.Drawing = { TrajectoryFigure($0, title: $1)?.svg }

  /// Draws the episodes of a test whose trajectories were kept.
  ///
  /// - Parameters:
  ///   - test: of tasks whose parameters are a goal in the plane and whose observations are
  ///     positions.
  ///   - title: stands above the panels.
  ///   - taskCount: how many tasks are drawn.
  ///   - episodeCount: how many episodes of each.
  public init?(
    _ test: MetaTest, title: String, taskCount: Int = 5, episodeCount: Int = 4
  ) {
    let tasks = Array(test.tasks.prefix(taskCount))
    let steps = [0, test.steps]
    guard test.steps > 0, tasks.allSatisfy({ $0.count == 2 }) else { return nil }
    var panels = ""
    for (panel, step) in steps.enumerated() {
      let batches = test.returns.prefix(tasks.count).map { $0[step].trajectories }
      guard batches.allSatisfy({ $0?.observations.columns == 2 }) else { return nil }
      let heading =
        step == 0 ? "before adaptation" : "after \(step) adaptation step\(step == 1 ? "" : "s")"
      panels += Self.panel(
        heading, batches.compactMap(\.self), tasks, episodeCount: episodeCount,
        left: 20 + Double(panel) * 340)
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

  /// Colours that differ for colour-blind readers too.
  private static let colors = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#555555",
  ]

  /// One panel of 320 by 320, showing the square of side 1.2 around the origin.
  private static func panel(
    _ heading: String, _ batches: [TrajectoryBatch], _ goals: [TaskParameters],
    episodeCount: Int, left: Double
  ) -> String {
    func x(_ value: Double) -> String {
      number(left + 160 + min(max(value, -0.6), 0.6) / 1.2 * 320)
    }
    func y(_ value: Double) -> String { number(240 - min(max(value, -0.6), 0.6) / 1.2 * 320) }
    var result = """
      <text x="\(number(left))" y="66" fill="#444444">\(heading)</text>
      <rect x="\(number(left))" y="80" width="320" height="320" fill="none" stroke="#bbbbbb"/>
      <rect x="\(x(-0.5))" y="\(y(0.5))" width="266.7" height="266.7" fill="none" stroke="#dddddd" \
      stroke-dasharray="4 4"/>

      """
    for (index, batch) in batches.enumerated() {
      let color = colors[index % colors.count]
      for episode in 0..<min(episodeCount, batch.episodeCount) {
        let points = batch.rows(ofEpisode: episode).map {
          "\(x(batch.observations[$0, 0])),\(y(batch.observations[$0, 1]))"
        }
        result += """
          <polyline points="\(points.joined(separator: " "))" fill="none" stroke="\(color)" \
          stroke-width="1.5" stroke-opacity="0.65"/>

          """
      }
    }
    // goals stand above the lines
    for (index, goal) in goals.enumerated() {
      let color = colors[index % colors.count]
      result += """
        <g transform="translate(\(x(goal[0])) \(y(goal[1])))" stroke-linecap="round">\
        <path d="M-7 -7L7 7M-7 7L7 -7" stroke="#ffffff" stroke-width="6"/>\
        <path d="M-7 -7L7 7M-7 7L7 -7" stroke="\(color)" stroke-width="3"/></g>

        """
    }
    return result + """
      <circle cx="\(x(0))" cy="\(y(0))" r="4" fill="#1a1a1a"/>

      """
  }

  private static func number(_ value: Double) -> String {
    "\((value * 10).rounded() / 10)"
  }
}
