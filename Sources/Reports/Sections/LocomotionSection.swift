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
      guard let tasks = try context.tasks(of: group) as? any BodyTasks,
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
    let figures = replay.steps.compactMap { step -> MotionAnimation.Figure? in
      guard let batch = replay.test.returns[task][step].trajectories,
        let motion = MotionDrawing(batch, episode: 0, of: model)
      else { return nil }
      let heading = TrajectoryFigure.heading(step)
      let seconds = Double(motion.frames.count) * timestep
      let distance = Format.number(motion.distance)
      let speed = Format.number(motion.distance / seconds)
      let episodeReturn = batch.rewards[batch.rows(ofEpisode: 0)].reduce(0, +)
      let outcome = "return \(Format.number(episodeReturn))"
      let time = "\(label), \(heading): in \(Format.number(seconds)) s"
      if model.isFixed {
        return MotionAnimation.Figure(
          motion: motion, heading: heading, numbers: outcome, summary: "\(time) \(outcome)")
      }
      return MotionAnimation.Figure(
        motion: motion, heading: heading,
        numbers: "\(outcome), moves \(distance) m at \(speed) m/s",
        summary: "\(time) it moves \(distance) m along the first axis; \(outcome)")
    }
    guard figures.count == replay.steps.count else { return nil }
    return MotionAnimation(
      figures: figures, label: label, identifier: identifier, timestep: timestep
    ).content
  }
}
