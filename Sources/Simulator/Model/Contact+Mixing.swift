extension Geom.Contact {
  /// Whether two surfaces touch.
  public func touches(_ other: Self) -> Bool {
    type & other.affinity != 0 || other.type & affinity != 0
  }

  /// The parameters of the contact of two surfaces.
  ///
  /// Of friction and dimension the larger counts. Softness is the mean. Margins add up.
  ///
  /// - Source: MuJoCo documentation, "Computation", contact parameters, for geoms of equal priority
  ///   and `solmix`. Before version 4, the larger margin counted.
  public func combined(with other: Self) -> Self {
    Self(
      friction: max(friction, other.friction), softness: softness.mixed(with: other.softness),
      margin: margin + other.margin,
      dimension: dimension.rawValue > other.dimension.rawValue ? dimension : other.dimension,
      type: type | other.type, affinity: affinity | other.affinity)
  }
}

extension ConstraintSoftness {
  /// The mean of two geoms' parameters.
  func mixed(with other: ConstraintSoftness) -> ConstraintSoftness {
    ConstraintSoftness(
      timeConstant: (timeConstant + other.timeConstant) / 2,
      dampingRatio: (dampingRatio + other.dampingRatio) / 2,
      minimum: (minimum + other.minimum) / 2, maximum: (maximum + other.maximum) / 2,
      width: (width + other.width) / 2, midpoint: (midpoint + other.midpoint) / 2)
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
