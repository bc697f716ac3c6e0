import Foundation
import RunSupport
import Runs
import Testing

@Suite struct NumPyArchiveTests {
  static let numbers = [1.5, -0.0, .infinity, 0x1p-1030, .pi, -2]

  /// NumPy reads what is written, to the bit.
  @Test(
    .enabled(if: Python.isThere, "METATAPE_PYTHON does not name a Python with numpy"))
  func numpyReadsIt() async throws {
    try await withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("arrays.npz")
      try NumPyArchive.encode([
        ("states", NumPyArchive.Entry(shape: [2, 3], elements: Self.numbers)),
        ("empty", NumPyArchive.Entry(shape: [0], elements: [])),
        ("counts", NumPyArchive.Entry(shape: [2], integers: [-1, .max])),
      ]).write(to: url)
      let words = try Python.words(
        """
        import sys, numpy
        with numpy.load(sys.argv[1], allow_pickle=False) as file:
            assert sorted(file.files) == ["counts", "empty", "states"], file.files
            assert file["empty"].shape == (0,)
            assert file["counts"].dtype == numpy.int64
            assert file["counts"].tolist() == [-1, 2**63 - 1]
            print(*file["states"].shape, *[x.hex() for x in file["states"].ravel().tolist()])
        """, url.path)
      #expect(words.prefix(2) == ["2", "3"])
      #expect(
        words.dropFirst(2).compactMap { Double($0)?.bitPattern } == Self.numbers.map(\.bitPattern))
    }
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
