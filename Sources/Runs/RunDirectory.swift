import Files
@_exported import Findings
import Foundation
import Requirements
import SGMRL
@_exported import TensorFiles

/// The folder of one run: the configuration as used, the machine, metrics, parameters, the test.
///
/// | file | content |
/// |---|---|
/// | `configuration.yaml` | the complete configuration |
/// | `machine.json` | processor, system, BLAS and the version of MetaTape |
/// | `metrics.csv`, `metrics.jsonl` | one line an epoch |
/// | `findings.jsonl` | what may keep the policy from learning, if anything was found |
/// | `checkpoints/` | the last two states from which the run can go on |
/// | `events.out.tfevents.…` | the same for TensorBoard |
/// | `parameters.safetensors` | the final parameters |
/// | `test.json` | the returns on fresh tasks |
/// | `trajectories.svg` | a picture, for tasks in the plane |
///
/// Lines are appended; every other file is replaced in one piece, so that a kill or a full disk leaves
/// what was there before. `test.json` is written last: with it the run is finished.
public struct RunDirectory: Sendable {
  /// The folder.
  public let url: URL
  /// Where the names of its configuration are looked up.
  public let catalog: Catalog

  /// Why a folder cannot be used.
  public struct DirectoryError: ReportedError {
    /// The path, what went wrong, and what to do.
    public let description: String
    /// Whether a file or folder could not be written, rather than its content being at fault.
    public var isUnwritable = false
    /// What may be done about it.
    public var remedies: [Remedy] = []

    /// Whether output cannot be written or input cannot be used.
    public var exitStatus: ExitStatus { isUnwritable ? .unwritable : .badInput }
  }

  /// Every file with a fixed name that a run may leave.
  public static let fileNames = [
    "configuration.yaml", "machine.json", "metrics.csv", "metrics.jsonl", "findings.jsonl",
    "checkpoints", "parameters.safetensors", "test.json", "trajectories.svg",
  ]

  /// The configuration as used.
  public var configurationURL: URL { url.appendingPathComponent("configuration.yaml") }
  /// The final parameters.
  public var parametersURL: URL { url.appendingPathComponent("parameters.safetensors") }
  /// The returns on fresh tasks.
  public var testURL: URL { url.appendingPathComponent("test.json") }
  /// The picture of the test, for tasks in the plane.
  public var pictureURL: URL { url.appendingPathComponent("trajectories.svg") }
  /// The folder of the checkpoints.
  public var checkpointsURL: URL { url.appendingPathComponent("checkpoints") }
  /// The numbers of each epoch as CSV.
  public var metricsURL: URL { url.appendingPathComponent("metrics.csv") }
  /// The processor, the system and BLAS.
  public var machineURL: URL { url.appendingPathComponent("machine.json") }
  /// What was found that may keep the policy from learning, a line each; absent if nothing was.
  public var findingsURL: URL { url.appendingPathComponent("findings.jsonl") }
  var jsonURL: URL { url.appendingPathComponent("metrics.jsonl") }

  /// A folder that exists.
  public init(existing url: URL, catalog: Catalog = .standard) {
    (self.url, self.catalog) = (url, catalog)
  }

  /// Creates the folder of a new run.
  ///
  /// - Parameters:
  ///   - url: where; the folders above it are created.
  ///   - configuration: is written into it.
  ///   - replaces: whether a run that is there already is replaced.
  ///   - recordsMachine: whether `machine.json` is written now, which is a use of BLAS and so chooses
  ///     its kernels.
  /// - Throws: ``DirectoryError`` if there is a run already, or the folder cannot be written.
  public init(
    creating url: URL, for configuration: Configuration, replaces: Bool,
    recordsMachine: Bool = true
  ) throws(DirectoryError) {
    (self.url, catalog) = (url, configuration.catalog)
    let old =
      Self.fileNames.map { url.appendingPathComponent($0) }.filter {
        FileManager.default.fileExists(atPath: $0.path)
      } + EventFile.files(in: url)
    guard old.isEmpty || replaces else {
      throw DirectoryError(
        description:
          "\(url.path) already holds a run. Choose another folder, replace the run, or resume it.",
        remedies: [.otherFolder, .replaceRun, .resumeRun])
    }
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      for file in old { try FileManager.default.removeItem(at: file) }
    } catch { throw Self.unwritable(url, SystemError.reason(of: error)) }
    // first of all, so that a run which is killed here can go on
    try write(Data(configuration.yaml.utf8), to: configurationURL)
    try begin()
    if recordsMachine { try recordMachine() }
  }

  /// Writes the files of a run that has done nothing yet.
  func begin() throws(DirectoryError) {
    try write(Data((Metrics.csvHeader + "\n").utf8), to: metricsURL)
    try write(Data(), to: jsonURL)
    try trimEvents(fromEpoch: 0)
    try cutFindings(to: 0)
    // it may begin anew on another machine
    if FileManager.default.fileExists(atPath: machineURL.path) {
      do { try FileManager.default.removeItem(at: machineURL) } catch {
        throw Self.unwritable(machineURL, SystemError.reason(of: error))
      }
    }
  }

  /// Writes where the run is made, if that is not recorded already.
  func recordMachine() throws(DirectoryError) {
    if FileManager.default.fileExists(atPath: machineURL.path) { return }
    try writeJSON(MachineFacts(), to: machineURL.lastPathComponent)
  }

  /// Appends an epoch to the metrics.
  public func append(_ record: EpochRecord) throws(DirectoryError) {
    try append(Metrics.csv(record), to: metricsURL)
    try append(Metrics.json(record), to: jsonURL)
    try append(record.findings)
    do {
      let events = try EventFile(existingIn: url) ?? EventFile(creatingIn: url)
      try events.append(Metrics.scalars(record), step: record.epoch)
    } catch { throw unwritableEvents(error) }
  }

  /// Removes the events of an epoch and later ones, and a torn record.
  func trimEvents(fromEpoch epoch: Int) throws(DirectoryError) {
    do { try EventFile(existingIn: url)?.trim(fromStep: epoch) } catch {
      throw unwritableEvents(error)
    }
  }

  /// Writes the final parameters.
  public func writeParameters(
    _ parameters: [Double], _ layout: ParameterLayout, configuration: Configuration
  ) throws(DirectoryError) {
    let data: Data
    do {
      data = try SafeTensors.encode(
        parameters, layout,
        metadata: [
          "format": "metatape", "schema_version": "1", "name": configuration.name,
          "seed": "\(configuration.seed)",
        ])
    } catch { throw Self.unwritable(parametersURL, "\(error)") }
    try write(data, to: parametersURL)
  }

  /// Writes a value as a JSON file.
  public func writeJSON(_ value: some Encodable, to name: String) throws(DirectoryError) {
    let target = url.appendingPathComponent(name)
    let data: Data
    do { data = try JSON.encode(value) } catch { throw Self.unwritable(target, "\(error)") }
    try write(data, to: target)
  }

  /// Writes a file, replacing it in one piece.
  public func write(_ data: Data, to target: URL) throws(DirectoryError) {
    do throws(SystemError) { try DurableFile.replace(target, with: data) } catch {
      throw Self.unwritable(target, error.description)
    }
  }

  /// Reads the configuration as used.
  ///
  /// - Throws: `ConfigurationError` if it is missing or damaged.
  public func readConfiguration() throws(ConfigurationError) -> Configuration {
    guard FileManager.default.fileExists(atPath: configurationURL.path) else {
      throw ConfigurationError(
        description:
          "\(url.path) is not the folder of a run: it has no \(configurationURL.lastPathComponent)."
      )
    }
    return try Configuration(contentsOf: configurationURL, catalog: catalog)
  }

  func append(_ line: String, to target: URL) throws(DirectoryError) {
    do throws(SystemError) {
      try DurableFile.append(Data((line + "\n").utf8), to: target)
    } catch { throw Self.unwritable(target, error.description) }
  }

  private func unwritableEvents(_ error: any Error) -> DirectoryError {
    Self.unwritable(
      url.appendingPathComponent(EventFile.prefix + "…"), SystemError.reason(of: error))
  }

  package static func unwritable(_ url: URL, _ reason: String) -> DirectoryError {
    DirectoryError(
      description:
        "\(url.path) cannot be written (\(reason)). Check the path, its permissions and the free space.",
      isUnwritable: true)
  }
}
