/// The scenery of a moving body: for a side view the ground with a mark at each unit of length, for a
/// view from above, or without ground, a grid and the body's path.
///
/// Lengths are in units of the drawing; the second axis points down.
struct MotionScene {
  /// Whether the body is seen from the side, on the ground.
  let isOnGround: Bool
  /// The part of the world in view while the camera is at the origin.
  let viewBox: String
  /// The minimum distance of a label from the sides of the view.
  let margin = 250
  /// The part that moves relative to the camera in both directions.
  let scenery: HTML
  /// The part that moves sideways only; drawn above the body.
  let scale: HTML

  /// The scene of a motion.
  init(_ motion: MotionDrawing) {
    isOnGround = motion.model.plane == .vertical && motion.model.ground != nil
    let width = isOnGround ? 4000 : 6000
    viewBox = isOnGround ? "-2000 -1600 4000 2000" : "-3000 -1800 6000 3600"
    let columns = Self.marks(motion.camera.map(\.x))
    let (left, right) = (1000 * columns.lowerBound, 1000 * columns.upperBound)
    let (reach, labelHeight) = (width / 2 - margin, isOnGround ? 250 : 1720)
    let labels = columns.map { mark -> HTML in
      // as in the first frame of the script
      let isHidden = abs(1000 * mark) > reach
      return """
        <text x="\(1000 * mark)" y="\(labelHeight)"\
        \(isHidden ? " visibility=\"hidden\"" as HTML : "")>\(Self.length(mark, motion.scale)) m</text>

        """
    }
    if isOnGround {
      let height = Int(-1000 / motion.scale * (motion.model.ground?.height ?? 0))
      let ticks = columns.map { "M\(1000 * $0) \(height)v90" }.joined()
      scenery = """
        <path class="ground" d="M\(left) \(height)H\(right)v600H\(left)Z"/>
        <path class="ticks" d="\(HTML(markup: ticks))M\(left) \(height)H\(right)"/>
        <g class="metres">\(labels)</g>

        """
      scale = ""
      return
    }
    let rows = Self.marks(motion.camera.map(\.y))
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

  /// A mark's place in m, without rounding errors of the scale.
  private static func length(_ mark: Int, _ scale: Double) -> String {
    scale == 1 ? "\(mark)" : Format.number(Double(mark) * scale)
  }

  /// The marks in view while the camera is at the given positions.
  private static func marks(_ places: [Int]) -> ClosedRange<Int> {
    let reach = 4
    return (places.min() ?? 0) / 1000 - reach...(places.max() ?? 0) / 1000 + reach
  }
}
