/// Which geoms of a file touch the ground, and how.
struct MJCFContacts {
  /// The ground that is touched, if any.
  private(set) var ground: PlanarModel.Ground?
  private var plane: MJCFGeom?

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
      self.plane = plane
      ground = PlanarModel.Ground(height: plane.center.z)
    }
    try refuseSelfCollision(tree)
  }

  /// The contact parameters of a geom, or nil if it does not touch the ground.
  func contact(of geom: MJCFGeom) throws(MJCFError) -> Geom.Contact? {
    guard let plane, geom.touches(plane) else { return nil }
    guard max(geom.dimension, plane.dimension) == 3 else {
      throw geom.element.unsupported(
        "contact of dimension \(max(geom.dimension, plane.dimension)), the larger condim of geom "
          + "and ground, instead of 3")
    }
    return Geom.Contact(
      friction: max(geom.friction, plane.friction),
      softness: geom.softness.mixed(with: plane.softness))
  }

  /// Throws if two bodies that are not parent and child could touch.
  private func refuseSelfCollision(_ tree: MJCFTree) throws(MJCFError) {
    for (index, node) in tree.nodes.enumerated() {
      for (otherIndex, other) in tree.nodes.enumerated().prefix(index)
      where node.parent != otherIndex {
        for geom in node.geoms {
          guard let partner = other.geoms.first(where: { $0.touches(geom) }) else { continue }
          throw geom.element.unsupported(
            "collision with \(partner.element.label) of another body, which contype and "
              + "conaffinity permit")
        }
      }
    }
  }
}
