import CLibrary

/// A folder whose files can be read, and no others.
///
/// A path is given by its components, none of which is `..`. Every one is opened relative to the one
/// before without following symbolic links, so that no path leads out of the folder.
package struct InputFolder: Sendable {
  /// The path of the folder.
  package let path: String

  /// The folder at a path; an empty one is the current folder.
  package init(_ path: String) { self.path = path.isEmpty ? "." : path }

  /// Reads a regular file.
  ///
  /// - Throws: ``InputFile/ReadError`` if there is no such file, if a component is a symbolic link or
  ///   the last one not a regular file, or if it has more bytes than the limit.
  package func data(
    _ components: [String], atMost limit: Int
  ) throws(InputFile.ReadError) -> Data {
    let name = components.joined(separator: "/")
    func fault(_ reason: String, _ advice: String) -> InputFile.ReadError {
      InputFile.ReadError(path: name, reason: reason, advice: advice)
    }
    func check(_ descriptor: Int32) throws(InputFile.ReadError) {
      guard descriptor < 0 else { return }
      switch errno {
      case ENOENT: throw fault("does not exist in \(path)", "check the path")
      // of a link in the place of a folder Linux says that it is none
      case ELOOP, ENOTDIR, EMLINK:
        throw fault(
          "leads through a symbolic link or a file that is no folder", "put the file itself there")
      default: throw fault("cannot be read (\(SystemError.last))", "check its permissions")
      }
    }
    guard let last = components.last, !components.contains(where: { $0.isEmpty || $0 == ".." })
    else { throw fault("is not the name of a file in \(path)", "name a file") }

    var folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    try check(folder)
    defer { close(folder) }
    for component in components.dropLast() {
      let next = openat(folder, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      try check(next)
      close(folder)
      folder = next
    }
    // without waiting, should it be a pipe
    let file = openat(folder, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    try check(file)
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw fault("is not a regular file", "give a file")
    }
    let data: Data?
    do throws(SystemError) { data = try Descriptor.read(from: file, atMost: limit) } catch {
      throw fault("cannot be read (\(error))", "try another copy")
    }
    guard let data else {
      throw fault("has more than \(limit) bytes", "check that it is the right file")
    }
    return data
  }
}
