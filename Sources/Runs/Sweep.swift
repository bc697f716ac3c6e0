import Files
import Foundation
import Yams

/// Many runs from one file: every combination of some values of a configuration, for some seeds.
///
/// | key | content |
/// |---|---|
/// | `schema-version` | 1 |
/// | `preset` or `configuration` | a preset's name, or a file, relative to the sweep's |
/// | `output` | the folder that gets a folder for each run |
/// | `seeds` | a list; the configuration's own seed if left out |
/// | `set` | keys of the configuration with their values |
/// | `matrix` | keys of the configuration, each with a list of values |
/// | `parallel` | how many runs go on side by side (1) |
/// | `threads` | of each run |
public struct Sweep: Sendable {
  /// The version of the files.
  public static let schemaVersion = 1
  /// The most runs that a file may describe.
  public static let greatestCount = 10_000

  /// The folder of the runs' folders, if the file names it.
  public private(set) var output: String?
  /// How many runs go on side by side.
  public private(set) var parallel = 1
  /// The threads of each run, if the file says.
  public private(set) var threads: Int?
  /// The name of each run's folder with its configuration: later keys vary faster, seeds fastest.
  public private(set) var runs: [(name: String, configuration: Configuration)] = []

  /// Reads a file.
  ///
  /// - Throws: `ConfigurationError` with the line for text that is not YAML, unknown keys, and
  ///   values that cannot be used or do not go together.
  public init(
    contentsOf url: URL, catalog: Catalog = .standard
  ) throws(ConfigurationError) {
    let text: String
    do { text = try InputFile.text(url.path) } catch {
      throw ConfigurationError(description: error.description)
    }
    var reader = SweepReader(file: url.path)
    try reader.read(text)
    (output, parallel, threads) = (reader.output, reader.parallel, reader.threads)
    runs = try reader.combinations(
      of: try Self.base(reader, catalog, relativeTo: url.deletingLastPathComponent()))
  }

  /// The runs as plans in the folders of an output folder.
  public func plans(in output: URL) -> [RunPlan] {
    runs.map {
      RunPlan(
        name: $0.name, configuration: $0.configuration, url: output.appendingPathComponent($0.name)
      )
    }
  }

  private static func base(
    _ reader: SweepReader, _ catalog: Catalog, relativeTo folder: URL
  ) throws(ConfigurationError) -> Configuration {
    func fail(_ what: String) -> ConfigurationError {
      ConfigurationError(description: "\(reader.file): \(what)")
    }
    switch (reader.preset, reader.configuration) {
    case (let name?, nil):
      guard let configuration = catalog.configuration(preset: name) else {
        let known = catalog.presets.map(\.name).joined(separator: ", ")
        throw fail("there is no preset '\(name)'; there are \(known).")
      }
      return configuration
    case (nil, let path?):
      let url = URL(fileURLWithPath: path, relativeTo: folder)
      return try Configuration(contentsOf: url, catalog: catalog)
    default: throw fail("give either 'preset' or 'configuration'.")
    }
  }
}

/// The content of a sweep's file.
private struct SweepReader {
  let file: String
  var preset: String?
  var configuration: String?
  var output: String?
  var seeds: [Int] = []
  var parallel = 1
  var threads: Int?
  var settings: [Assignment] = []
  var matrix: [[Assignment]] = []

  init(file: String) { self.file = file }

  mutating func read(_ text: String) throws(ConfigurationError) {
    guard let mapping = try YAMLDocument.mapping(text, file: file) else {
      throw ConfigurationError(description: "\(file) should hold keys and values.")
    }
    var hasVersion = false
    for (keyNode, node) in mapping {
      let place = Configuration.place(file, keyNode)
      func text() throws(ConfigurationError) -> String {
        guard let text = node.scalar?.string, !text.isEmpty else {
          throw expected("text", place, keyNode)
        }
        return text
      }
      switch keyNode.string {
      case "schema-version":
        guard node.scalar?.string == "\(Sweep.schemaVersion)" else {
          throw ConfigurationError(
            description: "\(place): this program reads schema-version \(Sweep.schemaVersion).")
        }
        hasVersion = true
      case "preset": preset = try text()
      case "configuration": configuration = try text()
      case "output": output = try text()
      case "parallel": parallel = try count(node, place, keyNode)
      case "threads": threads = try count(node, place, keyNode)
      case "seeds":
        let numbers = node.sequence?.compactMap { $0.scalar.flatMap { Int($0.string) } } ?? []
        guard !numbers.isEmpty, numbers.count == node.sequence?.count,
          numbers.allSatisfy({ $0 >= 0 })
        else { throw expected("a list of whole numbers from 0, such as [1, 2, 3]", place, keyNode) }
        seeds = numbers
      case "set":
        guard let values = node.mapping else {
          throw expected("keys of a configuration with values", place, keyNode)
        }
        for (key, value) in values { settings.append(try assignment(key, value)) }
      case "matrix":
        guard let values = node.mapping else {
          throw expected("keys of a configuration with lists of values", place, keyNode)
        }
        for (key, list) in values { matrix.append(try choices(key, list)) }
      default:
        throw ConfigurationError(
          description:
            "\(place): there is no key '\(keyNode.string ?? "?")'; there are schema-version, preset, configuration, output, seeds, matrix, set, parallel and threads."
        )
      }
    }
    guard hasVersion else {
      throw ConfigurationError(
        description: "\(file): the key 'schema-version: \(Sweep.schemaVersion)' is missing.")
    }
  }

  /// Every combination, with a name for its folder.
  func combinations(
    of base: Configuration
  ) throws(ConfigurationError) -> [(name: String, configuration: Configuration)] {
    var combinations: [[Assignment]] = [[]]
    let seeds = seeds.isEmpty ? [base.seed] : seeds
    for choices in matrix {
      guard combinations.count * choices.count * seeds.count <= Sweep.greatestCount else {
        throw ConfigurationError(
          description: "\(file) describes more than \(Sweep.greatestCount) runs.")
      }
      combinations = combinations.flatMap { start in choices.map { start + [$0] } }
    }
    var result: [(name: String, configuration: Configuration)] = []
    var names: Set<String> = []
    for combination in combinations {
      var configuration = base
      var parts: [String] = []
      try configuration.set(all: settings + combination)
      for choice in combination {
        parts.append(Self.folderPart(choice.key, configuration.text(of: choice.key) ?? ""))
      }
      _ = try Experiment(configuration)
      for seed in seeds {
        configuration.seed = seed
        let name = (parts + [Self.folderPart("seed", "\(seed)")]).joined(separator: ",")
        guard names.insert(name).inserted else {
          throw ConfigurationError(
            description: "\(file): the run \(name) is there twice; leave out the second value.")
        }
        result.append((name, configuration))
      }
    }
    return result
  }

  /// A key and its value in the name of a folder, such as `inner.steps=2`.
  private static func folderPart(_ key: String, _ value: String) -> String {
    let words = value.split { !($0.isLetter || $0.isNumber || ".-+".contains($0)) }
    return "\(key)=\(words.joined(separator: "-"))"
  }

  private func assignment(
    _ key: Node, _ value: Node
  ) throws(ConfigurationError) -> Assignment {
    let place = Configuration.place(file, key)
    let name = key.string ?? "?"
    guard name != "seed" else {
      throw ConfigurationError(description: "\(place): give seeds under the key 'seeds'.")
    }
    return Assignment(name, value.fieldValue, place: place)
  }

  private func choices(_ key: Node, _ list: Node) throws(ConfigurationError) -> [Assignment] {
    guard let values = list.sequence, !values.isEmpty else {
      throw expected("a list of values", Configuration.place(file, key), key)
    }
    var result: [Assignment] = []
    for value in values { result.append(try assignment(key, value)) }
    return result
  }

  private func count(_ node: Node, _ place: String, _ key: Node) throws(ConfigurationError) -> Int {
    guard let text = node.scalar?.string, let number = Int(text), (1...1024).contains(number) else {
      throw expected("a whole number from 1 to 1024", place, key)
    }
    return number
  }

  private func expected(_ kind: String, _ place: String, _ key: Node) -> ConfigurationError {
    ConfigurationError(description: "\(place): '\(key.string ?? "?")' should be \(kind).")
  }
}
