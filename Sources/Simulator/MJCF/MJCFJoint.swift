/// A joint as the file has it: in space.
struct MJCFJoint {
  var element: MJCFElement
  var isSlide: Bool
  var axis: SIMD3<Double>
  var position: SIMD3<Double>
  var joint: Joint

  /// Reads a joint; the range of a hinge is in `angleUnit` radians.
  init(_ attributes: MJCFAttributes, options: MJCFOptions) throws(MJCFError) {
    element = attributes.element
    let type = try attributes.word("type", default: "hinge", of: ["hinge", "slide"])
    isSlide = type == "slide"
    let direction = try attributes.vector("axis", startingAt: [0, 0, 1], minimum: 3)
    let vector = SIMD3(direction[0], direction[1], direction[2])
    let length = (vector * vector).sum().squareRoot()
    guard length > 1e-10 else {
      throw element.error(.invalidValue, "the axis is zero", "give a direction")
    }
    axis = vector / length
    position = try attributes.vector3("pos")
    joint = Joint(
      name: element.attributes["name"] ?? "\(type) at line \(element.line)",
      stiffness: try attributes.number("stiffness", default: 0),
      damping: try attributes.number("damping", default: 0),
      armature: try attributes.number("armature", default: 0))

    let limited = try attributes.limited(
      "limited", hasRange: attributes.has("range"), automatic: options.automaticLimits)
    guard limited else { return }
    guard attributes.has("range") else {
      throw element.error(.invalidValue, "limited without a range", "give its range")
    }
    let unit = isSlide ? 1 : options.angleUnit
    let range = try attributes.vector("range", startingAt: [0, 0], minimum: 2)
    guard range[0] < range[1] else {
      throw element.error(
        .invalidValue, "range \(range[0]) to \(range[1]) is empty", "give lower, then upper end")
    }
    joint.limit = Joint.Limit(
      lower: range[0] * unit, upper: range[1] * unit,
      softness: try ConstraintSoftness(
        attributes, reference: "solreflimit", impedance: "solimplimit"))
  }

  /// Whether the axis is the given unit vector, to rounding.
  func isAlong(_ direction: SIMD3<Double>) -> Bool {
    let difference = axis - direction
    return (difference * difference).sum() < 1e-20
  }
}
