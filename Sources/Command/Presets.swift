import ArgumentParser
import Foundation
import MetaTape

/// Lists and prints the configurations that come with the program.
struct Presets: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the presets, or print one as a complete configuration file.",
    discussion: """
      Example: metatape presets show navigation-2d.paper > mine.yaml
      and then: metatape train --config mine.yaml
      """,
    subcommands: [List.self, Show.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the presets and the estimators.", discussion: "Example: metatape presets")

    @Option(help: "Accepted for uniformity; nothing here is random.")
    var seed: Int?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() throws {
      if json {
        Console.printJSON(try JSON.encode(Listing()))
        return
      }
      for preset in Preset.all { print("\(preset.name)\n    \(preset.summary)") }
      print("\nEstimators, for --set estimator=NAME:\n")
      let width = Estimator.presets.map(\.name.count).max() ?? 0
      for estimator in Estimator.presets {
        let padding = String(repeating: " ", count: width - estimator.name.count)
        print("\(estimator.name)\(padding)  \(estimator.summary)")
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a preset as a complete configuration file.",
      discussion: "Example: metatape presets show navigation-2d.paper")

    @Argument(help: "The name of the preset.", completion: .presets)
    var name: String

    @Option(help: "The seed to write into the configuration.")
    var seed: Int?

    @Flag(help: "Print one JSON document instead of YAML.")
    var json = false

    func validate() throws {
      if let seed, seed < 0 { throw ValidationError("--seed must be at least 0.") }
    }

    func run() throws {
      var configuration = try findPreset(name).configuration
      if let seed { configuration.seed = seed }
      if json {
        let values = Dictionary(
          uniqueKeysWithValues: Configuration.fields.map { ($0.key, $0.text(configuration)) })
        Console.printJSON(try JSON.encode(Shown(values: values)))
      } else {
        print(configuration.yaml, terminator: "")
      }
    }
  }
}

private struct Listing: Encodable {
  struct Entry: Encodable {
    let name: String
    let summary: String
  }
  let schemaVersion = 1
  let presets = Preset.all.map { Entry(name: $0.name, summary: $0.summary) }
  let estimators = Estimator.presets.map { Entry(name: $0.name, summary: $0.summary) }
}

private struct Shown: Encodable {
  let schemaVersion = Configuration.schemaVersion
  let values: [String: String]
}
