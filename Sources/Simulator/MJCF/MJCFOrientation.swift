import CLibrary

/// The frame of a geom in its body: three orthogonal unit vectors.
///
/// - Source: MuJoCo documentation, "Modeling", frame orientations.
struct MJCFOrientation: Equatable {
  var x = SIMD3<Double>(1, 0, 0)
  var y = SIMD3<Double>(0, 1, 0)
  var z = SIMD3<Double>(0, 0, 1)

  /// The attributes that say how a frame is turned.
  static let names = ["quat", "axisangle", "xyaxes", "zaxis", "euler"]

  /// The frame that is not turned.
  init() {}

  /// The frame of an element: what the innermost layer says that says anything.
  init(_ attributes: MJCFAttributes, options: MJCFOptions) throws(MJCFError) {
    self.init()
    guard
      let layer = attributes.layers.last(where: { layer in
        Self.names.contains { layer[$0] != nil }
      })
    else { return }
    let given = Self.names.filter { layer[$0] != nil }
    guard given.count == 1 else {
      throw attributes.element.error(
        .invalidValue, "\(given.joined(separator: " and ")) both turn it", "MuJoCo accepts one")
    }
    func values(_ count: Int) throws(MJCFError) -> [Double] {
      try attributes.vector(
        given[0], startingAt: [Double](repeating: 0, count: count), minimum: count)
    }
    switch given[0] {
    case "quat":
      let q = try values(4)
      self = try MJCFOrientation(quaternion: SIMD4(q[0], q[1], q[2], q[3]), attributes.element)
    case "axisangle":
      let turn = try values(4)
      let axis = try Self.direction(SIMD3(turn[0], turn[1], turn[2]), attributes.element)
      self = MJCFOrientation(turning: turn[3] * options.angleUnit, about: axis)
    case "xyaxes":
      let axes = try values(6)
      let element = attributes.element
      x = try Self.direction(SIMD3(axes[0], axes[1], axes[2]), element)
      let second = SIMD3(axes[3], axes[4], axes[5])
      y = try Self.direction(second - (x * second).sum() * x, element)
      z = Self.cross(x, y)
    case "zaxis":
      let axis = try values(3)
      self = MJCFOrientation(
        zAxis: try Self.direction(SIMD3(axis[0], axis[1], axis[2]), attributes.element))
    default:
      self = try MJCFOrientation(euler: try values(3), options: options)
    }
  }

  /// The frame whose z axis is `axis`, turned on the shortest way.
  init(zAxis axis: SIMD3<Double>) {
    let across = Self.cross(SIMD3(0, 0, 1), axis)
    let sine = (across * across).sum().squareRoot()
    // of the half turns onto -z MuJoCo takes the one about x
    let about = sine < 1e-10 ? SIMD3(1, 0, 0) : across / sine
    self.init(turning: atan2(sine, axis.z), about: about)
    z = axis
  }

  /// The frame that is turned by `angle` about the unit vector `axis`.
  private init(turning angle: Double, about axis: SIMD3<Double>) {
    let (c, s) = (cos(angle), sin(angle))
    // Rodrigues: v cos + (axis x v) sin + axis (axis · v)(1 - cos)
    func turned(_ v: SIMD3<Double>) -> SIMD3<Double> {
      v * c + Self.cross(axis, v) * s + axis * ((axis * v).sum() * (1 - c))
    }
    (x, y, z) = (turned(x), turned(y), turned(z))
  }

  private init(quaternion q: SIMD4<Double>, _ element: MJCFElement) throws(MJCFError) {
    let length = (q * q).sum().squareRoot()
    guard length > 1e-10 else {
      throw element.error(.invalidValue, "the quaternion is zero", "MuJoCo rejects it too")
    }
    let (w, a, b, c) = (q.x / length, q.y / length, q.z / length, q.w / length)
    x = SIMD3(w * w + a * a - b * b - c * c, 2 * (a * b + w * c), 2 * (a * c - w * b))
    y = SIMD3(2 * (a * b - w * c), w * w - a * a + b * b - c * c, 2 * (b * c + w * a))
    z = SIMD3(2 * (a * c + w * b), 2 * (b * c - w * a), w * w - a * a - b * b + c * c)
  }

  /// Three turns, about the moving axes for lower case letters of the sequence, about the fixed
  /// ones for upper case.
  private init(euler angles: [Double], options: MJCFOptions) throws(MJCFError) {
    for (letter, angle) in zip(options.eulerSequence, angles) {
      let axis: SIMD3<Double> =
        switch letter.lowercased() {
        case "x": SIMD3(1, 0, 0)
        case "y": SIMD3(0, 1, 0)
        default: SIMD3(0, 0, 1)
        }
      let turn = MJCFOrientation(turning: angle * options.angleUnit, about: axis)
      self = letter.isLowercase ? times(turn) : turn.times(self)
    }
  }

  /// The frame `other`, given in this one.
  func times(_ other: MJCFOrientation) -> MJCFOrientation {
    func placed(_ v: SIMD3<Double>) -> SIMD3<Double> { x * v.x + y * v.y + z * v.z }
    var result = MJCFOrientation()
    (result.x, result.y, result.z) = (placed(other.x), placed(other.y), placed(other.z))
    return result
  }

  private static func direction(
    _ vector: SIMD3<Double>, _ element: MJCFElement
  ) throws(MJCFError) -> SIMD3<Double> {
    let length = (vector * vector).sum().squareRoot()
    guard length > 1e-10 else {
      throw element.error(
        .invalidValue, "its orientation has no direction", "MuJoCo rejects it too")
    }
    return vector / length
  }

  static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
  }
}
