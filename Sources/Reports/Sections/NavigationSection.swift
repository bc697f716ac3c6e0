/// The trajectories of 2D navigation before and after adaptation, as in the paper's figure 1.
struct NavigationSection: ReportSection {
  let identifier = "navigation"
  let title = "Trajectories in the plane"

  private static let (taskCount, episodeCount) = (5, 3)

  func content(_ context: ReportContext) async throws -> HTML? {
    var figures: [HTML] = []
    for group in context.runs.groups {
      guard group.configuration.environment.name == .navigation2D,
        let run = group.runs.first(where: { $0.test != nil }),
        let (test, _) = try await context.replay(run, tasks: Self.taskCount), test.steps > 0
      else { continue }
      let label = "\(run.configuration.name), \(group.label), seed \(run.configuration.seed)"
      figures += [0, test.steps].compactMap { Self.figure(test, after: $0, label) }
    }
    guard !figures.isEmpty else { return nil }
    return """
      <div class="figures">
      \(figures)</div>
      <p class="caption">The first \(Format.count(Self.episodeCount, "episode")) of the first \
      \(Format.count(Self.taskCount, "task")) of each test, from the lowest seed of each group. A \
      colour is a task, a cross its goal, the dot the start, the dashed line the unit square.</p>

      """
  }

  private static func figure(_ test: MetaTest, after step: Int, _ label: String) -> HTML? {
    guard
      let panel = TrajectoryPanel(
        test, after: step, taskCount: taskCount, episodeCount: episodeCount)
    else { return nil }
    let mean = Format.number(test.undiscounted(after: step).mean)
    let heading = "\(label): \(TrajectoryFigure.heading(step))"
    return """
      <figure class="square"><figcaption>\(heading)</figcaption>
      <svg viewBox="0 0 320 320" role="img" aria-label="\(heading). Mean return of these tasks \
      \(mean).">
      \(HTML(markup: panel.svg(left: 0, top: 0, .ofPage)))</svg></figure>

      """
  }
}
