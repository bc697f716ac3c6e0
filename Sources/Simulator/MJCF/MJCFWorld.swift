/// What is fixed in the world, and where the trees of moving bodies begin.
struct MJCFWorld {
  /// A body with joints whose parents have none.
  struct Tree {
    var element: MJCFElement
    var position: SIMD3<Double>
    var childClass: String?
  }

  /// The geoms of the world and of bodies without joints, with their centres in the world.
  private(set) var geoms: [MJCFGeom] = []
  private(set) var trees: [Tree] = []
  /// The bodies without joints that have geoms.
  private(set) var fixedBodies: [MJCFElement] = []

  /// Reads the world, or a body without joints at `position`.
  mutating func add(
    _ parent: MJCFElement, at position: SIMD3<Double> = .zero, childClass: String? = nil,
    reader: MJCFReader
  ) throws(MJCFError) {
    for element in parent.children("geom") {
      var geom = try reader.geom(element, childClass: childClass)
      geom.center += position
      geoms.append(geom)
    }
    for body in parent.children("body") {
      let place = position + (try MJCFAttributes(body).vector3("pos"))
      guard body.children("joint").isEmpty else {
        trees.append(Tree(element: body, position: place, childClass: childClass))
        continue
      }
      try reader.check(body: body)
      if !body.children("geom").isEmpty { fixedBodies.append(body) }
      try add(
        body, at: place, childClass: body.attributes["childclass"] ?? childClass, reader: reader)
    }
  }
}
