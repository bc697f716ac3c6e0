import Foundation

/// A log of scalars in the format of TensorBoard, one record for each step.
///
/// Nothing is held open between the steps: a run that is killed loses at most the record it was
/// writing, which ``trim(fromStep:)`` removes before more is appended.
public struct EventFile: Sendable {
  /// What the names of such files begin with.
  public static let prefix = "events.out.tfevents."

  /// The file.
  public let url: URL

  /// Starts a file in a folder; its name holds the time, the machine and this program.
  ///
  /// - Throws: Foundation's error if it cannot be written.
  public init(creatingIn folder: URL, at time: Date = Date()) throws {
    let seconds = time.timeIntervalSince1970
    url = folder.appendingPathComponent(
      "\(Self.prefix)\(Int(seconds)).\(Self.hostName).metatape")
    try EventRecord(fileVersionAt: seconds).framed.write(to: url)
  }

  /// The newest file of a folder; nil if there is none.
  public init?(existingIn folder: URL) {
    guard let newest = Self.files(in: folder).max(by: { $0.path < $1.path }) else { return nil }
    url = newest
  }

  /// All such files of a folder.
  public static func files(in folder: URL) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasPrefix(prefix) }.map(folder.appendingPathComponent)
  }

  /// Appends the numbers of a step.
  ///
  /// - Throws: What the system says if the file cannot be written; it stays as it was then.
  public func append(
    _ scalars: [(name: String, value: Double)], step: Int, at time: Date = Date()
  ) throws {
    let record = EventRecord(scalars, step: step, at: time.timeIntervalSince1970)
    try DurableFile.append(record.framed, to: url)
  }

  /// Removes what cannot be read to the end, such as a torn last record, and every event from a
  /// step on, so that a run which goes on from that step may append.
  ///
  /// - Throws: Foundation's error if the file cannot be read or written.
  public func trim(fromStep step: Int = .max) throws {
    let data = try Data(contentsOf: url)
    var end = 0
    while let (record, count) = EventRecord.first(of: data.suffix(from: end)) {
      // the first record names the format and has no step
      if end > 0 && record.step >= step { break }
      end += count
    }
    let handle = try FileHandle(forWritingTo: url)
    defer { try? handle.close() }
    if end == 0 {
      let time = Date().timeIntervalSince1970
      try handle.truncate(atOffset: 0)
      try handle.write(contentsOf: EventRecord(fileVersionAt: time).framed)
    } else {
      try handle.truncate(atOffset: UInt64(end))
    }
  }

  /// The machine's name, as far as it may stand in a file's name.
  private static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let kept = text.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    return kept.isEmpty ? "localhost" : kept
  }
}
