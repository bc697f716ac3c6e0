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
      abstract: "List the presets and the components of the catalog.",
      discussion: "Example: metatape presets")

    @Option(help: "Accepted for uniformity; nothing here is random.")
    var seed: Int?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() throws {
      if json {
        Console.printJSON(try CatalogListing(MetaTapeCommand.catalog).json())
        return
      }
      let catalog = MetaTapeCommand.catalog
      for preset in catalog.presets { print("\(preset.name)\n    \(preset.summary)") }
      show(catalog.estimators, "Estimators, for --set estimator=NAME:")
      show(catalog.tasks, "Tasks, for --set environment.name=NAME:")
      show(catalog.policies, "Policies, for --set policy.kind=NAME:")
      show(catalog.outerSteps, "Outer steps, for --set outer.step=NAME:")
    }

    private func show(_ components: [any ComponentOptions], _ heading: String) {
      print("\n\(heading)\n")
      let width = components.map(\.name.count).max() ?? 0
      for component in components {
        let padding = String(repeating: " ", count: width - component.name.count)
        print("\(component.name)\(padding)  \(component.summary)")
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
      var configuration = try findPreset(name)
      if let seed { configuration.seed = seed }
      if json {
        Console.printJSON(try ConfigurationListing(configuration).json())
      } else {
        print(configuration.yaml, terminator: "")
      }
    }
  }
}
