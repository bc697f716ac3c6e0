/// A joint as the file has it: in space.
struct MJCFJoint {
  var element: MJCFElement
  var isSlide: Bool
  var axis: SIMD3<Double>
  var position: SIMD3<Double>
  var joint: Joint
  /// The range, in m or rad, if the joint is limited or would be with the flag.
  var range: ClosedRange<Double>?

  /// Reads a joint; range and references of a hinge are in `angleUnit` radians.
  init(_ attributes: MJCFAttributes, options: MJCFOptions) throws(MJCFError) {
    element = attributes.element
    let type = try attributes.word("type", default: "hinge", of: ["hinge", "slide"])
    isSlide = type == "slide"
    let direction = try attributes.vector("axis", startingAt: [0, 0, 1], minimum: 3)
    let vector = SIMD3(direction[0], direction[1], direction[2])
    let length = (vector * vector).sum().squareRoot()
    guard length > 1e-10 else {
      throw element.error(.invalidValue, "the axis is zero", "MuJoCo rejects it too")
    }
    axis = vector / length
    position = try attributes.vector3("pos")
    let unit = isSlide ? 1 : options.angleUnit
    joint = Joint(
      name: element.attributes["name"] ?? "",
      reference: unit * (try attributes.number("ref", default: 0)),
      stiffness: try Self.linear("stiffness", attributes),
      springReference: unit * (try attributes.number("springref", default: 0)),
      damping: try Self.linear("damping", attributes),
      armature: try attributes.magnitude("armature", default: 0))

    joint.motorRange = try attributes.range(
      "actuatorfrcrange", switch: "actuatorfrclimited", isAutomatic: options.automaticLimits)
    joint.frictionLoss = try attributes.magnitude("frictionloss", default: 0)
    joint.frictionSoftness = try ConstraintSoftness(
      attributes, reference: "solreffriction", impedance: "solimpfriction")
    if !options.has("frictionloss") { joint.frictionLoss = 0 }
    if !options.has("spring") { joint.stiffness = 0 }
    if !options.has("damper") { joint.damping = 0 }

    guard
      let range = try attributes.range(
        "range", switch: "limited", isAutomatic: options.automaticLimits)
    else { return }
    self.range = range.lowerBound * unit...range.upperBound * unit
    guard options.has("limit") else { return }
    joint.limit = Joint.Limit(
      lower: range.lowerBound * unit, upper: range.upperBound * unit,
      margin: try attributes.magnitude("margin", default: 0),
      softness: try ConstraintSoftness(
        attributes, reference: "solreflimit", impedance: "solimplimit"))
  }

  /// The joint as seen from outside the frame in which it is given.
  func placed(in frame: MJCFPose) -> MJCFJoint {
    var result = self
    result.axis = frame.turned(axis)
    result.position = frame.placed(position)
    return result
  }

  /// The coefficient of a force that is linear; MuJoCo also knows higher powers.
  private static func linear(
    _ name: String, _ attributes: MJCFAttributes
  ) throws(MJCFError) -> Double {
    let powers = try attributes.vector(name, startingAt: [0, 0, 0])
    guard powers[0] >= 0, powers[1] == 0, powers[2] == 0 else {
      throw attributes.element.unsupported(
        "a \(name) that is negative or has several numbers, a nonlinear force")
    }
    return powers[0]
  }

  /// The joint, which is given a name after its number if the file has none; it is reversed if it
  /// is along the opposite of a direction.
  func named(_ number: Int, along direction: SIMD3<Double>) -> Joint {
    var result = joint
    result.isReversed = isAlong(-direction)
    if result.name.isEmpty { result.name = "\(isSlide ? "slide" : "hinge") \(number)" }
    return result
  }

  /// Whether the axis is the given unit vector or its opposite, to rounding.
  func isParallel(to direction: SIMD3<Double>) -> Bool {
    isAlong(direction) || isAlong(-direction)
  }

  /// Whether the axis is the given unit vector, to rounding.
  func isAlong(_ direction: SIMD3<Double>) -> Bool {
    let difference = axis - direction
    return (difference * difference).sum() < 1e-20
  }
}
