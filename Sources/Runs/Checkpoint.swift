import Files
import Foundation
import MessagePassing
import Policies

/// A trainer's state as a file, from which a run resumes with bit-identical results.
///
/// The file is in the safetensors format. The parameters have their own names, so that it can be
/// read wherever parameters are; the state of other components is `outer-step.NAME`, `baseline.NAME`
/// and `health.NAME`. Its metadata hold the version, name, seed, epoch, a fingerprint of the
/// configuration, the processor family of OpenBLAS's kernels, and a checksum of the whole file with the
/// checksum's digits as zeros. Files of version 1 are read as well.
public struct Checkpoint: Equatable, Sendable {
  /// The version of the files.
  public static let schemaVersion = 2

  /// The trainer's state.
  public let state: TrainerState
  /// The processor family whose kernels OpenBLAS used.
  public internal(set) var blasCore: String

  /// A checkpoint of a state on this machine.
  public init(_ state: TrainerState) {
    self.state = state
    blasCore = BLAS.coreName
  }

  /// Reads a checkpoint of a configuration.
  ///
  /// - Throws: `SafeTensors.FormatError` if the file is damaged, of another version, or belongs to
  ///   another configuration or policy.
  public init(
    contentsOf url: URL, of experiment: Experiment
  ) throws(SafeTensors.FormatError) {
    let document = try SafeTensors.Document(contentsOf: url)
    let metadata = document.metadata
    guard metadata[Key.format] == Self.format else {
      throw document.fail("is not a checkpoint.")
    }
    let version = metadata[Key.schemaVersion] ?? "?"
    guard let number = Int(version), (1...Self.schemaVersion).contains(number) else {
      throw document.fail(
        "is a checkpoint of version \(version); this program reads versions 1 to \(Self.schemaVersion): resume with the program that made it, or begin the run anew."
      )
    }
    var data = document.data
    guard let checksum = metadata[Key.checksum], let place = Self.checksumPlace(data) else {
      throw document.fail("is damaged: it has no checksum.")
    }
    data.replaceSubrange(place, with: Data(Self.noChecksum.utf8))
    let found = Self.checksum(data)
    guard found == checksum else {
      throw document.fail("is damaged: its checksum is \(found) instead of \(checksum).")
    }
    let configuration = experiment.configuration
    guard metadata[Key.configuration] == configuration.fingerprint,
      metadata[Key.seed] == "\(configuration.seed)"
    else {
      throw document.fail(
        "belongs to another configuration, of '\(metadata[Key.name] ?? "?")' with seed \(metadata[Key.seed] ?? "?")."
      )
    }
    guard let epoch = metadata[Key.epoch].flatMap(Int.init) else {
      throw document.fail("is damaged: its metadata are not complete.")
    }
    let layout = experiment.policy.layout
    let parameters = try document.vector(layout)
    let arrays =
      number == 1 ? try Version1.arrays(document, layout) : try document.arrays()
    guard let health = TrainingHealth(arrays.removingPrefix(Prefix.health)) else {
      throw document.fail("is damaged: what the watch over training remembers is not readable.")
    }
    var step = experiment.outerStep
    let outerStep = arrays.removingPrefix(Prefix.outerStep)
    do { try step.restore(outerStep, layout: layout) } catch {
      throw document.fail("cannot be used: \(error.description)")
    }
    state = TrainerState(
      seed: UInt64(configuration.seed), epoch: epoch, parameters: parameters,
      outerStepSummary: step.summary, outerStep: outerStep,
      baselineMemory: arrays.removingPrefix(Prefix.baseline), health: health)
    blasCore = metadata[Key.blasCore] ?? "unknown"
  }

  /// The bytes of the file.
  ///
  /// - Throws: What the JSON encoder throws.
  public func encoded(for experiment: Experiment) throws -> Data {
    let configuration = experiment.configuration
    var arrays = NamedArrays(state.parameters, experiment.policy.layout)
    arrays.merge(state.outerStep, prefix: Prefix.outerStep)
    arrays.merge(state.baselineMemory, prefix: Prefix.baseline)
    arrays.merge(state.health.state, prefix: Prefix.health)
    var data = try SafeTensors.encode(
      arrays,
      metadata: [
        Key.format: Self.format, Key.schemaVersion: "\(Self.schemaVersion)",
        Key.name: configuration.name, Key.seed: "\(state.seed)", Key.epoch: "\(state.epoch)",
        Key.configuration: configuration.fingerprint, Key.blasCore: blasCore,
        Key.checksum: Self.noChecksum,
      ])
    let checksum = Self.checksum(data)
    if let place = Self.checksumPlace(data) {
      data.replaceSubrange(place, with: Data(checksum.utf8))
    }
    return data
  }

  private enum Key {
    static let (format, schemaVersion, name) = ("format", "schema_version", "name")
    static let (seed, epoch, configuration) = ("seed", "epoch", "configuration")
    static let (blasCore, checksum) = ("blas_core", "checksum")
  }

  /// What the names of the components' arrays begin with.
  enum Prefix {
    static let outerStep = "outer-step."
    static let baseline = "baseline."
    static let health = "health."
  }

  private static let format = "metatape-checkpoint"
  private static let noChecksum = String(repeating: "0", count: 16)

  /// Where the digits of the checksum stand.
  private static func checksumPlace(_ data: Data) -> Range<Data.Index>? {
    guard let key = data.range(of: Data("\"\(Key.checksum)\":\"".utf8)),
      key.upperBound + noChecksum.utf8.count <= data.endIndex
    else { return nil }
    return key.upperBound..<key.upperBound + noChecksum.utf8.count
  }

  private static func checksum(_ data: Data) -> String {
    var fingerprint = Fingerprint()
    fingerprint.add(data)
    return fingerprint.text
  }
}
