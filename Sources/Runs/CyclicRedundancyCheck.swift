import Foundation

/// A cyclic redundancy check of 32 bits over bytes taken from their lowest bit on.
///
/// - Source: the table-driven form of RFC 1952, section 8, for any reversed polynomial.
struct CyclicRedundancyCheck: Sendable {
  /// That of ZIP and PNG, polynomial 0xEDB88320.
  static let zip = CyclicRedundancyCheck(polynomial: 0xEDB8_8320)
  /// Castagnoli's, CRC-32C, polynomial 0x82F63B78.
  static let castagnoli = CyclicRedundancyCheck(polynomial: 0x82F6_3B78)

  private let table: [UInt32]

  private init(polynomial: UInt32) {
    table = (0..<256).map { index in
      (0..<8).reduce(UInt32(index)) { value, _ in
        value & 1 == 1 ? polynomial ^ (value >> 1) : value >> 1
      }
    }
  }

  /// The check of some bytes.
  func checksum(_ data: Data) -> UInt32 {
    table.withUnsafeBufferPointer { table in
      data.withUnsafeBytes { bytes in
        ~bytes.reduce(UInt32.max) { sum, byte in
          table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8)
        }
      }
    }
  }
}
