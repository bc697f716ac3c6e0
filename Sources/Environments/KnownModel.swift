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

  /// The names of the models that come with the package.
  public static let names = ["half-cheetah", "swimmer", "walker2d", "hopper"]

  /// Finds a model by name, or reads it from an MJCF file; nil if it is neither.
  ///
  /// - Parameters:
  ///   - name: A name of ``names``, or a path that ends in .xml.
  ///   - includeFolder: The folder that a file's includes must not leave; nil for that of the file.
  /// - Throws: `MJCFError` or `ModelError` if a file is not a model that is simulated.
  public init?(_ name: String, includesWithin includeFolder: String? = nil) throws {
    guard !name.hasSuffix(".xml") else {
      let reading = try MJCFLoader(includesWithin: includeFolder).read(path: name)
      (model, frames, controlCost) = (try CompiledModel(reading.model), 1, 0)
      notes = reading.notes
      return
    }
    notes = []
    switch name {
    case "half-cheetah", "half_cheetah":
      (model, frames, controlCost) = (try CompiledModel(.halfCheetah), 5, 0.1)
    case "swimmer":
      (model, frames, controlCost) = (try CompiledModel(.swimmer), 4, 1e-4)
    case "walker2d":
      (model, frames, controlCost) = (try CompiledModel(.walker2d), 4, 1e-3)
    case "hopper":
      (model, frames, controlCost) = (try CompiledModel(.hopper), 4, 1e-3)
    default: return nil
    }
  }
}
