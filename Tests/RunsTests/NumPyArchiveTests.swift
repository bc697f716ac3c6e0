import Foundation
import Runs
import Testing

@Suite struct NumPyArchiveTests {
  static let numbers = [1.5, -0.0, .infinity, 0x1p-1030, .pi, -2]

  /// NumPy reads what is written, to the bit.
  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["METATAPE_PYTHON"] != nil,
      "METATAPE_PYTHON does not name a Python with numpy"))
  func numpyReadsIt() throws {
    let python = try #require(ProcessInfo.processInfo.environment["METATAPE_PYTHON"])
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString).npz")
    defer { try? FileManager.default.removeItem(at: url) }
    try NumPyArchive.encode([
      ("states", NumPyArchive.Entry(shape: [2, 3], elements: Self.numbers)),
      ("empty", NumPyArchive.Entry(shape: [0], elements: [])),
    ]).write(to: url)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [
      "-c",
      """
      import sys, numpy
      with numpy.load(sys.argv[1], allow_pickle=False) as file:
          assert sorted(file.files) == ["empty", "states"], file.files
          assert file["empty"].shape == (0,)
          print(*file["states"].shape, *[x.hex() for x in file["states"].ravel().tolist()])
      """, url.path,
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let words = output.split(whereSeparator: \.isWhitespace)
    #expect(words.prefix(2) == ["2", "3"])
    #expect(
      words.dropFirst(2).compactMap { Double($0)?.bitPattern } == Self.numbers.map(\.bitPattern))
  }

  @Test func partsStandWhereTheFormatSays() {
    let data = NumPyArchive.encode([
      ("x", NumPyArchive.Entry(shape: [2, 3], elements: Self.numbers))
    ])
    #expect(data.starts(with: [0x50, 0x4b, 3, 4]))
    #expect(Data(data.suffix(22)).starts(with: [0x50, 0x4b, 5, 6]))
    #expect(data.range(of: Data("'shape': (2, 3,)".utf8)) != nil)
  }
}
