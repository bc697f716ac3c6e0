import CLibrary
import Requirements

/// Input files, with errors that name the file, the reason and the remedy.
package enum InputFile {
  /// Why a file cannot be read.
  package struct ReadError: ReportedError, Equatable {
    /// The path.
    package let path: String
    /// Why, such as "cannot be read (Is a directory)".
    package let reason: String
    /// What to do, such as "give a file".
    package let advice: String

    /// The error as one sentence.
    package var description: String { "\(path) \(reason): \(advice)." }
  }

  /// The maximum size of a text file, in bytes.
  package static let greatestText = 256 << 20

  /// Reads a file.
  ///
  /// - Throws: ``ReadError`` if it cannot be read or has more bytes than the limit.
  package static func data(
    _ path: String, atMost limit: Int = .max
  ) throws(ReadError) -> Data {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    if file < 0 { throw unreadable(path, .last) }
    defer { close(file) }
    let data: Data?
    do throws(SystemError) { data = try Descriptor.read(from: file, atMost: limit) } catch {
      throw unreadable(path, error)
    }
    guard let data else {
      throw ReadError(
        path: path, reason: "has more than \(limit >> 20) MiB",
        advice: "check that it is the right file")
    }
    return data
  }

  /// Reads a text file.
  ///
  /// - Throws: ``ReadError`` if it cannot be read or is not UTF-8; the error names the likely
  ///   encoding.
  package static func text(_ path: String) throws(ReadError) -> String {
    let data = try data(path, atMost: greatestText)
    guard let problem = encodingProblem(data) else {
      let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
      return String(decoding: data.starts(with: mark) ? data.dropFirst(3) : data, as: UTF8.self)
    }
    throw ReadError(path: path, reason: problem, advice: "save it as UTF-8")
  }

  /// The problem with bytes that should be UTF-8; nil if they are.
  private static func encodingProblem(_ data: Data) -> String? {
    let marks: [[UInt8]] = [[0xFF, 0xFE], [0xFE, 0xFF]]
    let start = data.prefix(1024)
    // in most languages one half of the bytes has many zeros
    let zeros = (0..<2).map { half in
      start.enumerated().count { $0.offset % 2 == half && $0.element == 0 }
    }
    let isAlternating = zeros.max() ?? 0 > start.count / 5 && zeros.min() == 0
    if marks.contains(where: { data.starts(with: $0) }) || isAlternating {
      return "is UTF-16"
    }
    if data.contains(0) { return "is not text: it contains zero bytes" }
    guard String(validating: data, as: UTF8.self) == nil else { return nil }
    let line = 1 + data[..<validPrefix(data)].count { $0 == 0x0A }
    return "is not UTF-8 in line \(line), probably Latin-1 (ISO 8859-1) or Windows-1252"
  }

  /// The index of the first byte that is not UTF-8.
  private static func validPrefix(_ data: Data) -> Data.Index {
    var decoder = UTF8()
    var bytes = data.makeIterator()
    var length = 0
    while case .scalarValue(let scalar) = decoder.decode(&bytes) {
      length += String(scalar).utf8.count
    }
    return data.startIndex + length
  }

  private static func unreadable(_ path: String, _ error: SystemError) -> ReadError {
    let advice =
      switch error.code {
      case ENOENT, ENOTDIR: "check the path"
      case EISDIR: "give a file"
      case EACCES: "check its permissions"
      default: "try another copy"
      }
    return ReadError(path: path, reason: "cannot be read (\(error))", advice: advice)
  }
}
