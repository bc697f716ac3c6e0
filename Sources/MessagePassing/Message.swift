/// A value that processes on machines of one kind exchange.
public protocol Message {
  /// Appends the value to a message.
  func write(to message: inout MessageWriter)
  /// Reads the value at the current position of a message.
  init(from message: inout MessageReader) throws(CommunicationError)
}

/// A message under construction.
public struct MessageWriter {
  /// The bytes so far.
  public private(set) var bytes: [UInt8] = []

  /// Creates an empty message.
  public init() {}

  /// Appends a value.
  public mutating func write(_ value: some Message) { value.write(to: &self) }

  fileprivate mutating func appendBits<Value: BitwiseCopyable>(_ value: Value) {
    withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
  }

  fileprivate mutating func append(_ more: some Collection<UInt8>) {
    bytes.append(contentsOf: more)
  }

  fileprivate mutating func append(_ values: [Double]) {
    values.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }
}

/// A message with a reading position.
public struct MessageReader {
  private let bytes: [UInt8]
  private var place = 0

  /// Starts at the beginning.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads a value.
  ///
  /// - Throws: ``CommunicationError`` if the message ends too early.
  public mutating func read<Value: Message>(
    _ type: Value.Type = Value.self
  ) throws(CommunicationError) -> Value { try Value(from: &self) }

  fileprivate mutating func take(_ count: Int) throws(CommunicationError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - place else {
      throw CommunicationError(
        description: "A message between processes ends too early. Do all run the same program?")
    }
    defer { place += count }
    return bytes[place..<place + count]
  }

  fileprivate mutating func takeBits<Value: BitwiseCopyable>(
    as type: Value.Type
  ) throws(CommunicationError) -> Value {
    try take(MemoryLayout<Value>.size).withUnsafeBytes { $0.loadUnaligned(as: Value.self) }
  }

  fileprivate mutating func takeDoubles(_ count: Int) throws(CommunicationError) -> [Double] {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Double>.size)
    return try take(overflow ? .max : size).withUnsafeBytes { source in
      [Double](unsafeUninitializedCapacity: count) { target, initialized in
        UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
        initialized = count
      }
    }
  }
}

extension Int: Message {
  /// Eight bytes.
  public func write(to message: inout MessageWriter) { message.appendBits(self) }

  /// Reads eight bytes.
  public init(from message: inout MessageReader) throws(CommunicationError) {
    self = try message.takeBits(as: Int.self)
  }
}

extension Double: Message {
  /// Eight bytes.
  public func write(to message: inout MessageWriter) { message.appendBits(self) }

  /// Reads eight bytes.
  public init(from message: inout MessageReader) throws(CommunicationError) {
    self = try message.takeBits(as: Double.self)
  }
}

extension String: Message {
  /// The number of bytes and the text in UTF-8.
  public func write(to message: inout MessageWriter) {
    message.write(utf8.count)
    message.append(utf8)
  }

  /// Reads the number of bytes and then the bytes.
  public init(from message: inout MessageReader) throws(CommunicationError) {
    self.init(decoding: try message.take(try message.read(Int.self)), as: UTF8.self)
  }
}

extension Optional: Message where Wrapped: Message {
  /// 1 and the value, or 0.
  public func write(to message: inout MessageWriter) {
    message.write(self == nil ? 0 : 1)
    if let self { message.write(self) }
  }

  /// Reads whether there is a value, and the value.
  public init(from message: inout MessageReader) throws(CommunicationError) {
    self = try message.read(Int.self) == 0 ? nil : try message.read(Wrapped.self)
  }
}

extension Array: Message where Element: Message {
  /// The number of elements and each of them.
  public func write(to message: inout MessageWriter) {
    message.write(count)
    if let doubles = self as? [Double] {
      message.append(doubles)
    } else {
      for element in self { message.write(element) }
    }
  }

  /// Reads the number of elements and each of them.
  public init(from message: inout MessageReader) throws(CommunicationError) {
    let count = try message.read(Int.self)
    if Element.self == Double.self {
      self = try message.takeDoubles(count) as? [Element] ?? []
    } else {
      self = []
      for _ in 0..<count { append(try message.read(Element.self)) }
    }
  }
}
