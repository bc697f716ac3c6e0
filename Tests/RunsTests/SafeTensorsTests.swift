import Foundation
import RunSupport
import Runs
import Testing

@Suite struct SafeTensorsTests {
  static let layout = ParameterLayout([("weight0", 2, 3), ("bias0", 1, 3), ("deviation", 1, 1)])
  static let vector = (0..<10).map { Double($0) / 3 - 1e-300 }

  func withFile<Result>(_ data: Data, _ body: (URL) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString).safetensors")
    try data.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
  }

  @Test func whatIsWrittenIsReadToTheBit() throws {
    let data = try SafeTensors.encode(Self.vector, Self.layout, metadata: ["name": "test"])
    #expect(data.count % 8 == 0)
    let read = try withFile(data) { try SafeTensors.read($0, Self.layout) }
    #expect(read == Self.vector)
  }

  @Test func everyTruncationIsRefused() throws {
    let data = try SafeTensors.encode(Self.vector, Self.layout)
    for length in 0..<data.count {
      #expect(throws: SafeTensors.FormatError.self) {
        try withFile(data.prefix(length)) { try SafeTensors.read($0, Self.layout) }
      }
    }
  }

  @Test func parametersOfAnotherPolicyAreRefusedByName() throws {
    let data = try SafeTensors.encode(Self.vector, Self.layout)
    let other = ParameterLayout([("weight0", 3, 2), ("bias0", 1, 3), ("deviation", 1, 1)])
    let error = #expect(throws: SafeTensors.FormatError.self) {
      try withFile(data) { try SafeTensors.read($0, other) }
    }
    #expect(error?.description.contains("'weight0'") == true)
    let missing = ParameterLayout([("nothing", 2, 3)])
    #expect(throws: SafeTensors.FormatError.self) {
      try withFile(data) { try SafeTensors.read($0, missing) }
    }
  }

  @Test func everyDamagedHeaderIsRefusedOrHarmless() throws {
    let data = try SafeTensors.encode(Self.vector, Self.layout)
    for position in 0..<min(data.count, 300) {
      var damaged = data
      damaged[position] ^= 0x41
      // a changed digit may still be a valid file; it must not crash
      _ = try? withFile(damaged) { try SafeTensors.read($0, Self.layout) }
    }
  }

  @Test func offsetsThatOverflowAreRefused() throws {
    var data = try SafeTensors.encode(Self.vector, Self.layout)
    let place = try #require(data.range(of: Data("[0,48]".utf8)))
    data.replaceSubrange(place, with: Data("[1,-9223372036854775808]".utf8))
    let length = UInt64(
      data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) } + 18)
    data.replaceSubrange(0..<8, with: withUnsafeBytes(of: length.littleEndian) { Data($0) })
    #expect(throws: SafeTensors.FormatError.self) {
      try withFile(data) { try SafeTensors.read($0, Self.layout) }
    }
  }

  /// The Python package of the format reads what is written, to the bit.
  @Test(
    .enabled(if: Python.isThere, "METATAPE_PYTHON does not name a Python with safetensors"))
  func thePythonPackageReadsIt() throws {
    let data = try SafeTensors.encode(Self.vector, Self.layout, metadata: ["name": "test"])
    let words = try withFile(data) { url in
      try Python.words(
        """
        import sys, numpy
        from safetensors import safe_open
        with safe_open(sys.argv[1], "np") as file:
            assert file.metadata()["name"] == "test"
            for name, shape in [("weight0", (2, 3)), ("bias0", (1, 3)), ("deviation", (1, 1))]:
                tensor = file.get_tensor(name)
                assert tensor.shape == shape
                print(*[x.hex() for x in tensor.ravel().tolist()])
        """, url.path)
    }
    #expect(words.compactMap { Double($0) } == Self.vector)
  }
}
