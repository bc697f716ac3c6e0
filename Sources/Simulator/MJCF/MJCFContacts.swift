/// What of the world the moving geoms of a file touch.
struct MJCFContacts {
  /// The ground that is touched, if any.
  private(set) var ground: PlanarModel.Ground?
  /// The other planes that are touched.
  private(set) var walls: [PlanarModel.Wall] = []
  /// The other geoms that are touched.
  private(set) var fixed: [MJCFGeom] = []
  /// Whether balls in the plane touch the ground, and nothing else is touched.
  private(set) var isSimple = true

  init(_ tree: MJCFTree, world: [MJCFGeom]) {
    let geoms = tree.nodes.flatMap(\.geoms)
    let frame = tree.frame
    for touched in world where geoms.contains(where: { $0.touches(touched) }) {
      guard touched.type == "plane", let contact = touched.contact else {
        fixed.append(touched)
        continue
      }
      let normal = frame.components(touched.orientation.z)
      let tilt = normal - SIMD3(0, 1, 0)
      let center = frame.components(touched.center)
      if ground == nil, frame.plane == .vertical, (tilt * tilt).sum() < 1e-24 {
        ground = PlanarModel.Ground(height: center.y, contact: contact)
        isSimple = geoms.filter { $0.touches(touched) }.allSatisfy {
          $0.isBall(in: frame) && $0.contact?.combined(with: contact).dimension.rawValue ?? 0 <= 3
        }
      } else {
        walls.append(
          PlanarModel.Wall(
            normal: normal, distance: (normal * center).sum(), contact: contact))
      }
    }
    isSimple = isSimple && walls.isEmpty && fixed.isEmpty
  }
}

extension MJCFGeom {
  /// Whether the geom touches a plane across the plane of motion as one or two balls in it do.
  fileprivate func isBall(in frame: MJCFFrame) -> Bool {
    switch type {
    case "sphere": frame.isStandard
    case "capsule": frame.components(orientation.z).z.magnitude <= 1e-12
    default: false
    }
  }
}

extension MJCFGeom {
  /// The surface of the geom, or nil if it touches nothing.
  var contact: Geom.Contact? {
    guard contactType != 0 || contactAffinity != 0 else { return nil }
    var result = Geom.Contact(
      friction: friction[0], softness: softness, margin: margin,
      dimension: Geom.Contact.Dimension(rawValue: Int(dimension)) ?? .sliding, type: contactType,
      affinity: contactAffinity, torsionalFriction: friction[1], rollingFriction: friction[2],
      priority: priority, mixing: mixing)
    (result.owner, result.excluded) = (owner, excluded)
    return result
  }

  /// Whether the contact bits of two geoms let them touch.
  func touches(_ other: MJCFGeom) -> Bool {
    guard let contact, let surface = other.contact else { return false }
    return contact.touches(surface)
  }
}
