/// An `<inertial>` as the file has it: in space.
struct MJCFInertial {
  var element: MJCFElement
  var mass: Double
  var center: SIMD3<Double>
  /// The principal axes.
  var orientation: MJCFOrientation
  var moments: SIMD3<Double>

  private static let attributes: [String: MJCFValue] = [
    "pos": .numbers(3...3), "mass": .number, "diaginertia": .numbers(3...3),
    "fullinertia": .numbers(6...6), "quat": .numbers(4...4), "axisangle": .numbers(4...4),
    "xyaxes": .numbers(6...6), "zaxis": .numbers(3...3), "euler": .numbers(3...3),
  ]

  /// The inertia of a body of which the file says that it has none, see ``MJCFTree/Node/emptyCenter``.
  init(massless element: MJCFElement) throws(MJCFError) {
    self.element = element
    let center = try MJCFAttributes(element).vector3("pos")
    (mass, self.center, orientation, moments) = (0, center, MJCFOrientation(), .zero)
  }

  /// Reads an `<inertial>`, in the frame of its body.
  init(_ part: MJCFPart, options: MJCFOptions) throws(MJCFError) {
    let element = part.element
    self.element = element
    try element.requireAttributes(used: Self.attributes)
    try element.requireChildren(used: [], ignored: [])
    for name in ["pos", "mass"] where element.attributes[name] == nil {
      throw element.error(.invalidValue, "it has no \(name)", "MuJoCo rejects it too")
    }
    let attributes = MJCFAttributes(element)
    mass = try attributes.number("mass", default: 0)
    var pose = MJCFPose()
    pose.position = try attributes.vector3("pos")
    moments = .zero
    if let text = element.attributes["fullinertia"] {
      let clash = (["diaginertia"] + MJCFOrientation.names).first { element.attributes[$0] != nil }
      if let clash {
        throw element.error(
          .invalidValue, "fullinertia together with \(clash)", "MuJoCo rejects it too")
      }
      let m = MJCFNumbers.parse(text) ?? []
      let (diagonal, others) = (SIMD3(m[0], m[1], m[2]), SIMD3(m[3], m[4], m[5]))
      guard
        options.density == 0 || !PrincipalAxes.isUndetermined(diagonal: diagonal, others: others)
      else {
        throw element.unsupported(
          "a fullinertia of which rounding decides the principal axes, in a dense medium")
      }
      let principal = PrincipalAxes(diagonal: diagonal, others: others)
      moments = principal.values
      pose.orientation.x = principal.axes[0]
      pose.orientation.y = principal.axes[1]
      pose.orientation.z = principal.axes[2]
    } else {
      moments = try attributes.vector3("diaginertia")
      pose.orientation = try MJCFOrientation(attributes, options: options)
    }
    pose = part.frame.placed(pose)
    (center, orientation) = (pose.position, pose.orientation)
    guard mass >= 0, moments.min() >= 0 else {
      throw element.error(
        .invalidValue, "a negative mass or moment of inertia", "MuJoCo rejects it too")
    }
  }

  /// The inertia as seen from outside the frame in which it is given.
  func placed(in frame: MJCFPose) -> MJCFInertial {
    var result = self
    result.center = frame.placed(center)
    result.orientation = frame.orientation.times(orientation)
    return result
  }
}

extension MJCFOptions {
  /// Mass and moments after MuJoCo's corrections: raised to the bounds, and balanced.
  ///
  /// Throws if the moments are those of no solid.
  func corrected(
    _ inertial: Inertial, of element: MJCFElement
  ) throws(MJCFError) -> Inertial {
    var result = inertial
    result.mass = max(result.mass, leastMass)
    let bound = SIMD3(repeating: leastInertia)
    result.moments = result.moments.replacing(with: bound, where: result.moments .< bound)
    let sum = result.moments.sum()
    // rounding of principal moments must not count
    guard sum - 2 * result.moments.max() < -1e-12 * sum else { return result }
    guard balancesInertia else {
      throw element.error(
        .invalidValue, "moments of inertia of which one is larger than the sum of the others",
        "no solid has them; MuJoCo rejects them too, unless the compiler's balanceinertia is true")
    }
    result.moments = SIMD3(repeating: sum / 3)
    return result
  }
}
