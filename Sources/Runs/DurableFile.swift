import Foundation

/// Files that a kill, a full disk or a power failure leaves either as they were or complete.
enum DurableFile {
  /// Why a file could not be written.
  struct WriteError: Error, CustomStringConvertible {
    /// What the system says.
    let description: String

    /// The error of the last system call of this thread.
    static var last: WriteError { WriteError(description: String(cString: strerror(errno))) }
  }

  /// What the name of a file under construction ends with; it begins with a dot.
  static let partialSuffix = ".partial"

  /// Replaces a file in one piece: a new file beside it is written, synchronised and renamed.
  ///
  /// One process at a time may write into the folder.
  static func replace(_ target: URL, with data: Data) throws(WriteError) {
    let partial = target.deletingLastPathComponent()
      .appendingPathComponent(".\(target.lastPathComponent)\(partialSuffix)")
    do throws(WriteError) {
      try withFile(partial.path, O_WRONLY | O_CREAT | O_TRUNC) { file throws(WriteError) in
        try write(data, to: file)
        if fsync(file) != 0 { throw .last }
      }
      if rename(partial.path, target.path) != 0 { throw .last }
      try synchronize(target.deletingLastPathComponent())
    } catch {
      unlink(partial.path)
      throw error
    }
  }

  /// Appends to a file; if not all of it can be written, the file stays as it was.
  ///
  /// A kill may leave a part of the last line.
  static func append(_ data: Data, to target: URL) throws(WriteError) {
    try withFile(target.path, O_WRONLY | O_APPEND) { file throws(WriteError) in
      let length = lseek(file, 0, SEEK_END)
      if length < 0 { throw .last }
      do throws(WriteError) { try write(data, to: file) } catch {
        _ = ftruncate(file, length)
        throw error
      }
    }
  }

  /// Waits until a file's content, or a folder's list of names, is on the disk.
  static func synchronize(_ url: URL) throws(WriteError) {
    try withFile(url.path, O_RDONLY) { file throws(WriteError) in
      // some file systems cannot synchronise a folder and need not
      if fsync(file) != 0 && errno != EINVAL { throw .last }
    }
  }

  private static func withFile(
    _ path: String, _ flags: Int32, _ body: (Int32) throws(WriteError) -> Void
  ) throws(WriteError) {
    let file = open(path, flags | O_CLOEXEC, 0o666)
    if file < 0 { throw .last }
    do throws(WriteError) { try body(file) } catch {
      close(file)
      throw error
    }
    if close(file) != 0 { throw .last }
  }

  private static func write(_ data: Data, to file: Int32) throws(WriteError) {
    let bytes = [UInt8](data)
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes {
        Foundation.write(file, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { throw .last }
      done += count
    }
  }
}
