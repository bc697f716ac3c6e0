/// A geom as the file has it: in space, with everything its contacts depend on.
struct MJCFGeom {
  var element: MJCFElement
  var type: String
  /// The three sizes that MuJoCo stores: radius and half length, or half sides, or semi-axes.
  var size: [Double]
  var center: SIMD3<Double>
  /// The geom's own frame; a capsule or cylinder lies along its z axis.
  var orientation: MJCFOrientation
  var contactType: Int32
  var contactAffinity: Int32
  var dimension: Int32
  /// The coefficients of sliding, torsional and rolling friction.
  var friction: [Double]
  var priority: Int32
  /// The weight of the softness in that of a contact.
  var mixing: Double
  var margin: Double
  var softness: ConstraintSoftness
  var density: Double
  /// The name of the body it belongs to, and the bodies whose geoms it does not touch.
  var owner: String?
  var excluded: Set<String> = []
  /// The mass, if the file gives it instead of the density.
  var mass: Double?

  private static let types = ["sphere", "capsule", "plane", "box", "cylinder", "ellipsoid"]

  /// Reads a geom.
  init(_ attributes: MJCFAttributes, options: MJCFOptions) throws(MJCFError) {
    element = attributes.element
    type = try attributes.word("type", default: "sphere", of: Self.types)
    guard attributes.has("size") else {
      throw element.error(.invalidValue, "a \(type) needs a size", "MuJoCo rejects it too")
    }
    let isFromTo = attributes.has("fromto")
    size = try attributes.vector("size", startingAt: [0, 0, 0])
    // a plane's size is that of its picture
    guard type != "plane" || size[2] > 0 else {
      throw element.error(
        .invalidValue, "a plane with the third size \(size[2])", "MuJoCo rejects it too")
    }
    let sizeCount = ["sphere": 1, "capsule": 2, "cylinder": 2, "plane": 0][type] ?? 3
    guard size.prefix(isFromTo ? min(1, sizeCount) : sizeCount).allSatisfy({ $0 > 0 }) else {
      throw element.error(
        .invalidValue, "a size that is not positive, or fewer numbers than a \(type) has",
        "MuJoCo rejects it too")
    }
    contactType = try attributes.integer("contype", default: 1)
    contactAffinity = try attributes.integer("conaffinity", default: 1)
    dimension = try attributes.integer("condim", default: 3)
    guard [1, 3, 4, 6].contains(dimension) else {
      throw element.error(.invalidValue, "condim \(dimension)", "MuJoCo rejects it too")
    }
    friction = try attributes.vector("friction", startingAt: [1, 0.005, 0.0001])
    priority = try attributes.integer("priority", default: 0)
    mixing = try attributes.magnitude("solmix", default: 1)
    margin = try attributes.magnitude("margin", default: 0)
    softness = try ConstraintSoftness(attributes, reference: "solref", impedance: "solimp")
    density = try attributes.magnitude("density", default: 1000)
    mass = attributes.has("mass") ? try attributes.magnitude("mass", default: 0) : nil
    if !options.has("contact") { (contactType, contactAffinity) = (0, 0) }
    // MuJoCo's compiler takes the inertia from these groups only
    if !options.massiveGroups.contains(try attributes.integer("group", default: 0)) {
      (density, mass) = (0, nil)
    }
    center = try attributes.vector3("pos")
    // fromto overrides an orientation, which has to be one all the same
    orientation = try MJCFOrientation(attributes, options: options)
    guard isFromTo else { return }
    guard sizeCount > 1, center == .zero else {
      throw element.error(
        .invalidValue, "fromto \(sizeCount > 1 ? "together with pos" : "on a \(type)")",
        "MuJoCo rejects it too; fromto alone places a capsule, cylinder, box or ellipsoid")
    }
    let ends = try attributes.vector(
      "fromto", startingAt: [Double](repeating: 0, count: 6), minimum: 6)
    let start = SIMD3(ends[0], ends[1], ends[2])
    let end = SIMD3(ends[3], ends[4], ends[5])
    let span = start - end
    let length = (span * span).sum().squareRoot()
    guard length > 1e-14 else {
      throw element.error(.invalidValue, "fromto has equal ends", "give the \(type) a length")
    }
    center = (start + end) / 2
    orientation = MJCFOrientation(zAxis: span / length)
    // the first size is that across, also of a box or an ellipsoid
    if sizeCount == 3 { size[1] = size[0] }
    size[sizeCount - 1] = length / 2
  }

  /// The geom as seen from outside the frame in which it is given.
  func placed(in frame: MJCFPose) -> MJCFGeom {
    var result = self
    result.center = frame.placed(center)
    result.orientation = frame.orientation.times(orientation)
    return result
  }
}

extension MJCFGeom {
  /// The shape; nil for a plane.
  var shape: Geom.Shape? {
    switch type {
    case "sphere": .sphere
    case "capsule": .capsule(halfLength: size[1], axis: SIMD2(1, 0))
    case "cylinder": .cylinder(halfLength: size[1])
    case "box": .box(halfSizes: SIMD3(size[0], size[1], size[2]))
    case "ellipsoid": .ellipsoid(semiAxes: SIMD3(size[0], size[1], size[2]))
    default: nil
    }
  }

  /// The mass, in kg; a plane has none.
  var solidMass: Double {
    guard let shape else { return 0 }
    return mass
      ?? MassProperties.principal(
        Geom(shape: shape, center: .zero, radius: size[0], density: density)
      ).mass
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
    guard (ref[0] > 0) == (ref[1] > 0) else {
      throw attributes.element.unsupported(
        "\(reference)=\"\(ref[0]) \(ref[1])\", of which just one is positive")
    }
    self.init(
      timeConstant: ref[0], dampingRatio: ref[1], minimum: imp[0], maximum: imp[1],
      width: max(0, imp[2]), midpoint: imp[3], power: imp[4])
  }
}
