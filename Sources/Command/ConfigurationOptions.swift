import ArgumentParser
import Files
import Foundation
import MetaTape

/// The options that choose a configuration.
struct ConfigurationOptions: ParsableArguments {
  @Option(help: "A preset by name; 'metatape presets' lists them.", completion: .presets)
  var preset: String?

  @Option(help: "A configuration file in YAML.", completion: .yaml)
  var config: String?

  @Option(
    name: .customLong("set"), help: "A single value, as key=value; may be repeated.",
    completion: .assignments)
  var assignments: [String] = []

  @Option(help: "The seed of every random number.")
  var seed: Int?

  @OptionGroup var threading: ThreadOptions

  var threads: Int { threading.threads }

  func validate() throws {
    if preset != nil && config != nil {
      throw ValidationError("Give either --preset or --config, not both.")
    }
    try requirePath(config, "config")
    if let seed, seed < 0 { throw ValidationError("--seed must be at least 0.") }
  }

  /// The configuration that was asked for.
  func load(default defaultPreset: String) throws -> Configuration {
    var configuration: Configuration
    if let config {
      configuration = try Configuration(
        yaml: try InputFile.text(config), file: config, catalog: MetaTapeCommand.catalog)
    } else {
      configuration = try findPreset(preset ?? defaultPreset)
    }
    try configuration.set(all: assignments)
    if let seed { configuration.seed = seed }
    return configuration
  }
}

/// The configuration of a preset, or a failure that lists those there are.
func findPreset(_ name: String) throws -> Configuration {
  guard let configuration = MetaTapeCommand.catalog.configuration(preset: name) else {
    let known = MetaTapeCommand.catalog.presets.map(\.name).joined(separator: ", ")
    throw Failure(code: 64, message: "There is no preset '\(name)'; there are \(known).")
  }
  return configuration
}

/// The folder of a run, whose configuration names components of the program's catalog.
func runDirectory(_ path: String) -> RunDirectory {
  RunDirectory(existing: URL(fileURLWithPath: path), catalog: MetaTapeCommand.catalog)
}

/// Refuses an option for a file or folder that is there, but empty: often a variable of a script that
/// was not set.
func requirePath(_ path: String?, _ option: String) throws {
  if path?.isEmpty == true { throw ValidationError("--\(option) is empty: give a path.") }
}
