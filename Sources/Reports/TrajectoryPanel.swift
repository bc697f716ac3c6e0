/// Episodes of a few tasks in the plane: a drawing of 320 by 320 units that shows the square of
/// side 1.2 around the origin.
///
/// Each task has a colour. Its goal is a cross, or a shape that also marks the ends of its
/// episodes.
struct TrajectoryPanel {
  /// The colours of a drawing, as SVG takes them.
  struct Colors {
    /// The colours of the tasks, in turn.
    var tasks: [String]
    /// The frame and the square of the goals inside.
    var frame: String
    var square: String
    /// The start, and the outline of the crosses.
    var start: String
    var halo: String
    /// Whether tasks also differ by shape.
    var hasShapes = false

    /// Colours on white that colour-blind readers can distinguish.
    static let onWhite = Colors(
      tasks: [
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#555555",
      ], frame: "#bbbbbb", square: "#dddddd", start: "#1a1a1a", halo: "#ffffff")

    /// The colours of a page, light or dark.
    static let ofPage = Colors(
      tasks: (0..<ChartSeries.colorCount).map { "var(--series-\($0))" }, frame: "var(--line)",
      square: "var(--line)", start: "var(--ink)", halo: "var(--paper)",
      hasShapes: true)
  }

  /// The marks of goals, within 8 units around the origin: the cross, and further shapes.
  static let shapes = [
    "M-7 -7L7 7M-7 7L7 -7", "M-8 0H8M0 -8V8", "M7 0A7 7 0 1 1 -7 0A7 7 0 1 1 7 0",
    "M-6 -6H6V6H-6Z", "M0 -8L7 6H-7Z", "M0 -8L8 0L0 8L-8 0Z", "M-8 -5L0 7L8 -5",
  ]

  /// The episodes of each task.
  let batches: [TrajectoryBatch]
  /// The goal of each task.
  let goals: [TaskParameters]
  /// Half the side of the square of the goals.
  private let extent: Double
  /// The number of episodes drawn per task.
  let episodeCount: Int

  /// The episodes of the first tasks of a test after a number of adaptation steps.
  ///
  /// - Returns: nil if the test is not of tasks in the plane, or its trajectories were not kept.
  init?(_ test: MetaTest, after step: Int, taskCount: Int, episodeCount: Int) {
    let planar = test.distribution as? any PlanarTasks
    goals = test.tasks.prefix(taskCount).map { planar?.place(of: $0) ?? $0 }
    extent = planar?.extent ?? 0.5
    batches = test.returns.prefix(taskCount).compactMap { $0[step].trajectories }
    self.episodeCount = episodeCount
    guard batches.count == goals.count, goals.allSatisfy({ $0.count == 2 }),
      batches.allSatisfy({ $0.observations.columns == 2 })
    else { return nil }
  }

  /// The drawing, with its upper left corner at the given coordinates.
  func svg(left: Double, top: Double, _ colors: Colors) -> String {
    func x(_ value: Double) -> String {
      number(left + 160 + min(max(value / extent, -1.2), 1.2) / 2.4 * 320)
    }
    func y(_ value: Double) -> String {
      number(top + 160 - min(max(value / extent, -1.2), 1.2) / 2.4 * 320)
    }
    var result = """
      <rect x="\(number(left))" y="\(number(top))" width="320" height="320" fill="none" \
      stroke="\(colors.frame)"/>
      <rect x="\(x(-extent))" y="\(y(extent))" width="266.7" height="266.7" fill="none" \
      stroke="\(colors.square)" stroke-dasharray="4 4"/>

      """
    func shape(_ index: Int) -> String {
      Self.shapes[colors.hasShapes ? index % Self.shapes.count : 0]
    }
    for (index, batch) in batches.enumerated() {
      let color = colors.tasks[index % colors.tasks.count]
      for episode in 0..<min(episodeCount, batch.episodeCount) {
        let points = batch.rows(ofEpisode: episode).map {
          "\(x(batch.observations[$0, 0])),\(y(batch.observations[$0, 1]))"
        }
        result += """
          <polyline points="\(points.joined(separator: " "))" fill="none" stroke="\(color)" \
          stroke-width="1.5" stroke-opacity="0.65"/>

          """
        guard colors.hasShapes, let end = batch.rows(ofEpisode: episode).last else { continue }
        let place = "\(x(batch.observations[end, 0])) \(y(batch.observations[end, 1]))"
        result += """
          <path d="\(shape(index))" transform="translate(\(place)) scale(0.6)" fill="none" \
          stroke="\(color)" stroke-width="3"/>

          """
      }
    }
    // goals are drawn above the lines
    for (index, goal) in goals.enumerated() {
      let color = colors.tasks[index % colors.tasks.count]
      result += """
        <g transform="translate(\(x(goal[0])) \(y(goal[1])))" stroke-linecap="round"\
        \(colors.hasShapes ? " fill=\"none\"" : "")>\
        <path d="\(shape(index))" stroke="\(colors.halo)" stroke-width="6"/>\
        <path d="\(shape(index))" stroke="\(color)" stroke-width="3"/></g>

        """
    }
    return result + """
      <circle cx="\(x(0))" cy="\(y(0))" r="4" fill="\(colors.start)"/>

      """
  }

  private func number(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
