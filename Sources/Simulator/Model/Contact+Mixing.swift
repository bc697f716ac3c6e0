extension Geom.Contact {
  /// Whether two surfaces touch.
  public func touches(_ other: Self) -> Bool {
    (type & other.affinity != 0 || other.type & affinity != 0) && !excludes(other)
      && !other.excludes(self)
  }

  /// Whether the other surface is of a body that this one does not touch.
  private func excludes(_ other: Self) -> Bool {
    other.owner.map { excluded.contains($0) } ?? false
  }

  /// The parameters of the contact of two surfaces.
  ///
  /// Of frictions and dimension the larger counts. Softness is the weighted mean. If the priorities
  /// differ, the surface with the higher one decides on all of these. Margins add up.
  ///
  /// - Source: MuJoCo documentation, "Computation", contact parameters. Before version 4, the larger
  ///   margin counted.
  public func combined(with other: Self) -> Self {
    var result = priority >= other.priority ? self : other
    result.margin = margin + other.margin
    result.type = type | other.type
    result.affinity = affinity | other.affinity
    guard priority == other.priority else { return result }
    result.friction = max(friction, other.friction)
    result.torsionalFriction = max(torsionalFriction, other.torsionalFriction)
    result.rollingFriction = max(rollingFriction, other.rollingFriction)
    result.dimension = dimension.rawValue > other.dimension.rawValue ? dimension : other.dimension
    result.softness = softness.mixed(with: other.softness, share: share(other))
    return result
  }

  /// The share of this surface in the softness of its contact with another one.
  private func share(_ other: Self) -> Double {
    let least = 1e-15
    if mixing >= least, other.mixing >= least { return mixing / (mixing + other.mixing) }
    if mixing < least, other.mixing < least { return 0.5 }
    return mixing < least ? 0 : 1
  }
}

extension ConstraintSoftness {
  /// The mean of two geoms' parameters, of which the first has the given share.
  ///
  /// Where either is a stiffness and a damping, the smaller number of each counts.
  func mixed(with other: ConstraintSoftness, share: Double) -> ConstraintSoftness {
    func mean(_ first: Double, _ second: Double) -> Double {
      share * first + (1 - share) * second
    }
    let isMean = timeConstant > 0 && other.timeConstant > 0
    return ConstraintSoftness(
      timeConstant: isMean
        ? mean(timeConstant, other.timeConstant) : min(timeConstant, other.timeConstant),
      dampingRatio: isMean
        ? mean(dampingRatio, other.dampingRatio) : min(dampingRatio, other.dampingRatio),
      minimum: mean(minimum, other.minimum), maximum: mean(maximum, other.maximum),
      width: mean(width, other.width), midpoint: mean(midpoint, other.midpoint),
      power: mean(power, other.power))
  }
}

extension PlanarModel.Ground {
  /// The parameters of the contact of a surface with the ground, or nil if it does not touch it.
  func contact(with surface: Geom.Contact?) -> Geom.Contact? {
    guard let surface else { return nil }
    guard let contact else { return surface }
    return surface.touches(contact) ? surface.combined(with: contact) : nil
  }
}
