import Foundation

extension RunDirectory {
  /// The folder of a path itself if it is a run's, else those of the runs below it, sorted.
  ///
  /// - Throws: ``DirectoryError`` if there is none.
  public static func folders(_ path: String) throws(DirectoryError) -> [URL] {
    let url = URL(fileURLWithPath: path)
    func isRun(_ folder: URL) -> Bool {
      let file = RunDirectory(existing: folder).configurationURL
      return FileManager.default.fileExists(atPath: file.path)
    }
    if isRun(url) { return [url] }
    let below = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)
    let found = (below?.compactMap { $0 as? URL } ?? []).filter(isRun)
    guard !found.isEmpty else {
      throw DirectoryError(
        description:
          "\(path) is not the folder of a run and holds none: no configuration.yaml there.")
    }
    return found.sorted { $0.path < $1.path }
  }
}
