import Files
import Foundation

/// Files that a kill, a full disk or a power failure leaves either as they were or complete.
enum DurableFile {
  /// What the name of a file under construction ends with; it begins with a dot.
  static let partialSuffix = ".partial"

  /// Replaces a file in one piece: a new file beside it is written, synchronised and renamed.
  ///
  /// One process at a time may write into the folder.
  static func replace(_ target: URL, with data: Data) throws(SystemError) {
    let partial = target.deletingLastPathComponent()
      .appendingPathComponent(".\(target.lastPathComponent)\(partialSuffix)")
    do throws(SystemError) {
      try withFile(partial.path, O_WRONLY | O_CREAT | O_TRUNC) { file throws(SystemError) in
        try Descriptor.write(data, to: file)
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
  static func append(_ data: Data, to target: URL) throws(SystemError) {
    try withFile(target.path, O_WRONLY | O_APPEND) { file throws(SystemError) in
      let length = lseek(file, 0, SEEK_END)
      if length < 0 { throw .last }
      do throws(SystemError) { try Descriptor.write(data, to: file) } catch {
        _ = ftruncate(file, length)
        throw error
      }
    }
  }

  /// Waits until a file's content, or a folder's list of names, is on the disk.
  static func synchronize(_ url: URL) throws(SystemError) {
    try withFile(url.path, O_RDONLY) { file throws(SystemError) in
      // some file systems cannot synchronise a folder and need not
      if fsync(file) != 0 && errno != EINVAL { throw .last }
    }
  }

  private static func withFile(
    _ path: String, _ flags: Int32, _ body: (Int32) throws(SystemError) -> Void
  ) throws(SystemError) {
    let file = open(path, flags | O_CLOEXEC, 0o666)
    if file < 0 { throw .last }
    do throws(SystemError) { try body(file) } catch {
      close(file)
      throw error
    }
    if close(file) != 0 { throw .last }
  }
}
