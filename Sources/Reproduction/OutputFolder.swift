import Files
import Foundation
import Runs

/// A folder with pages, figures and records.
struct OutputFolder: Sendable {
  /// The folder, which need not exist.
  let url: URL

  /// Writes a file, whose name may have folders of its own.
  func write(_ text: String, to name: String) throws(RunDirectory.DirectoryError) {
    try write(Data(text.utf8), to: name)
  }

  /// Writes a record as JSON.
  func write(_ value: some Encodable, asJSON name: String) throws(RunDirectory.DirectoryError) {
    let data: Data
    do { data = try JSON.encode(value) } catch {
      throw RunDirectory.unwritable(url, SystemError.reason(of: error))
    }
    try write(data, to: name)
  }

  /// Reads a record; nil if there is none.
  func read<Value: Decodable>(
    _ type: Value.Type, _ name: String
  ) throws(StoredRun.ReadError) -> Value? {
    let file = url.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    do { return try JSON.decode(type, from: try Data(contentsOf: file)) } catch {
      throw StoredRun.ReadError(
        description: "\(file.path) is damaged or of another version; remove it to make it anew.")
    }
  }

  private func write(_ data: Data, to name: String) throws(RunDirectory.DirectoryError) {
    let file = url.appendingPathComponent(name)
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file, options: .atomic)
    } catch { throw RunDirectory.unwritable(url, SystemError.reason(of: error)) }
  }
}
