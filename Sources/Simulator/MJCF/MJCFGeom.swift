import Foundation

/// A geom as the file has it: in space, with everything its contacts depend on.
struct MJCFGeom {
  var element: MJCFElement
  var type: String
  var size: [Double]
  var center: SIMD3<Double>
  /// Capsule axis.
  var axis: SIMD3<Double>
  var halfLength: Double
  var contactType: Int
  var contactAffinity: Int
  var dimension: Int
  var friction: Double
  var softness: ConstraintSoftness
  var density: Double

  /// Reads a geom; angles are in `angleUnit` radians.
  init(_ attributes: MJCFAttributes, angleUnit: Double) throws(MJCFError) {
    element = attributes.element
    type = try attributes.word(
      "type", default: "sphere", of: ["sphere", "capsule", "plane"])
    // a plane's size is that of its picture
    let least = type == "capsule" && !attributes.has("fromto") ? 2 : 1
    guard attributes.has("size") || type == "plane" else {
      throw element.error(.invalidValue, "a \(type) needs a size", "give its radius")
    }
    size = try attributes.vector("size", startingAt: [0, 0, 0], minimum: least)
    contactType = try attributes.integer("contype", default: 1)
    contactAffinity = try attributes.integer("conaffinity", default: 1)
    dimension = try attributes.integer("condim", default: 3)
    friction = try attributes.vector("friction", startingAt: [1, 0.005, 0.0001])[0]
    softness = try ConstraintSoftness(attributes, reference: "solref", impedance: "solimp")
    density = try attributes.number("density", default: 1000)
    center = try attributes.vector3("pos")
    axis = SIMD3(0, 0, 1)
    halfLength = size[1]

    if attributes.has("fromto") {
      guard type == "capsule" else {
        throw element.unsupported("fromto on a \(type)", "use it on capsules only")
      }
      let ends = try attributes.vector(
        "fromto", startingAt: [Double](repeating: 0, count: 6), minimum: 6)
      let start = SIMD3(ends[0], ends[1], ends[2])
      let end = SIMD3(ends[3], ends[4], ends[5])
      let span = start - end
      let length = (span * span).sum().squareRoot()
      guard length > 0 else {
        throw element.error(.invalidValue, "fromto has equal ends", "give the capsule a length")
      }
      center = (start + end) / 2
      axis = span / length
      halfLength = length / 2
    } else if attributes.has("axisangle") {
      let turn = try attributes.vector(
        "axisangle", startingAt: [0, 0, 0, 0], minimum: 4)
      axis = try Self.rotatedUp(
        about: SIMD3(turn[0], turn[1], turn[2]), by: turn[3] * angleUnit, element)
    }
  }

  /// The z axis turned by `angle` about `axis`.
  private static func rotatedUp(
    about axis: SIMD3<Double>, by angle: Double, _ element: MJCFElement
  ) throws(MJCFError) -> SIMD3<Double> {
    let length = (axis * axis).sum().squareRoot()
    guard length > 1e-10 else {
      throw element.error(.invalidValue, "axisangle has no axis", "give a non-zero axis")
    }
    let n = axis / length
    // Rodrigues: z cos + (n x z) sin + n (n · z)(1 - cos)
    let up = SIMD3<Double>(0, 0, 1)
    return up * cos(angle) + SIMD3(n.y, -n.x, 0) * sin(angle) + n * (n.z * (1 - cos(angle)))
  }

  /// Whether the contact bits of two geoms let them touch.
  func touches(_ other: MJCFGeom) -> Bool {
    contactType & other.contactAffinity != 0 || other.contactType & contactAffinity != 0
  }
}

extension MJCFAttributes {
  /// A vector of exactly three numbers, zero if absent.
  func vector3(_ name: String) throws(MJCFError) -> SIMD3<Double> {
    let values = try vector(name, startingAt: [0, 0, 0], minimum: 3)
    return SIMD3(values[0], values[1], values[2])
  }
}

extension ConstraintSoftness {
  /// Reads `solref` and `solimp` style attributes.
  init(
    _ attributes: MJCFAttributes, reference: String, impedance: String
  ) throws(MJCFError) {
    let ref = try attributes.vector(reference, startingAt: [0.02, 1])
    let imp = try attributes.vector(impedance, startingAt: [0.9, 0.95, 0.001, 0.5, 2])
    guard ref[0] > 0, ref[1] > 0 else {
      throw attributes.element.unsupported(
        "\(reference) in the direct form (not positive)", "give time constant and damping ratio")
    }
    guard imp[4] == 2 else {
      throw attributes.element.unsupported(
        "\(impedance) with power \(imp[4])", "use power 2, the default")
    }
    guard imp[2] > 0 else {
      throw attributes.element.error(
        .invalidValue, "\(impedance) with width \(imp[2])", "use a positive width")
    }
    self.init(
      timeConstant: ref[0], dampingRatio: ref[1], minimum: imp[0], maximum: imp[1],
      width: imp[2], midpoint: imp[3])
  }

  /// The mean of two geoms' parameters, as MuJoCo mixes geoms of equal priority.
  func mixed(with other: ConstraintSoftness) -> ConstraintSoftness {
    ConstraintSoftness(
      timeConstant: (timeConstant + other.timeConstant) / 2,
      dampingRatio: (dampingRatio + other.dampingRatio) / 2,
      minimum: (minimum + other.minimum) / 2, maximum: (maximum + other.maximum) / 2,
      width: (width + other.width) / 2, midpoint: (midpoint + other.midpoint) / 2)
  }
}
