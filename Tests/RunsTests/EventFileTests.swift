import Foundation
import RunSupport
import Testing

@testable import Runs

@Suite struct EventFileTests {
  static let scalars = [("return_before", -1.5), ("gradient_norm", 0.1)]

  /// The vectors of RFC 3720, appendix B.4, and the check values of the two polynomials.
  @Test func checksumsAreThoseOfTheStandards() {
    let castagnoli = CyclicRedundancyCheck.castagnoli
    #expect(castagnoli.checksum(Data(count: 32)) == 0x8A91_36AA)
    #expect(castagnoli.checksum(Data(repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(castagnoli.checksum(Data(0..<32)) == 0x46DD_794E)
    #expect(castagnoli.checksum(Data("123456789".utf8)) == 0xE306_9283)
    #expect(CyclicRedundancyCheck.zip.checksum(Data("123456789".utf8)) == 0xCBF4_3926)
    // 0xE3069283 turned by 15 bits, plus the constant
    let turned = UInt32(0xE306_9283 >> 15 | (0xE306_9283 << 17) & 0xFFFF_FFFF)
    #expect(EventRecord.maskedChecksum(Data("123456789".utf8)) == turned &+ 0xA282_EAD8)
  }

  @Test func aRecordIsItsLengthItsMessageAndTwoChecksums() throws {
    let record = EventRecord([("x", 1)], step: 300, at: 2)
    // time 2.0, step 300, and a summary with one value: the name "x" and the number 1
    #expect(
      Array(record.message) == [
        0x09, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x10, 0xAC, 0x02, 0x2A, 10, 0x0A, 8, 0x0A, 1, 0x78, 0x15,
        0, 0, 0x80, 0x3F,
      ])
    let framed = record.framed
    #expect(framed.count == record.message.count + 16)
    #expect(framed.prefix(8) == Data([24, 0, 0, 0, 0, 0, 0, 0]))
    let read = try #require(EventRecord.first(of: framed))
    #expect(read.record == record && read.count == framed.count && read.record.step == 300)
  }

  @Test func everyCutOrDamagedRecordIsFound() {
    let framed = EventRecord(Self.scalars, step: 7, at: 1e9).framed
    for length in 0..<framed.count { #expect(EventRecord.first(of: framed.prefix(length)) == nil) }
    for position in framed.indices {
      var damaged = framed
      damaged[position] ^= 0x10
      #expect(EventRecord.first(of: damaged) == nil)
    }
  }

  @Test func aTornRecordIsRemovedBeforeMoreIsAppended() async throws {
    try await withTemporaryFolder { folder in
      let file = try EventFile(creatingIn: folder)
      #expect(EventFile(existingIn: folder)?.url.path == file.url.path)
      for step in 0..<5 { try file.append(Self.scalars, step: step) }
      let whole = try Data(contentsOf: file.url)
      try whole.dropLast(9).write(to: file.url)
      try file.trim()
      #expect(try Self.steps(file) == [0, 0, 1, 2, 3])
      // going on from an earlier step
      try file.trim(fromStep: 2)
      try file.append(Self.scalars, step: 2)
      #expect(try Self.steps(file) == [0, 0, 1, 2])
      // nothing is left of the first record either
      try whole.prefix(10).write(to: file.url)
      try file.trim()
      try file.append(Self.scalars, step: 0)
      #expect(try Self.steps(file) == [0, 0])
    }
  }

  /// The steps of all records, that of the first included.
  static func steps(_ file: EventFile) throws -> [Int] {
    var data = try Data(contentsOf: file.url)
    var steps: [Int] = []
    while let (record, count) = EventRecord.first(of: data) {
      steps.append(record.step)
      data = Data(data.dropFirst(count))
    }
    #expect(data.isEmpty)
    return steps
  }

  /// TensorBoard's own reader finds every number of the metrics, in single precision.
  @Test(
    .enabled(if: Python.isThere, "METATAPE_PYTHON does not name a Python with tensorboard"))
  func tensorboardReadsEveryScalar() async throws {
    try await withTemporaryFolder { folder in
      let run = try await SmallRun.train(
        SmallRun.configuration("navigation-2d.quickstart"),
        in: folder.appendingPathComponent("run"))
      let words = try Python.words(
        """
        import csv, sys, time, numpy
        from tensorboard.backend.event_processing import event_accumulator
        reader = event_accumulator.EventAccumulator(sys.argv[1])
        reader.Reload()
        with open(sys.argv[1] + "/metrics.csv") as file:
            rows = list(csv.DictReader(file))
        names = [name for name in rows[0] if name not in ("schema_version", "epoch")]
        assert sorted(reader.Tags()["scalars"]) == sorted(names), reader.Tags()
        for name in names:
            events = reader.Scalars(name)
            assert [event.step for event in events] == [int(row["epoch"]) for row in rows]
            assert all(abs(event.wall_time - time.time()) < 600 for event in events)
            for event, row in zip(events, rows):
                assert numpy.float32(event.value) == numpy.float32(row[name]), (name, event, row)
        print(len(names), len(rows))
        """, run.url.path)
      #expect(words == ["\(Metrics.columns.count - 1)", "3"])
    }
  }
}
