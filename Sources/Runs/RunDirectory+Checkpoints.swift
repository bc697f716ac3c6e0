import Files
import Foundation

extension RunDirectory {
  /// The checkpoint to go on from, and why others were refused.
  struct FoundCheckpoint {
    /// The newest one that can be used, if there is one.
    var checkpoint: Checkpoint?
    /// The newer files that cannot be used, with the reason of each.
    var refused: [(url: URL, reason: String)] = []
  }

  /// How many checkpoints are kept.
  static let keptCheckpoints = 2

  /// Writes a checkpoint, and removes all but the last two.
  ///
  /// - Throws: ``DirectoryError`` if it cannot be written; what was there is still there.
  public func writeCheckpoint(
    _ checkpoint: Checkpoint, for experiment: Experiment
  ) throws(DirectoryError) {
    let target = checkpointURL(epoch: checkpoint.state.epoch)
    let data: Data
    do {
      try FileManager.default.createDirectory(
        at: checkpointsURL, withIntermediateDirectories: true)
      data = try checkpoint.encoded(for: experiment)
    } catch { throw Self.unwritable(target, SystemError.reason(of: error)) }
    // the metrics of all epochs before it are on the disk when the checkpoint is
    do throws(SystemError) {
      try DurableFile.synchronize(metricsURL)
      try DurableFile.synchronize(jsonURL)
    } catch { throw Self.unwritable(metricsURL, error.description) }
    try write(data, to: target)
    for file in checkpointFiles().dropFirst(Self.keptCheckpoints) {
      try? FileManager.default.removeItem(at: file.url)
    }
  }

  /// The file of the checkpoint before an epoch.
  public func checkpointURL(epoch: Int) -> URL {
    let digits = "\(epoch)"
    let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
    return checkpointsURL.appendingPathComponent("epoch-\(zeros)\(digits).safetensors")
  }

  /// The newest checkpoint that can be used, with the reasons against newer ones; the metrics have a
  /// number of epochs.
  func findCheckpoint(of experiment: Experiment, epochs: Int) -> FoundCheckpoint {
    var found = FoundCheckpoint()
    let total = experiment.configuration.training.epochs
    for (epoch, url) in checkpointFiles() {
      do throws(SafeTensors.FormatError) {
        let checkpoint = try Checkpoint(contentsOf: url, of: experiment)
        guard checkpoint.state.epoch == epoch else {
          throw SafeTensors.FormatError(
            description: "\(url.path) is of epoch \(checkpoint.state.epoch), not \(epoch).")
        }
        guard epoch <= min(epochs, total) else {
          let (limit, what) =
            epochs < total ? (epochs, "its metrics end") : (total, "training ends")
          throw SafeTensors.FormatError(
            description: "\(url.path) is of epoch \(epoch), but \(what) at epoch \(limit).")
        }
        found.checkpoint = checkpoint
        return found
      } catch { found.refused.append((url, error.description)) }
    }
    return found
  }

  /// Removes the files that a killed process was about to write.
  func removePartialFiles() {
    for folder in [url, checkpointsURL] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      for name in names where name.hasPrefix(".") && name.hasSuffix(DurableFile.partialSuffix) {
        try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
      }
    }
  }

  /// The names of checkpoints that are there, the newest first.
  func checkpointFiles() -> [(epoch: Int, url: URL)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpointsURL.path)) ?? []
    let files = names.compactMap { name -> (epoch: Int, url: URL)? in
      guard name.hasPrefix("epoch-"), name.hasSuffix(".safetensors"),
        let epoch = Int(name.dropFirst("epoch-".count).dropLast(".safetensors".count))
      else { return nil }
      return (epoch, checkpointsURL.appendingPathComponent(name))
    }
    return files.sorted { $0.epoch > $1.epoch }
  }
}
