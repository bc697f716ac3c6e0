/// The masses of a body: its own, those of the bodies that move with it, and their total.
struct BodyMasses {
  var own: MassProperties
  var welded: [MassProperties]
  var total: MassProperties

  /// MuJoCo leaves out geoms below this mass, in kg.
  private static let leastMass = 1e-14

  /// The masses of `body`.
  init(_ body: Body) {
    own =
      body.inertial.map { MassProperties($0) } ?? Self.mass(of: body.geoms, origin: body.origin)
    welded = body.welded.map { part in
      part.inertial.map { MassProperties($0) } ?? Self.mass(of: part.geoms, origin: part.origin)
    }
    total = own
    combine()
  }

  /// The mass of some geoms, at `origin` if there is none.
  static func mass(of geoms: [Geom], origin: SIMD2<Double>) -> MassProperties {
    let parts = geoms.map { MassProperties($0) }.filter { $0.mass >= leastMass }
    var result = MassProperties(parts)
    if parts.isEmpty { result.center = origin }
    return result
  }

  private mutating func combine() {
    total = welded.isEmpty ? own : MassProperties(([own] + welded).filter { $0.mass > 0 })
  }

  /// Multiplies all masses and moments of inertia.
  mutating func scale(mass: Double, inertia: Double) {
    own = own.scaled(mass: mass, inertia: inertia)
    welded = welded.map { $0.scaled(mass: mass, inertia: inertia) }
    combine()
  }
}
