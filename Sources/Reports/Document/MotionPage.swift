import Foundation

/// The moving picture of a simulation: one self-contained HTML file that needs neither a network nor
/// other files.
public struct MotionPage: Sendable {
  /// The document.
  public let document: String

  /// Draws a simulation.
  ///
  /// - Parameters:
  ///   - report: the simulation; at most eight of its environments are drawn.
  ///   - known: the model that it simulated.
  ///   - frames: the physics steps of one environment step; nil for the model's own.
  public init(_ report: SimulationReport, of known: KnownModel, frames: Int? = nil) {
    let model = known.model.source
    let timestep = Double(frames ?? known.frames) * model.timestep
    let poses = report.values("qpos")
    let count = (report.rows.last.map { Int($0[1]) } ?? 0) + 1
    let figures = (0..<min(8, count)).map { environment in
      let motion = MotionDrawing(
        stride(from: environment, to: poses.count, by: count).map { poses[$0] }, of: model)
      let heading = count == 1 ? "Simulation" : "Environment \(environment)"
      let numbers =
        model.isFixed ? "" : "moves \(Format.number(motion.distance)) m along the first axis"
      return MotionAnimation.Figure(
        motion: motion, heading: heading, numbers: numbers,
        summary: "\(model.name), \(heading): \(motion.frames.count) steps of \(timestep) s")
    }
    let animation = MotionAnimation(
      figures: figures, label: model.name, identifier: "motion", timestep: timestep)
    document =
      HTMLReport.document(
        title: "\(model.name), simulated",
        caption: """
          \(Format.count(report.rows.count / count, "step")) of \(HTML(markup: "\(timestep)")) s with seed \
          \(report.seed), simulated by MetaTape \(Release.version).
          """,
        content: """
          \(animation.content)<p class="caption">Parts that touch the ground are marked.</p>
          """,
        footer: "Made by <code>metatape simulate --view</code>."
      ).markup
  }
}
