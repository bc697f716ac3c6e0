import Files
import Foundation

extension RunDirectory {
  /// Refuses to go on in a folder whose files this program did not leave there, or from which the
  /// state to go on from is gone: the run would begin anew over what is there.
  ///
  /// A folder of this program has a table of metrics, unless a kill came right after its
  /// configuration, which then reads as this program writes it and is alone.
  ///
  /// - Throws: ``DirectoryError`` with what is missing and what to do.
  func requireOrigin(_ configuration: Configuration) throws(DirectoryError) {
    func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
    func isLeft(_ name: String) -> Bool { exists(url.appendingPathComponent(name)) }
    let begins = "Train \(configurationURL.path) in a new folder."
    guard exists(metricsURL) else {
      let text = try? InputFile.text(configurationURL.path)
      let others = Self.fileNames.filter { isLeft($0) && $0 != configurationURL.lastPathComponent }
      if text == configuration.yaml && others.isEmpty { return }
      throw DirectoryError(
        description:
          "\(url.path) is not the folder of a run of this program: it has \((["configuration.yaml"] + others).joined(separator: ", ")), but no \(metricsURL.lastPathComponent). \(begins)",
        remedies: [.trainConfiguration])
    }
    // a run writes its first checkpoint before parameters and test
    let ends = [parametersURL, testURL].filter(exists)
    guard configuration.training.epochs == 0 || ends.isEmpty || !checkpointFiles().isEmpty else {
      throw DirectoryError(
        description:
          "\(url.path) has \(ends.map(\.lastPathComponent).joined(separator: " and ")), but no checkpoint to resume from. \(begins)",
        remedies: [.trainConfiguration])
    }
  }
}
