/// A 64-bit hash that identifies contents: FNV-1a.
///
/// It detects every change of a single byte and any other accidental change with probability
/// `1 - 2^-64`. It does not protect against tampering.
///
/// - Source: Fowler, Noll, Vo and Eastlake, "The FNV non-cryptographic hash algorithm".
package struct Fingerprint {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The fingerprint of empty content.
  package init() {}

  /// Adds content.
  package mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// The number as 16 hexadecimal digits.
  package var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
