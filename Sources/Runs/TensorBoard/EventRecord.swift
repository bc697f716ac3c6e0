import Foundation

/// One event of a TensorBoard log: the bytes of its message and of the record around them.
///
/// - Source: TensorFlow's `event.proto` and `summary.proto`; the record format of
///   `tensorflow/core/lib/io/record_writer.h`.
struct EventRecord: Equatable {
  /// The protocol buffer of the event.
  let message: Data

  /// The event that opens a file and names its format.
  init(fileVersionAt time: Double) {
    var fields = MessageFields()
    fields.append(1, double: time)
    fields.append(3, bytes: Data("brain.Event:2".utf8))
    message = fields.data
  }

  /// An event with numbers of one step.
  ///
  /// - Parameters:
  ///   - scalars: names and values; TensorBoard keeps them in single precision.
  ///   - step: the number of the step.
  ///   - time: seconds since 1970.
  init(_ scalars: [(name: String, value: Double)], step: Int, at time: Double) {
    var summary = MessageFields()
    for (name, value) in scalars {
      var scalar = MessageFields()
      scalar.append(1, bytes: Data(name.utf8))
      scalar.append(2, float: Float(value))
      summary.append(1, bytes: scalar.data)
    }
    var fields = MessageFields()
    fields.append(1, double: time)
    fields.append(2, integer: UInt64(bitPattern: Int64(step)))
    fields.append(5, bytes: summary.data)
    message = fields.data
  }

  /// Length, checksum of the length, message, checksum of the message.
  var framed: Data {
    let length = Data(littleEndian: UInt64(message.count))
    return length + Data(littleEndian: Self.maskedChecksum(length)) + message
      + Data(littleEndian: Self.maskedChecksum(message))
  }

  /// The CRC-32C of bytes, turned and shifted so that it may itself stand in checked data.
  static func maskedChecksum(_ data: Data) -> UInt32 {
    let sum = CyclicRedundancyCheck.castagnoli.checksum(data)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}

extension EventRecord {
  /// Reads the first record of some bytes; nil if it is cut off or its checksums do not agree.
  ///
  /// - Returns: The record and the number of bytes that it takes.
  static func first(of data: Data) -> (record: EventRecord, count: Int)? {
    guard let length: UInt64 = data.integer(at: 0),
      data.integer(at: 8) == maskedChecksum(data.prefix(8)), length <= UInt64(data.count)
    else { return nil }
    let message = data.dropFirst(12).prefix(Int(length))
    guard let sum: UInt32 = data.integer(at: 12 + Int(length)), sum == maskedChecksum(message)
    else { return nil }
    return (EventRecord(message: Data(message)), 16 + Int(length))
  }

  private init(message: Data) { self.message = message }

  /// The step of the event: 0 where it is not written.
  var step: Int {
    // the time comes first, nine bytes, and the step, if any, next
    guard message.count > 10, message[9] == 2 << 3 else { return 0 }
    var (value, shift) = (UInt64(0), UInt64(0))
    for byte in message.dropFirst(10).prefix(10) {
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { break }
      shift += 7
    }
    return Int(truncatingIfNeeded: value)
  }
}

/// The fields of a protocol buffer in the making.
///
/// - Source: the encoding of protocol buffers, `protobuf.dev/programming-guides/encoding`.
private struct MessageFields {
  private(set) var data = Data()

  mutating func append(_ field: UInt64, integer value: UInt64) {
    append(field << 3)
    append(value)
  }

  mutating func append(_ field: UInt64, double value: Double) {
    append(field << 3 | 1)
    data += Data(littleEndian: value.bitPattern)
  }

  mutating func append(_ field: UInt64, bytes: Data) {
    append(field << 3 | 2)
    append(UInt64(bytes.count))
    data += bytes
  }

  mutating func append(_ field: UInt64, float value: Float) {
    append(field << 3 | 5)
    data += Data(littleEndian: value.bitPattern)
  }

  /// Seven bits a byte, the lowest first; the eighth says whether more follow.
  private mutating func append(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      data.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    data.append(UInt8(rest))
  }
}
