import Requirements

/// The processes of a shared run.
///
/// All of them run the same program and call the same functions in the same order.
public protocol Communicator: Sendable {
  /// The number of this process, from 0.
  var rank: Int { get }
  /// The number of processes.
  var size: Int { get }

  /// Sends bytes to all processes and waits for theirs.
  ///
  /// - Returns: The bytes of each process in the order of the ranks, the same everywhere.
  /// - Throws: ``CommunicationError`` if they cannot be exchanged.
  func gather(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]]
}

extension Communicator {
  /// Whether this process writes files and communicates with the user.
  public var isFirst: Bool { rank == 0 }

  /// Sends a value of the first process to all.
  ///
  /// - Parameter value: the value; it is ignored on other processes.
  /// - Returns: The first process's value.
  /// - Throws: ``CommunicationError`` if it cannot be sent.
  public func share<Value: Message>(_ value: Value) throws(CommunicationError) -> Value {
    if size == 1 { return value }
    var message = MessageWriter()
    if isFirst { message.write(value) }
    var reader = MessageReader(try gather(message.bytes)[0])
    return try reader.read()
  }

  /// The value of the lowest process that has one; nil if none has.
  ///
  /// - Throws: ``CommunicationError`` if values cannot be exchanged.
  public func first<Value: Message>(_ value: Value?) throws(CommunicationError) -> Value? {
    if size == 1 { return value }
    var message = MessageWriter()
    message.write(value)
    for bytes in try gather(message.bytes) {
      var reader = MessageReader(bytes)
      if let found = try reader.read(Value?.self) { return found }
    }
    return nil
  }

  /// Waits until all processes have reached this call.
  ///
  /// - Throws: ``CommunicationError`` if one of them does not answer.
  public func meet() throws(CommunicationError) { if size > 1 { _ = try gather([]) } }
}

/// Why processes cannot communicate.
public struct CommunicationError: ReportedError {
  /// The run fails.
  public var exitStatus: ExitStatus { .failure }

  /// The problem and its remedy.
  public let description: String

  /// Creates an error.
  public init(description: String) { self.description = description }
}

/// A single process without others.
public struct SingleProcess: Communicator {
  /// Creates the communicator.
  public init() {}

  /// 0
  public var rank: Int { 0 }
  /// 1
  public var size: Int { 1 }

  /// The bytes themselves, as the only entry.
  public func gather(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]] { [bytes] }
}
