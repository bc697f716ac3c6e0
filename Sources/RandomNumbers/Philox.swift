/// The block function of Philox 4×64-10: a counter and a key give four random words.
///
/// A pure function: the words of a counter do not depend on earlier calls.
///
/// - Source: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3".
public struct Philox: Sendable {
  /// The two words of the key.
  public let key: SIMD2<UInt64>

  /// Creates the generator of a key.
  public init(key: SIMD2<UInt64>) { self.key = key }

  /// The four random words of a counter.
  @inlinable
  public func block(_ counter: SIMD4<UInt64>) -> SIMD4<UInt64> {
    var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3])
    var (k0, k1) = (key[0], key[1])
    for round in 0..<10 {
      if round > 0 {
        k0 &+= 0x9E37_79B9_7F4A_7C15
        k1 &+= 0xBB67_AE85_84CA_A73B
      }
      let (high0, low0) = UInt64(0xD2E7_470E_E14C_6C93).multipliedFullWidth(by: c0)
      let (high1, low1) = UInt64(0xCA5A_8263_9512_1157).multipliedFullWidth(by: c2)
      (c0, c1, c2, c3) = (high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0)
    }
    return SIMD4(c0, c1, c2, c3)
  }
}
