/// Which geoms of a file touch the ground and each other, and how.
struct MJCFContacts {
  /// The ground that is touched, if any.
  private(set) var ground: PlanarModel.Ground?

  /// Finds the ground, and refuses contacts that the engine does not simulate.
  init(_ tree: MJCFTree, world: [MJCFGeom]) throws(MJCFError) {
    let geoms = tree.nodes.flatMap(\.geoms)
    let touched = world.filter { fixed in geoms.contains { $0.touches(fixed) } }
    if let other = touched.first(where: { $0.type != "plane" }) {
      throw other.element.unsupported("contact with a fixed \(other.type)")
    }
    guard touched.count <= 1 else { throw touched[1].element.unsupported("a second ground") }
    if let plane = touched.first {
      guard tree.frame.plane == .vertical else {
        throw plane.element.unsupported("contact with a ground in a horizontal plane of motion")
      }
      let tilt = plane.orientation.z - SIMD3(0, 0, 1)
      guard (tilt * tilt).sum() < 1e-24 else {
        throw plane.element.unsupported("an inclined ground")
      }
      for geom in geoms where geom.touches(plane) { try check(geom, plane) }
      ground = PlanarModel.Ground(height: plane.center.z, contact: plane.contact)
    }
    for (index, node) in tree.nodes.enumerated() {
      for (otherIndex, other) in tree.nodes.enumerated().prefix(index)
      where node.parent != otherIndex {
        for geom in node.geoms {
          for partner in other.geoms where partner.touches(geom) { try check(geom, partner) }
        }
      }
    }
  }

  /// Throws if the contact of two geoms has more dimensions than sliding needs.
  private func check(_ geom: MJCFGeom, _ other: MJCFGeom) throws(MJCFError) {
    let dimension = max(geom.dimension, other.dimension)
    guard dimension <= 3 else {
      throw geom.element.unsupported(
        "contact of dimension \(dimension), the larger condim of \(geom.element.label) and "
          + "\(other.element.label), instead of 1 or 3")
    }
  }
}

extension MJCFGeom {
  /// The surface of the geom, or nil if it touches nothing.
  var contact: Geom.Contact? {
    guard contactType != 0 || contactAffinity != 0 else { return nil }
    return Geom.Contact(
      friction: friction, softness: softness, margin: margin,
      dimension: dimension == 1 ? .frictionless : .sliding, type: contactType,
      affinity: contactAffinity)
  }

  /// Whether the contact bits of two geoms let them touch.
  func touches(_ other: MJCFGeom) -> Bool {
    guard let contact, let surface = other.contact else { return false }
    return contact.touches(surface)
  }
}
