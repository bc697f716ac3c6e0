import Foundation

/// Arrays in NumPy's archive format, `.npz`: files of the format `.npy` in a ZIP file, not compressed.
///
/// - Source: the format descriptions of NumPy (`numpy.lib.format`, version 1.0) and of ZIP (APPNOTE
///   6.3, stored entries).
public enum NumPyArchive {
  /// An array of doubles, row by row.
  public struct Entry: Sendable {
    /// The lengths of the axes.
    public let shape: [Int]
    /// The elements; as many as the product of the shape.
    public let elements: [Double]

    /// Creates an array.
    public init(shape: [Int], elements: [Double]) {
      precondition(
        elements.count == shape.reduce(1, *),
        "The shape \(shape) does not have \(elements.count) elements.")
      self.shape = shape
      self.elements = elements
    }
  }

  /// The bytes of an archive with named arrays.
  public static func encode(_ arrays: [(name: String, entry: Entry)]) -> Data {
    var archive = Data()
    var directory = Data()
    for (name, entry) in arrays {
      let content = npy(entry)
      let fileName = Data("\(name).npy".utf8)
      let offset = archive.count
      // what both headers share: version, no flags, stored, a fixed date, checksum and sizes
      var common = Data()
      common.append(bytes(UInt16(20)))
      common.append(bytes(UInt16(0)))
      common.append(bytes(UInt16(0)))
      common.append(bytes(UInt16(0)))
      common.append(bytes(UInt16(0x21)))
      common.append(bytes(checksum(content)))
      common.append(bytes(UInt32(content.count)))
      common.append(bytes(UInt32(content.count)))
      common.append(bytes(UInt16(fileName.count)))
      common.append(bytes(UInt16(0)))
      archive += bytes(UInt32(0x0403_4b50)) + common + fileName + content
      directory += bytes(UInt32(0x0201_4b50)) + bytes(UInt16(20)) + common
      // no comment, first disk, no attributes
      directory += Data(count: 10) + bytes(UInt32(offset)) + fileName
    }
    let start = archive.count
    archive += directory + bytes(UInt32(0x0605_4b50)) + Data(count: 4)
    archive += bytes(UInt16(arrays.count)) + bytes(UInt16(arrays.count))
    archive += bytes(UInt32(directory.count)) + bytes(UInt32(start)) + bytes(UInt16(0))
    return archive
  }

  /// One array in the format `.npy`.
  private static func npy(_ entry: Entry) -> Data {
    let axes = entry.shape.map { "\($0)," }.joined(separator: " ")
    var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(axes)), }"
    // magic, version and length take ten bytes; the numbers begin at a multiple of 64
    while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
    header += "\n"
    var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
    data += bytes(UInt16(header.utf8.count)) + Data(header.utf8)
    for element in entry.elements { data += bytes(element.bitPattern) }
    return data
  }

  private static func bytes(_ value: some FixedWidthInteger) -> Data {
    withUnsafeBytes(of: value.littleEndian) { Data($0) }
  }

  /// The cyclic redundancy check of ZIP, polynomial 0xEDB88320.
  private static func checksum(_ data: Data) -> UInt32 {
    let polynomial: UInt32 = 0xEDB8_8320
    var table = [UInt32](repeating: 0, count: 256)
    for index in 0..<256 {
      var value = UInt32(index)
      for _ in 0..<8 { value = value & 1 == 1 ? polynomial ^ (value >> 1) : value >> 1 }
      table[index] = value
    }
    var sum: UInt32 = .max
    for byte in data { sum = table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8) }
    return ~sum
  }
}
