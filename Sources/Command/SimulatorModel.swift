import ArgumentParser
import Foundation
import MetaTape

/// A model as it is named on the command line, with what its environment adds to it.
struct SimulatorModel {
  let model: CompiledModel
  /// The physics steps of one environment step.
  let frames: Int
  /// The weight of the control cost in Gymnasium's environment.
  let controlCost: Double

  /// The names of the models that come with the program.
  static let names = ["half-cheetah", "swimmer"]

  /// Finds a model by name, or reads it from an MJCF file.
  init(_ name: String) throws {
    switch name {
    case "half-cheetah", "half_cheetah":
      (model, frames, controlCost) = (try CompiledModel(.halfCheetah), 5, 0.1)
    case "swimmer":
      (model, frames, controlCost) = (try CompiledModel(.swimmer), 4, 1e-4)
    default:
      guard name.hasSuffix(".xml") else {
        throw Failure(
          code: 64,
          message:
            "There is no model '\(name)'; there are \(Self.names.joined(separator: ", ")), or give an MJCF file."
        )
      }
      (model, frames, controlCost) = (try CompiledModel(try MJCFLoader().load(path: name)), 1, 0)
    }
  }
}
