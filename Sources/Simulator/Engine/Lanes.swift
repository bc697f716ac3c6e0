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
    Lanes.zero.replacing(with: a, where: mask)
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
