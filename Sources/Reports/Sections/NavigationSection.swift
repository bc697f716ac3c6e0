/// The trajectories of 2D navigation before and after adaptation, as in the paper's figure 1.
struct NavigationSection: ReportSection {
  let identifier = "navigation"
  let title = "Trajectories in the plane"

  private static let (taskCount, episodeCount) = (5, 3)

  func content(_ context: ReportContext) async throws -> HTML? {
    var parts: [HTML] = []
    for group in context.runs.groups {
      guard try context.tasks(of: group) is any PlanarTasks,
        let replay = try await context.replay(group, tasks: Self.taskCount)
      else { continue }
      let figures = replay.steps.compactMap { Self.figure(replay.test, after: $0, replay.label) }
      parts.append(
        """
        <h3>\(replay.label)</h3>
        <div class="figures">
        \(figures)</div>

        """)
    }
    guard !parts.isEmpty else { return nil }
    return """
      \(parts)<p class="caption">The first \(Format.count(Self.episodeCount, "episode")) of the first \
      \(Format.count(Self.taskCount, "task")) of each test, from the lowest seed of each group, \
      before adaptation and after as many steps as in training. Each task has a colour and a shape: \
      the large mark is its goal, small marks are the ends of its episodes. The dot is the start, the \
      dashed line the square in which goals lie, of side 1, or 2 for point robots.</p>

      """
  }

  private static func figure(_ test: MetaTest, after step: Int, _ label: String) -> HTML? {
    guard
      let panel = TrajectoryPanel(
        test, after: step, taskCount: taskCount, episodeCount: episodeCount)
    else { return nil }
    let mean = Format.number(test.undiscounted(after: step).mean)
    let heading = TrajectoryFigure.heading(step)
    return """
      <figure class="square"><figcaption>\(heading)<span class="numbers">mean return \(mean)</span></figcaption>
      <svg viewBox="0 0 320 320" role="img" aria-label="\(label): trajectories \(heading). Mean \
      return of these tasks \(mean).">
      \(HTML(markup: panel.svg(left: 0, top: 0, .ofPage)))</svg></figure>

      """
  }
}
