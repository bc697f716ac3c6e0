import Simulator

/// Animations of simulated bodies, before and after adaptation side by side.
struct LocomotionSection: ReportSection {
  let identifier = "locomotion"
  let title = "Locomotion"

  /// The number of tasks tried, of different tasks shown, and of groups shown.
  private static let (candidates, taskCount, groupLimit) = (6, 2, 6)

  func content(_ context: ReportContext) async throws -> HTML? {
    var animations: [HTML] = []
    var groupCount = 0
    for group in context.runs.groups where groupCount < Self.groupLimit {
      guard let tasks = try context.tasks(of: group) as? any LocomotionTasks,
        let replay = try await context.replay(group, tasks: Self.candidates)
      else { continue }
      groupCount += 1
      for index in Self.distinct(replay.test.tasks).prefix(Self.taskCount) {
        let task = replay.test.tasks[index]
        let model = try tasks.model(of: task)?.source ?? tasks.body.source
        let animation = Self.animation(
          replay, task: index, model, tasks.body.timestep,
          "\(replay.label): \(tasks.goal(of: task))", "motion-\(animations.count)")
        if let animation { animations.append(animation) }
      }
    }
    guard !animations.isEmpty else { return nil }
    return """
      \(animations)<p class="caption">The first episode of a task, before adaptation and after as \
      many steps as in training, with the newest parameters, simulated when this page was made. \
      Parts that touch the ground are marked. Animations start on request. If the system is set to \
      reduce motion, they play in steps of half a second.</p>

      """
  }

  /// The first task of each kind.
  private static func distinct(_ tasks: [TaskParameters]) -> [Int] {
    tasks.indices.filter { index in tasks.firstIndex(of: tasks[index]) == index }
  }

  private static func animation(
    _ replay: Replay, task: Int, _ model: PlanarModel, _ timestep: Double, _ label: String,
    _ identifier: String
  ) -> HTML? {
    let steps = replay.steps
    let episodes = steps.compactMap { step in
      replay.test.returns[task][step].trajectories.flatMap {
        LocomotionEpisode($0, episode: 0, model: model)
      }
    }
    guard episodes.count == steps.count, let length = episodes.map(\.frames.count).max()
    else { return nil }
    let figures = zip(steps, episodes).map { figure($0, $1, label, timestep) }
    let data = episodes.map(\.json).joined(separator: ",\n")
    return """
      <div class="animation" role="group" aria-labelledby="\(identifier)-title">
      <h3 id="\(identifier)-title">\(label)</h3>
      <div class="figures">
      \(figures)</div>
      <div class="controls">
      <button type="button">Play</button>
      <label for="\(identifier)">Time</label>
      <input type="range" id="\(identifier)" min="0" max="\(length - 1)" step="1" value="0" \
      aria-valuetext="0.00 s"/>
      <output for="\(identifier)" aria-live="off">0.00 s</output>
      </div>
      <script type="application/json">{"timestep":\(HTML(markup: "\(timestep)")),"episodes":[
      \(HTML(markup: data))]}</script>
      </div>

      """
  }

  /// The first frame, which the page's script animates.
  private static func figure(
    _ step: Int, _ episode: LocomotionEpisode, _ label: String, _ timestep: Double
  ) -> HTML {
    let heading = TrajectoryFigure.heading(step)
    let seconds = Double(episode.frames.count) * timestep
    let (distance, speed) = (
      Format.number(episode.distance), Format.number(episode.distance / seconds)
    )
    let outcome = "return \(Format.number(episode.episodeReturn))"
    let summary =
      "\(label), \(heading): in \(Format.number(seconds)) s it moves \(distance) m along the first axis; \(outcome)"
    let view = LocomotionScene(episode)
    return """
      <figure><figcaption>\(heading)<span class="numbers">\(outcome), moves \(distance) m \
      at \(speed) m/s</span></figcaption>
      <svg class="scene\(view.isVertical ? "" : " seen-from-above" as HTML)" \
      viewBox="\(HTML(markup: view.viewBox))" role="img" aria-label="\(summary)." \
      data-margin="\(view.margin)">
      <g class="world">
      \(view.scenery)\(geoms(episode))</g>\(view.scale)</svg></figure>

      """
  }

  /// A line with round ends for each geom, and a mark for each end that may touch the ground.
  private static func geoms(_ episode: LocomotionEpisode) -> HTML {
    let geoms = episode.model.bodies.flatMap(\.geoms)
    let first = episode.frames[0]
    let lines = geoms.enumerated().map { index, geom -> HTML in
      let ends = first[4 * index..<4 * index + 4].map { $0 }
      return """
        <line class="limb" x1="\(ends[0])" y1="\(ends[1])" x2="\(ends[2])" y2="\(ends[3])" \
        stroke-width="\(Int(2000 * geom.radius))"/>

        """
    }
    guard let ground = episode.model.ground else { return "\(lines)" }
    let marks = (0..<2 * geoms.count).map { end -> HTML in
      let isShown = episode.contacts[0] >> end & 1 == 1
      return """
        <ellipse class="contact" cx="\(first[2 * end])" cy="\(Int(-1000 * ground.height))" rx="110" \
        ry="34"\(isShown ? "" : " visibility=\"hidden\"" as HTML)/>

        """
    }
    return "\(marks)\(lines)"
  }
}
