import Files
import Foundation

/// How far a folder's run has come.
public enum RunState: Equatable, Sendable {
  /// There is none.
  case absent
  /// It has metrics of a number of epochs and can go on.
  case unfinished(epochs: Int)
  /// It is trained and tested.
  case finished(TestReport)
}

extension RunDirectory {
  /// How far the run has come.
  ///
  /// - Throws: ``DirectoryError`` or `ConfigurationError` if the folder has files of a run that
  ///   cannot be understood.
  public func state() throws -> RunState {
    guard FileManager.default.fileExists(atPath: configurationURL.path) else {
      let other = Self.fileNames.first {
        FileManager.default.fileExists(atPath: url.appendingPathComponent($0).path)
      }
      guard let other else { return .absent }
      throw DirectoryError(
        description:
          "\(url.path) has \(other), but no \(configurationURL.lastPathComponent). Move it away or replace the run.",
        remedies: [.replaceRun])
    }
    let epochs = try readConfiguration().training.epochs
    let done = try metricsCount()
    guard done == epochs, FileManager.default.fileExists(atPath: parametersURL.path),
      let data = try? Data(contentsOf: testURL),
      let report = try? JSON.decode(TestReport.self, from: data)
    else { return .unfinished(epochs: done) }
    return .finished(report)
  }
}

/// A run that is wanted: what, and where.
public struct RunPlan: Equatable, Sendable {
  /// What tells the run apart from others of its list.
  public let name: String
  /// The configuration.
  public let configuration: Configuration
  /// The folder.
  public let url: URL

  /// Creates a plan.
  public init(name: String, configuration: Configuration, url: URL) {
    (self.name, self.configuration, self.url) = (name, configuration, url)
  }

  /// How far it has come.
  ///
  /// - Throws: `RunDirectory.DirectoryError` or `ConfigurationError` if the folder holds a run of
  ///   another configuration, or one that cannot be understood.
  public func state() throws -> RunState {
    let directory = RunDirectory(existing: url, catalog: configuration.catalog)
    let state = try directory.state()
    guard state != .absent else { return state }
    let found = try directory.readConfiguration()
    let difference = configuration.catalog.fields.first {
      $0.text(found) != $0.text(configuration)
    }
    if let difference {
      func text(_ configuration: Configuration) -> String {
        difference.text(configuration) ?? "not there"
      }
      throw RunDirectory.DirectoryError(
        description:
          "\(url.path) holds a run of another configuration: its \(difference.key) is \(text(found)), not \(text(configuration)). Choose another folder or move it away."
      )
    }
    return state
  }
}
