import Foundation
import Requirements

/// Arrays in NumPy's archive format, `.npz`: files of the format `.npy` in a ZIP file, not compressed.
///
/// - Source: the format descriptions of NumPy (`numpy.lib.format`, version 1.0) and of ZIP (APPNOTE
///   6.3, stored entries).
public enum NumPyArchive {
  /// An array of numbers, row by row.
  public struct Entry: Sendable {
    /// The lengths of the axes.
    public let shape: [Int]
    /// The type of the elements as NumPy writes it.
    fileprivate let type: String
    /// The elements, eight bytes each, the lowest byte first.
    fileprivate let bytes: Data

    /// Creates an array of doubles.
    ///
    /// - Precondition: there are as many elements as the product of the shape.
    public init(shape: [Int], elements: [Double]) {
      self.init(shape, type: "<f8", elements.map(\.bitPattern.littleEndian))
    }

    /// Creates an array of 64-bit integers.
    ///
    /// - Precondition: there are as many elements as the product of the shape.
    public init(shape: [Int], integers: [Int]) {
      self.init(
        shape, type: "<i8", integers.map { UInt64(bitPattern: Int64($0)).littleEndian })
    }

    private init(_ shape: [Int], type: String, _ elements: [UInt64]) {
      require(
        elements.count == shape.reduce(1, *),
        "The shape \(shape) does not have \(elements.count) elements.")
      self.shape = shape
      self.type = type
      bytes = elements.withUnsafeBytes { Data($0) }
    }
  }

  /// The greatest number of elements that an archive holds, all arrays together: the format's
  /// offsets have 32 bits.
  public static let elementLimit = 500_000_000

  /// The bytes of an archive with named arrays.
  ///
  /// - Precondition: there are at most ``elementLimit`` elements.
  public static func encode(_ arrays: [(name: String, entry: Entry)]) -> Data {
    let total = arrays.reduce(0) { $0 + $1.entry.bytes.count / 8 }
    require(total <= elementLimit, "\(total) elements; an archive holds \(elementLimit).")
    var archive = Data()
    var directory = Data()
    for (name, entry) in arrays {
      let content = npy(entry)
      let fileName = Data("\(name).npy".utf8)
      let offset = archive.count
      // what both headers share: version, no flags, stored, a fixed date, checksum and sizes
      var common = ByteString()
      common.append(UInt16(20), UInt16(0), UInt16(0), UInt16(0), UInt16(0x21))
      common.append(CyclicRedundancyCheck.zip.checksum(content))
      common.append(UInt32(content.count), UInt32(content.count))
      common.append(UInt16(fileName.count), UInt16(0))
      archive += Data(littleEndian: UInt32(0x0403_4b50)) + common.data + fileName
      archive += content
      directory += Data(littleEndian: UInt32(0x0201_4b50)) + Data(littleEndian: UInt16(20))
      // no comment, first disk, no attributes
      directory += common.data + Data(count: 10) + Data(littleEndian: UInt32(offset)) + fileName
    }
    let start = archive.count
    // one disk, number 0
    var end = ByteString()
    end.append(UInt32(0x0605_4b50), UInt32(0))
    end.append(UInt16(arrays.count), UInt16(arrays.count))
    end.append(UInt32(directory.count), UInt32(start))
    end.append(UInt16(0))
    return archive + directory + end.data
  }

  /// One array in the format `.npy`.
  private static func npy(_ entry: Entry) -> Data {
    let axes = entry.shape.map { "\($0)," }.joined(separator: " ")
    var header = "{'descr': '\(entry.type)', 'fortran_order': False, 'shape': (\(axes)), }"
    // magic, version and length take ten bytes; the numbers begin at a multiple of 64
    while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
    header += "\n"
    let start = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
    return start + Data(littleEndian: UInt16(header.utf8.count)) + Data(header.utf8) + entry.bytes
  }
}

/// Integers one after the other.
private struct ByteString {
  private(set) var data = Data()

  mutating func append<each Integer: FixedWidthInteger>(_ values: repeat each Integer) {
    repeat data.append(Data(littleEndian: each values))
  }
}
