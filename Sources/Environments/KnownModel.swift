import CLibrary
import Simulator

/// A model by its name or file, with what Gymnasium's environment adds to it.
public struct KnownModel: Sendable {
  /// The model.
  public let model: CompiledModel
  /// The physics steps of one environment step.
  public let frames: Int
  /// The weight of the control cost in the environment's reward.
  public let controlCost: Double
  /// What was left out of a file because it does not change the motion.
  public let notes: [MJCFNote]
  /// Identifies the content of the model's file; empty for a model that comes with the package.
  public let fingerprint: String
  /// Whether it was read from a file.
  public var isFile: Bool { !fingerprint.isEmpty }

  /// A model that comes with the package.
  private struct Row {
    let name: String
    let model: PlanarModel
    let frames: Int
    let controlCost: Double
  }

  private static let rows = [
    Row(name: "half-cheetah", model: .halfCheetah, frames: 5, controlCost: 0.1),
    Row(name: "swimmer", model: .swimmer, frames: 4, controlCost: 1e-4),
    Row(name: "walker2d", model: .walker2d, frames: 4, controlCost: 1e-3),
    Row(name: "hopper", model: .hopper, frames: 4, controlCost: 1e-3),
    Row(name: "inverted-pendulum", model: .invertedPendulum, frames: 2, controlCost: 0),
    Row(
      name: "inverted-double-pendulum", model: .invertedDoublePendulum, frames: 5, controlCost: 0),
    Row(name: "reacher", model: .reacher, frames: 2, controlCost: 1),
  ]

  /// The names of the models that come with the package.
  public static var names: [String] { rows.map(\.name) }

  /// What may be given, in words.
  public static var choices: String { names.joined(separator: ", ") + ", or an MJCF file." }

  /// That of the environment of the process.
  private static var includeFolder: String? {
    getenv("METATAPE_INCLUDES_WITHIN").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Finds a model by name, or reads it from an MJCF file; nil if it is neither.
  ///
  /// - Parameters:
  ///   - name: A name of ``names``, or a path that ends in .xml.
  ///   - includeFolder: The folder that a file's includes must not leave; nil for that of the environment
  ///     variable `METATAPE_INCLUDES_WITHIN`, or that of the file.
  /// - Throws: `MJCFError` or `ModelError` if a file is not a model that is simulated.
  public init?(_ name: String, includesWithin includeFolder: String? = nil) throws {
    if let row = Self.rows.first(where: { $0.name == name.replacing("_", with: "-") }) {
      (model, frames) = (try CompiledModel(row.model), row.frames)
      (controlCost, notes, fingerprint) = (row.controlCost, [], "")
      return
    }
    guard name.hasSuffix(".xml") else { return nil }
    let folder = includeFolder ?? Self.includeFolder
    let reading = try MJCFLoader(includesWithin: folder).read(path: name)
    (model, frames, controlCost) = (try CompiledModel(reading.model), 1, 0)
    (notes, fingerprint) = (reading.notes, reading.fingerprint)
  }
}
