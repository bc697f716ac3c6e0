import MessagePassing
import Testing

@Suite struct NamedArraysTests {
  static var arrays: NamedArrays {
    var arrays = NamedArrays()
    arrays.set("moments", shape: [2, 3], [1, 2, 3, 4, 5, .infinity])
    arrays["count"] = [7]
    arrays["nothing"] = []
    return arrays
  }

  @Test func namesFindElements() {
    var arrays = Self.arrays
    #expect(arrays["count"] == [7] && arrays["moment"] == nil)
    #expect(arrays.entries.map(\.name) == ["moments", "count", "nothing"])
    arrays["moments"] = [1]
    // a replaced array keeps its place
    #expect(arrays.entries.map(\.name) == ["moments", "count", "nothing"])
    #expect(arrays.entries[0].shape == [1])
    arrays["moments"] = nil
    #expect(arrays.entries.map(\.name) == ["count", "nothing"])
  }

  @Test func prefixesComeAndGo() {
    var all = NamedArrays()
    all["weight"] = [0]
    all.merge(Self.arrays, prefix: "step.")
    #expect(all.entries.map(\.name) == ["weight", "step.moments", "step.count", "step.nothing"])
    #expect(all.removingPrefix("step.") == Self.arrays)
    #expect(all.removingPrefix("other.").isEmpty)
  }

  @Test func messagesCarryThem() throws {
    var writer = MessageWriter()
    writer.write(Self.arrays)
    var reader = MessageReader(writer.bytes)
    #expect(try reader.read() as NamedArrays == Self.arrays)
    var short = MessageReader(Array(writer.bytes.dropLast()))
    #expect(throws: CommunicationError.self) { try short.read() as NamedArrays }
  }

  @Test func differencesAreTold() {
    #expect(Self.arrays.difference(from: Self.arrays) == nil)
    var other = Self.arrays
    other["count"] = [8]
    #expect(Self.arrays.difference(from: other)?.contains("'count'") == true)
    other = Self.arrays
    other["more"] = [1]
    #expect(Self.arrays.difference(from: other)?.contains("'more'") == true)
    #expect(other.difference(from: Self.arrays)?.contains("'more'") == true)
    other = Self.arrays
    other.set("moments", shape: [3, 2], Self.arrays["moments"] ?? [])
    #expect(Self.arrays.difference(from: other)?.contains("[3, 2]") == true)
  }
}
