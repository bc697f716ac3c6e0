/// One double per environment: the unit of work of the engine.
///
/// Eight lanes are two AVX2 registers, which hides the latency of dependent operations.
typealias Lanes = SIMD8<Double>

/// One truth value per environment.
typealias LaneMask = SIMDMask<SIMD8<Int64>>

extension Lanes {
  /// The number of environments in one group.
  static var width: Int { 8 }

  /// `a` where the mask is true, 0 elsewhere.
  @inline(__always)
  static func select(_ a: Lanes, where mask: LaneMask) -> Lanes {
    unsafeBitCast(
      unsafeBitCast(a, to: SIMD8<UInt64>.self) & unsafeBitCast(mask, to: SIMD8<UInt64>.self),
      to: Lanes.self)
  }

  /// The lanes with `other` where the mask is true.
  ///
  /// This and the next function stand before the standard library's, which choose lane by lane; the
  /// compiler turns some of those choices into branches.
  @inline(__always)
  func replacing(with other: Lanes, where mask: LaneMask) -> Lanes {
    let bits = unsafeBitCast(mask, to: SIMD8<UInt64>.self)
    let mine = unsafeBitCast(self, to: SIMD8<UInt64>.self)
    return unsafeBitCast(
      (unsafeBitCast(other, to: SIMD8<UInt64>.self) & bits) | (mine & ~bits), to: Lanes.self)
  }

  /// Puts `other` in the lanes where the mask is true.
  @inline(__always)
  mutating func replace(with other: Lanes, where mask: LaneMask) {
    self = replacing(with: other, where: mask)
  }

  /// The nearest numbers between the bounds; the lower bound where a lane is NaN, as in the standard
  /// library.
  @inline(__always)
  func clamped(lowerBound: Lanes, upperBound: Lanes) -> Lanes {
    let raised = lowerBound.replacing(with: self, where: self .> lowerBound)
    return upperBound.replacing(with: raised, where: raised .< upperBound)
  }

  /// The magnitude of each lane.
  @inline(__always)
  var magnitude: Lanes {
    unsafeBitCast(
      unsafeBitCast(self, to: SIMD8<UInt64>.self) & SIMD8<UInt64>(repeating: 0x7fff_ffff_ffff_ffff),
      to: Lanes.self)
  }

  /// The lanes with the sign bit flipped. This is exact, and the compiler folds it into a
  /// multiply-add.
  @inline(__always)
  var negated: Lanes {
    unsafeBitCast(
      unsafeBitCast(self, to: SIMD8<UInt64>.self)
        ^ SIMD8<UInt64>(repeating: 0x8000_0000_0000_0000),
      to: Lanes.self)
  }

  /// The smaller of each lane and zero.
  @inline(__always)
  var negativePart: Lanes { Lanes.select(self, where: self .< 0) }
}

/// `a b + c` in one rounding.
@inline(__always)
func fma(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes { c.addingProduct(a, b) }

/// `c - a b` in one rounding.
@inline(__always)
func fnma(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes { c.addingProduct(a.negated, b) }

/// A scalar in every lane.
@inline(__always)
func broadcast(_ value: Double) -> Lanes { Lanes(repeating: value) }

/// Whether a mask is true in any lane: the lanes' bits in one word, which becomes one test
/// instruction. The standard library's function of this name computes a minimum.
@inline(__always)
func any(_ mask: LaneMask) -> Bool {
  let bits = unsafeBitCast(mask, to: SIMD8<Int64>.self)
  let four = bits.lowHalf | bits.highHalf
  return (four[0] | four[1]) | (four[2] | four[3]) != 0
}

/// Whether a mask is true in all lanes, see ``any(_:)``.
@inline(__always)
func all(_ mask: LaneMask) -> Bool {
  let bits = unsafeBitCast(mask, to: SIMD8<Int64>.self)
  let four = bits.lowHalf & bits.highHalf
  return (four[0] & four[1]) & (four[2] & four[3]) == -1
}
