import Foundation
import Policies

/// A trainer's state as a file, from which a run goes on to the bit.
///
/// The file is in the safetensors format. The parameters have their own names, so that it can be
/// read wherever parameters are; the moments of Adam are `optimizer.firstMoment.NAME` and
/// `optimizer.secondMoment.NAME`, the baseline's memory is `baselineMemory: [1, n]`. Its metadata
/// hold the version, name, seed, epoch, a fingerprint of the configuration, the processor family of
/// OpenBLAS's kernels, what the watch over training remembers if that is anything, and a checksum of the whole file with the checksum's digits as zeros.
public struct Checkpoint: Equatable, Sendable {
  /// The version of the files.
  public static let schemaVersion = TrainerState.schemaVersion

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
  /// - Throws: ``SafeTensors/FormatError`` if the file is damaged, of another version, or belongs to
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
    guard version == "\(Self.schemaVersion)" else {
      throw document.fail(
        "is a checkpoint of version \(version); this program reads version \(Self.schemaVersion).")
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
    guard let epoch = metadata[Key.epoch].flatMap(Int.init),
      let steps = metadata[Key.optimizerSteps].flatMap(Int.init),
      let momentCount = metadata[Key.moments].flatMap(Int.init),
      let memoryCount = metadata[Key.memory].flatMap(Int.init), steps >= 0, memoryCount >= 0
    else { throw document.fail("is damaged: its metadata are not complete.") }
    // absent where there is nothing to remember, and from older files
    guard let health = metadata[Key.health].map(TrainingHealth.init) ?? TrainingHealth() else {
      throw document.fail("is damaged: its health is '\(metadata[Key.health] ?? "")'.")
    }
    let layout = experiment.policy.layout
    guard momentCount == 0 || momentCount == layout.count else {
      throw document.fail("has \(momentCount) moments for \(layout.count) parameters.")
    }
    let vector = try document.vector(
      Self.layout(layout, hasMoments: momentCount > 0, memoryCount: memoryCount))
    var rest = vector[...]
    func take(_ count: Int) -> [Double] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    let parameters = take(layout.count)
    let moments = (take(momentCount), take(momentCount))
    state = TrainerState(
      seed: UInt64(configuration.seed), epoch: epoch, parameters: parameters,
      optimizer: experiment.outerStep.taken(
        stepCount: steps, firstMoment: moments.0, secondMoment: moments.1),
      baselineMemory: take(memoryCount), health: health)
    blasCore = metadata[Key.blasCore] ?? "unknown"
  }

  /// The bytes of the file.
  ///
  /// - Throws: What the JSON encoder throws.
  public func encoded(for experiment: Experiment) throws -> Data {
    let (configuration, optimizer) = (experiment.configuration, state.optimizer)
    let layout = Self.layout(
      experiment.policy.layout, hasMoments: !optimizer.firstMoment.isEmpty,
      memoryCount: state.baselineMemory.count)
    var metadata = [
      Key.format: Self.format, Key.schemaVersion: "\(Self.schemaVersion)",
      Key.name: configuration.name, Key.seed: "\(state.seed)", Key.epoch: "\(state.epoch)",
      Key.configuration: configuration.fingerprint, Key.blasCore: blasCore,
      Key.optimizerSteps: "\(optimizer.stepCount)",
      Key.moments: "\(optimizer.firstMoment.count)",
      Key.memory: "\(state.baselineMemory.count)", Key.checksum: Self.noChecksum,
    ]
    if state.health != TrainingHealth() { metadata[Key.health] = "\(state.health)" }
    var data = try SafeTensors.encode(
      state.parameters + optimizer.firstMoment + optimizer.secondMoment + state.baselineMemory,
      layout, metadata: metadata)
    let checksum = Self.checksum(data)
    if let place = Self.checksumPlace(data) {
      data.replaceSubrange(place, with: Data(checksum.utf8))
    }
    return data
  }

  private enum Key {
    static let (format, schemaVersion, name) = ("format", "schema_version", "name")
    static let (seed, epoch, configuration) = ("seed", "epoch", "configuration")
    static let (blasCore, optimizerSteps) = ("blas_core", "optimizer_steps")
    static let (moments, memory) = ("moment_count", "baseline_memory_count")
    static let (checksum, health) = ("checksum", "health")
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

  /// The blocks of a checkpoint, in the order of its flat vector.
  private static func layout(
    _ parameters: ParameterLayout, hasMoments: Bool, memoryCount: Int
  ) -> ParameterLayout {
    var layout = parameters
    if hasMoments {
      for moment in ["firstMoment", "secondMoment"] {
        for block in parameters.blocks {
          layout.add(
            "optimizer.\(moment).\(block.name)", rows: block.rows, columns: block.columns)
        }
      }
    }
    if memoryCount > 0 { layout.add("baselineMemory", rows: 1, columns: memoryCount) }
    return layout
  }
}
