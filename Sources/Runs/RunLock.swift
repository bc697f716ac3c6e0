import Files
import Foundation

/// The right to write into a run's folder, until it is released or the process ends.
final class RunLock: Sendable {
  private let file: Int32

  /// Takes the lock of a folder, which is created where it is missing.
  ///
  /// - Throws: `RunDirectory.DirectoryError` if another process has it, or the folder cannot be
  ///   created.
  init(_ folder: URL) throws(RunDirectory.DirectoryError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch { throw RunDirectory.unwritable(folder, SystemError.reason(of: error)) }
    file = open(folder.path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw RunDirectory.unwritable(folder, SystemError.last.description)
    }
    // where a file system has no locks, there is nothing to hold
    if flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
      throw RunDirectory.DirectoryError(
        description:
          "\(folder.path) is in use: another process trains there. Wait for it or choose another folder."
      )
    }
  }

  deinit { close(file) }
}
