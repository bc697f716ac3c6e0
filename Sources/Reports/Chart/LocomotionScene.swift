/// The scenery of a moving body: for a side view the ground with a mark at each metre, for a view
/// from above a grid and the body's path.
///
/// Lengths are in millimetres; the second axis points down.
struct LocomotionScene {
  /// Whether the body is seen from the side, on the ground.
  let isVertical: Bool
  /// The part of the world in view while the camera is at the origin.
  let viewBox: String
  /// The minimum distance of a metre's label from the sides of the view.
  let margin = 250
  /// The part that moves relative to the camera in both directions.
  let scenery: HTML
  /// The part that moves sideways only; drawn above the body.
  let scale: HTML

  /// The scene of an episode.
  init(_ episode: LocomotionEpisode) {
    isVertical = episode.model.plane == .vertical
    let width = isVertical ? 4000 : 6000
    viewBox = isVertical ? "-2000 -1600 4000 2000" : "-3000 -1800 6000 3600"
    let columns = Self.metres(episode.centres.map(\.x))
    let (left, right) = (1000 * columns.lowerBound, 1000 * columns.upperBound)
    let (reach, labelHeight) = (width / 2 - margin, isVertical ? 250 : 1720)
    let labels = columns.map { metre -> HTML in
      // as in the first frame of the script
      let isHidden = abs(1000 * metre) > reach
      return """
        <text x="\(1000 * metre)" y="\(labelHeight)"\
        \(isHidden ? " visibility=\"hidden\"" as HTML : "")>\(metre) m</text>

        """
    }
    if isVertical {
      let height = Int(-1000 * (episode.model.ground?.height ?? 0))
      let ticks = columns.map { "M\(1000 * $0) \(height)v90" }.joined()
      scenery = """
        <path class="ground" d="M\(left) \(height)H\(right)v600H\(left)Z"/>
        <path class="ticks" d="\(HTML(markup: ticks))M\(left) \(height)H\(right)"/>
        <g class="metres">\(labels)</g>

        """
      scale = ""
      return
    }
    let rows = Self.metres(episode.centres.map(\.y))
    let (top, bottom) = (1000 * rows.lowerBound, 1000 * rows.upperBound)
    let grid =
      columns.map { "M\(1000 * $0) \(top)V\(bottom)" }.joined()
      + rows.map { "M\(left) \(1000 * $0)H\(right)" }.joined()
    scenery = """
      <path class="ticks" d="\(HTML(markup: grid))"/>
      <path class="path" d="M0 0"/>

      """
    scale = "<g class=\"metres scale\">\(labels)</g>\n"
  }

  /// The whole metres in view while the camera is at the given positions, in millimetres.
  private static func metres(_ places: [Int]) -> ClosedRange<Int> {
    let reach = 4
    return (places.min() ?? 0) / 1000 - reach...(places.max() ?? 0) / 1000 + reach
  }
}
