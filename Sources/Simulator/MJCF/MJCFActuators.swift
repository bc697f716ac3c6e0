/// The actuators of a file: motors, position and velocity servos, and general ones that are
/// affine in control, length and velocity.
struct MJCFActuators {
  private let defaults: MJCFDefaults
  private let options: MJCFOptions
  private let tendons: MJCFTendons
  /// For each named joint, its range if it has one.
  private let joints: [String: ClosedRange<Double>?]

  init(
    defaults: MJCFDefaults, options: MJCFOptions, tendons: MJCFTendons, joints: [MJCFJoint]
  ) {
    self.defaults = defaults
    self.options = options
    self.tendons = tendons
    self.joints = joints.reduce(into: [:]) { $0[$1.element.attributes["name"] ?? ""] = $1.range }
  }

  /// The motors, in the order of the file.
  func motors(_ root: MJCFElement) throws(MJCFError) -> [Motor] {
    var result: [Motor] = []
    for section in root.children("actuator") {
      try section.requireAttributes(used: [:])
      try section.requireChildren(used: ["motor", "position", "velocity", "general"], ignored: [])
      for element in section.children {
        result.append(try motor(element))
      }
    }
    return result
  }

  private func motor(_ element: MJCFElement) throws(MJCFError) -> Motor {
    try MJCFSchema.check(element)
    let attributes = try defaults.attributes(of: element, as: "actuator", childClass: nil)
    try check(attributes)
    var (joint, tendon) = try transmission(element)
    if tendon?.count == 1, let only = tendon?[0], only.coefficient == 1 {
      (joint, tendon) = (only.joint, nil)
    }
    let law = try law(attributes)
    let gear = try attributes.vector("gear", startingAt: [1, 0, 0, 0, 0, 0])[0]
    var range = try attributes.range(
      "ctrlrange", switch: "ctrllimited", isAutomatic: options.automaticLimits)
    if element.tag != "motor", element.tag != "velocity",
      let inherited = try inheritedRange(attributes, range, joint)
    {
      range = inherited
    }
    return Motor(
      name: element.attributes["name"] ?? "", joint: joint,
      gear: options.has("actuation") ? gear : 0,
      controlRange: options.has("clampctrl") ? range : nil,
      gain: law.gain, bias: law.bias, dampingRatio: law.ratio,
      forceRange: try attributes.range(
        "forcerange", switch: "forcelimited", isAutomatic: options.automaticLimits),
      tendon: tendon)
  }

  /// Refuses what the element inherits and cannot be simulated.
  ///
  /// MuJoCo keeps one set of actuator parameters per class, which the defaults of all kinds change
  /// in turn. Here only their common attributes are shared.
  private func check(_ attributes: MJCFAttributes) throws(MJCFError) {
    let element = attributes.element
    let layers = attributes.layers.dropLast()
    func isOfOtherKind(_ layer: [String: String]) -> Bool {
      layer[MJCFDefaults.kindKey] != element.tag
    }
    let own = MJCFSchema.lawAttributes
    if element.tag != "motor", layers.contains(where: isOfOtherKind),
      layers.contains(where: { layer in own.contains { layer[$0] != nil } })
    {
      throw element.unsupported("parameters from defaults of several kinds of actuators")
    }
    for layer in layers {
      guard let kind = layer[MJCFDefaults.kindKey] else { continue }
      var inherited = element
      inherited.tag = kind
      inherited.attributes = layer.filter { $0.key != MJCFDefaults.kindKey }
      if isOfOtherKind(layer) {
        inherited.attributes = inherited.attributes.filter { !own.contains($0.key) }
        inherited.tag = element.tag
      }
      try MJCFSchema.check(inherited, isDefault: true)
    }
  }

  /// The joint that an actuator drives, or the name of its tendon and the joints of that.
  private func transmission(
    _ element: MJCFElement
  ) throws(MJCFError) -> (String, [Motor.Coupling]?) {
    let given = ["joint", "jointinparent", "tendon"].filter { element.attributes[$0] != nil }
    guard let kind = given.first, let target = element.attributes[kind] else {
      throw element.error(
        .invalidValue, "an actuator that drives nothing", "name a joint; MuJoCo rejects it too")
    }
    guard given.count == 1 else {
      throw element.error(
        .invalidValue, "an actuator with \(given.joined(separator: " and "))",
        "MuJoCo accepts one transmission")
    }
    guard kind == "tendon" else {
      guard joints[target] != nil else {
        throw element.error(
          .invalidValue, "there is no joint \"\(target.prefix(60))\"", "name one of the joints")
      }
      return (target, nil)
    }
    guard !tendons.spatial.contains(target) else {
      throw element.unsupported("an actuator on a spatial tendon")
    }
    guard let couplings = tendons.fixed[target] else {
      throw element.error(
        .invalidValue, "there is no tendon \"\(target.prefix(60))\"", "define it in <tendon>")
    }
    for coupling in couplings where joints[coupling.joint] == nil {
      throw element.error(
        .invalidValue, "its tendon has no joint \"\(coupling.joint.prefix(60))\"",
        "name one of the joints")
    }
    return (target, couplings)
  }

  /// How the force depends on control, length and velocity.
  private func law(
    _ attributes: MJCFAttributes
  ) throws(MJCFError) -> (gain: Double, bias: SIMD3<Double>, ratio: Double?) {
    let element = attributes.element
    switch element.tag {
    case "motor": return (1, .zero, nil)
    case "velocity":
      let gain = try attributes.number("kv", default: 1)
      return (gain, SIMD3(0, 0, -gain), nil)
    case "position":
      let gain = try attributes.number("kp", default: 1)
      let damping = try attributes.magnitude("kv", default: 0)
      let ratio = try attributes.magnitude("dampratio", default: 0)
      guard !attributes.has("kv") || !attributes.has("dampratio") else {
        throw element.error(.invalidValue, "kv and dampratio", "MuJoCo accepts one of them")
      }
      guard ratio == 0 || gain >= 0 else {
        throw element.unsupported("dampratio with a negative kp")
      }
      return (gain, SIMD3(0, -gain, -damping), ratio > 0 ? ratio : nil)
    default:
      let gains = try attributes.vector("gainprm", startingAt: Self.parameters([1]))
      let biases = try attributes.vector("biasprm", startingAt: Self.parameters([]))
      // which MuJoCo reads as the damping ratio of a servo
      guard attributes.text("biastype") != "affine" || biases[2] <= 0 || gains[0] != -biases[1]
      else { return (gains[0], SIMD3(biases[0], biases[1], 0), biases[2]) }
      return attributes.text("biastype") == "affine"
        ? (gains[0], SIMD3(biases[0], biases[1], biases[2]), nil) : (gains[0], .zero, nil)
    }
  }

  private static func parameters(_ start: [Double]) -> [Double] {
    start + [Double](repeating: 0, count: 10 - start.count)
  }

  /// The control range that a servo takes from the range of its joint.
  private func inheritedRange(
    _ attributes: MJCFAttributes, _ given: ClosedRange<Double>?, _ joint: String
  ) throws(MJCFError) -> ClosedRange<Double>? {
    let share = try attributes.magnitude("inheritrange", default: 0)
    guard share > 0 else { return nil }
    let element = attributes.element
    guard given == nil else {
      throw element.error(
        .invalidValue, "ctrlrange and inheritrange", "MuJoCo accepts one of them")
    }
    guard element.tag == "position", let range = joints[joint] ?? nil else {
      throw element.unsupported("inheritrange other than of a position servo on a limited joint")
    }
    let middle = (range.lowerBound + range.upperBound) / 2
    let half = (range.upperBound - range.lowerBound) / 2 * share
    return middle - half...middle + half
  }
}
