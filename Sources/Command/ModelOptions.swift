import ArgumentParser
import MetaTape

/// A model by its name or file, and what the file may include.
struct ModelOptions: ParsableArguments {
  @Argument(help: .init(stringLiteral: KnownModel.choices), completion: .models)
  var model: String

  @Option(
    help: "The folder that an MJCF file's includes must not leave (default: that of the file).",
    completion: .directory)
  var includesWithin: String?

  /// The model; prints notes on what was left out of its file.
  func known() throws -> KnownModel {
    let known = try knownModel(model, includesWithin: includesWithin)
    for note in known.notes { Console.note("\(model): \(note)") }
    return known
  }
}

/// The model of a name or an MJCF file, whose includes stay in a folder, by default its own.
func knownModel(_ name: String, includesWithin folder: String? = nil) throws -> KnownModel {
  guard let model = try KnownModel(name, includesWithin: folder) else {
    throw Failure(
      code: 64,
      message:
        "There is no model '\(name)'; there are \(KnownModel.names.joined(separator: ", ")), or give an MJCF file."
    )
  }
  return model
}
