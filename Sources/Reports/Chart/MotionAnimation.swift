/// Motions of simulated bodies side by side, with a button that plays them and a slider for the time.
struct MotionAnimation {
  /// A motion with its words.
  struct Figure {
    let motion: MotionDrawing
    let heading: String
    /// What came of it, beside the heading.
    let numbers: String
    /// What it shows, for readers who do not see it; without a full stop.
    let summary: String
  }

  let figures: [Figure]
  let label: String
  /// Of the element; unique on the page.
  let identifier: String
  /// The duration of a step, in s.
  let timestep: Double

  /// The first frames, with the data from which the page's script makes the others.
  var content: HTML {
    let length = figures.map(\.motion.frames.count).max() ?? 1
    let data = figures.map(\.motion.json).joined(separator: ",\n")
    return """
      <div class="animation" role="group" aria-labelledby="\(identifier)-title">
      <h3 id="\(identifier)-title">\(label)</h3>
      <div class="figures">
      \(figures.map(Self.content))</div>
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

  private static func content(_ figure: Figure) -> HTML {
    let view = MotionScene(figure.motion)
    return """
      <figure><figcaption>\(figure.heading)<span class="numbers">\(figure.numbers)</span></figcaption>
      <svg class="scene\(view.isOnGround ? "" : " seen-from-above" as HTML)" \
      viewBox="\(HTML(markup: view.viewBox))" role="img" aria-label="\(figure.summary)." \
      data-margin="\(view.margin)">
      <g class="world">
      \(view.scenery)\(geoms(figure.motion))</g>\(view.scale)</svg></figure>

      """
  }

  /// A line with round ends for each geom, and a mark for each end that may touch the ground.
  private static func geoms(_ motion: MotionDrawing) -> HTML {
    let first = motion.frames[0]
    let lines = motion.widths.enumerated().map { index, width -> HTML in
      let ends = first[4 * index..<4 * index + 4].map { $0 }
      return """
        <line class="limb" x1="\(ends[0])" y1="\(ends[1])" x2="\(ends[2])" y2="\(ends[3])" \
        stroke-width="\(width)"/>

        """
    }
    guard let ground = motion.model.ground else { return "\(lines)" }
    let marks = (0..<2 * motion.widths.count).map { end -> HTML in
      let isShown = motion.contacts[0] >> end & 1 == 1
      return """
        <ellipse class="contact" cx="\(first[2 * end])" \
        cy="\(Int(-1000 / motion.scale * ground.height))" rx="110" \
        ry="34"\(isShown ? "" : " visibility=\"hidden\"" as HTML)/>

        """
    }
    return "\(marks)\(lines)"
  }
}
