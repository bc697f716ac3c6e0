import Simulator

/// A model by its name or file, with what Gymnasium's environment adds to it.
public struct KnownModel: Sendable {
  /// The model.
  public let model: CompiledModel
  /// The physics steps of one environment step.
  public let frames: Int
  /// The weight of the control cost in the environment's reward.
  public let controlCost: Double

  /// The names of the models that come with the package.
  public static let names = [
    "half-cheetah", "swimmer", "walker2d", "hopper", "inverted-pendulum",
    "inverted-double-pendulum", "reacher",
  ]

  /// Finds a model by name, or reads it from an MJCF file; nil if it is neither.
  ///
  /// - Throws: `MJCFError` or `ModelError` if a file is not a model that is simulated.
  public init?(_ name: String) throws {
    switch name {
    case "half-cheetah", "half_cheetah":
      (model, frames, controlCost) = (try CompiledModel(.halfCheetah), 5, 0.1)
    case "swimmer":
      (model, frames, controlCost) = (try CompiledModel(.swimmer), 4, 1e-4)
    case "walker2d":
      (model, frames, controlCost) = (try CompiledModel(.walker2d), 4, 1e-3)
    case "hopper":
      (model, frames, controlCost) = (try CompiledModel(.hopper), 4, 1e-3)
    case "inverted-pendulum":
      (model, frames, controlCost) = (try CompiledModel(.invertedPendulum), 2, 0)
    case "inverted-double-pendulum":
      (model, frames, controlCost) = (try CompiledModel(.invertedDoublePendulum), 5, 0)
    case "reacher":
      (model, frames, controlCost) = (try CompiledModel(.reacher), 2, 1)
    default:
      guard name.hasSuffix(".xml") else { return nil }
      (model, frames, controlCost) = (try CompiledModel(MJCFLoader().load(path: name)), 1, 0)
    }
  }
}
