import Files
import Foundation
import Testing

@Suite struct InputFileTests {
  /// The error of reading bytes as text; nil if there is none.
  func problem(_ bytes: some Sequence<UInt8>) throws -> String? {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString).txt")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    do throws(InputFile.ReadError) { _ = try InputFile.text(file.path) } catch {
      #expect(error.description.hasPrefix(file.path))
      return error.description
    }
    return nil
  }

  @Test func encodingsAreNamed() throws {
    let text = "name: Größe\nseed: 1\n"
    #expect(try problem(text.utf8) == nil)
    for encoding in [
      String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian,
    ] {
      let data = try #require(text.data(using: encoding))
      #expect(try problem(data)?.contains("UTF-16") == true, "\(encoding)")
    }
    let latin = try #require("seed: 1\nname: Größe\n".data(using: .isoLatin1))
    let sentence = try #require(try problem(latin))
    #expect(sentence.contains("Latin-1") && sentence.contains("line 2"), "\(sentence)")
    // a file that is cut off within a character
    #expect(try problem(Array("a: ü".utf8.dropLast()))?.contains("line 1") == true)
    #expect(try problem([65, 66, 0, 67, 68, 69, 70, 71, 72, 73])?.contains("not text") == true)
  }

  @Test func aMarkOfUTF8IsNoText() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString).txt")
    try Data([0xEF, 0xBB, 0xBF] + Array("seed: 1".utf8)).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(try InputFile.text(file.path) == "seed: 1")
  }

  @Test(arguments: [
    ("/proc/nowhere/file.json", "No such file or directory"), ("/", "Is a directory"),
    ("/dev/null/file", "Not a directory"),
  ])
  func unreadableFilesAreNamedWithTheReasonOfTheSystem(path: String, reason: String) {
    let error = #expect(throws: InputFile.ReadError.self) { try InputFile.data(path) }
    #expect(error?.description.hasPrefix("\(path) cannot be read (\(reason))") == true)
  }

  @Test func filesWithoutEndAreRefused() {
    let error = #expect(throws: InputFile.ReadError.self) {
      try InputFile.data("/dev/zero", atMost: 1 << 20)
    }
    #expect(error?.description.contains("more than 1 MiB") == true)
  }
}

@Suite struct DescriptorTests {
  @Test func fullDevicesAreErrors() throws {
    let file = open("/dev/full", O_WRONLY)
    defer { close(file) }
    #expect(throws: SystemError(ENOSPC)) { try Descriptor.write(Data([1]), to: file) }
    #expect(throws: SystemError(EBADF)) { try Descriptor.write(Data([1]), to: -1) }
  }

  /// A pipe that does not block takes a part and has to be waited for.
  @Test func allBytesArrive() async throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let (reading, writing) = (ends[0], ends[1])
    #expect(fcntl(writing, F_SETFL, O_NONBLOCK) == 0)
    let data = Data((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) })
    let reader = Task.detached { try Descriptor.read(from: reading, atMost: .max) }
    try Descriptor.write(data, to: writing)
    close(writing)
    #expect(try await reader.value == data)
    close(reading)
  }

  @Test func reasonsAreThoseOfTheSystem() {
    let error = #expect(throws: (any Error).self) {
      try Data().write(to: URL(fileURLWithPath: "/proc/nowhere/file"))
    }
    #expect(error.map(SystemError.reason) == "No such file or directory")
  }
}
