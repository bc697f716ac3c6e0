import Foundation

extension Data {
  /// The bytes of an integer, the lowest first.
  init(littleEndian value: some FixedWidthInteger) {
    self = Swift.withUnsafeBytes(of: value.littleEndian) { Data($0) }
  }

  /// The integer whose bytes begin at an offset; nil beyond the end.
  func integer<Integer: FixedWidthInteger>(at offset: Int) -> Integer? {
    let size = MemoryLayout<Integer>.size
    guard offset >= 0, offset <= count - size else { return nil }
    return withUnsafeBytes {
      Integer(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Integer.self))
    }
  }
}
