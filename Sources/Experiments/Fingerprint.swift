/// A number of 64 bits that tells contents apart: FNV-1a.
///
/// It finds every change of a single byte and, but for one case in `2^64`, any other accident; it is
/// no protection against intent.
///
/// - Source: Fowler, Noll, Vo and Eastlake, "The FNV non-cryptographic hash algorithm".
package struct Fingerprint {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The fingerprint of no content.
  package init() {}

  /// Goes on with more content.
  package mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// The number as 16 hexadecimal digits.
  package var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension Configuration {
  /// A fingerprint of all values that the course of training depends on.
  ///
  /// The lengths of training and test are left out: a run may be made longer and resumed. So are values
  /// that change nothing: what is known of older runs stays known when a key is added.
  package var fingerprint: String {
    var fingerprint = Fingerprint()
    for field in fields where field.decidesTraining && !field.isNeutral(self) {
      fingerprint.add("\(field.key): \(field.text(self) ?? "")\n".utf8)
    }
    return fingerprint.text
  }
}
