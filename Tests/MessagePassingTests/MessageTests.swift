import MessagePassing
import Testing

@Suite struct MessageTests {
  private func copy<Value: Message>(_ value: Value) throws -> Value {
    var writer = MessageWriter()
    writer.write(value)
    var reader = MessageReader(writer.bytes)
    return try reader.read()
  }

  @Test func valuesArriveToTheBit() throws {
    let numbers = [0, -0.0, 1 / 3.0, .infinity, .leastNonzeroMagnitude, -1e300]
    #expect(try copy(numbers).map(\.bitPattern) == numbers.map(\.bitPattern))
    #expect(try copy([[1.5], [], [2, 3]] as [[Double]]) == [[1.5], [], [2, 3]])
    #expect(try copy(Int.min) == Int.min)
    #expect(try copy("θ after ∞ steps") == "θ after ∞ steps")
    #expect(try copy(["", "a"]) == ["", "a"])
    #expect(try copy(String?.none) == nil)
    #expect(try copy("x" as String?) == "x")
  }

  @Test func severalValuesStandOneAfterTheOther() throws {
    var writer = MessageWriter()
    writer.write(7)
    writer.write([1.0, 2])
    writer.write("end")
    var reader = MessageReader(writer.bytes)
    #expect(try reader.read(Int.self) == 7)
    #expect(try reader.read([Double].self) == [1, 2])
    #expect(try reader.read(String.self) == "end")
    #expect(throws: CommunicationError.self) { try reader.read(Int.self) }
  }

  /// A message of another program must not make this one read beyond its end.
  @Test func tornMessagesAreRefused() throws {
    var writer = MessageWriter()
    writer.write([[1.0, 2], [3]] as [[Double]])
    for count in 0..<writer.bytes.count {
      var reader = MessageReader(Array(writer.bytes.prefix(count)))
      #expect(throws: CommunicationError.self) { try reader.read([[Double]].self) }
    }
    for length in [-1, .max, .min] {
      var torn = MessageWriter()
      torn.write(length)
      var reader = MessageReader(torn.bytes)
      #expect(throws: CommunicationError.self) { try reader.read([Double].self) }
      reader = MessageReader(torn.bytes)
      #expect(throws: CommunicationError.self) { try reader.read(String.self) }
    }
  }

  @Test func oneProcessGathersItsOwnBytes() throws {
    let process = SingleProcess()
    #expect(try process.gather([1, 2]) == [[1, 2]])
    #expect(process.isFirst && process.size == 1)
  }
}
