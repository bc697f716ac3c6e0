import ArgumentParser
import Files
import Foundation
import MetaTape

/// Runs a model and writes its states.
struct Simulate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Simulate a model with given or random actions and write its states.",
    discussion: """
      Example: metatape simulate half-cheetah --steps 200 --output states.csv

      Actions are read from a CSV file, one line a step, or drawn uniformly from ±1. The output, to \
      a file that ends in .csv or .npz or to standard output, has one row for each step and \
      environment: positions, velocities and controls. With --view it is a moving picture instead, a \
      page of its own: metatape simulate walker.xml --view writes walker.html.
      """)

  @OptionGroup var source: ModelOptions

  @Option(help: "The number of environment steps (default: the rows of --actions, else 200).")
  var steps: Int?

  @Option(help: "The physics steps of one environment step (default: Gymnasium's).")
  var frames: Int?

  @Option(help: "How many environments run side by side.")
  var environments = 1

  @Option(
    help: "A CSV file with the actions of each step.", completion: .file(extensions: ["csv"]))
  var actions: String?

  @Option(
    help: "The file to write, .csv or .npz; .html with --view.",
    completion: .file(extensions: ["csv", "npz", "html"]))
  var output: String?

  @Flag(help: "Write the moving picture, to MODEL.html unless --output names a file.")
  var view = false

  @Flag(help: "Solve for the minimiser instead of stopping where MuJoCo does.")
  var exact = false

  @Option(help: "The seed of the start and of random actions.")
  var seed = 1

  @Flag(help: "Print one JSON document instead of CSV.")
  var json = false

  func validate() throws {
    try requirePath(actions, "actions")
    for (name, value, most) in [
      ("steps", steps ?? 1, 1_000_000), ("environments", environments, 1_000_000),
      ("frames", frames ?? 1, 10_000),
    ] where !(1...most).contains(value) {
      throw ValidationError("--\(name) must be from 1 to \(most).")
    }
    try requireMemory(steps: steps ?? Self.defaultSteps)
    if seed < 0 { throw ValidationError("--seed must be at least 0.") }
    let endings = view ? [".html"] : [".csv", ".npz"]
    if let output, !endings.contains(where: output.hasSuffix) {
      throw ValidationError(
        "--output must end in \(endings.joined(separator: " or "))\(view ? " with --view" : "").")
    }
  }

  /// The model's name, or that of its file without folder and ending.
  private var pageName: String {
    URL(fileURLWithPath: source.model).deletingPathExtension().lastPathComponent
  }

  private static let defaultSteps = 200
  private static let greatestRows = 10_000_000

  private func requireMemory(steps: Int) throws {
    if steps * environments > Self.greatestRows {
      throw ValidationError(
        "\(steps) steps of \(environments) environments are more than \(Self.greatestRows) rows: take fewer of either."
      )
    }
  }

  func run() async throws {
    let known = try source.known()
    let given = try actions.map {
      try SimulationReport.actions(
        contentsOf: $0, motors: known.model.motorCount)
    }
    let count = steps ?? given?.count ?? Self.defaultSteps
    if let actions, let given, given.count < count {
      throw Failure(
        code: 65,
        message:
          "\(actions) has actions for \(given.count) steps, but --steps asks for \(count): give as many lines, or leave --steps out."
      )
    }
    try requireMemory(steps: count)
    let report = try SimulationReport(
      known, name: source.model, actions: given, steps: count, frames: frames,
      environments: environments,
      solver: exact ? .exact : .mujoco, seed: seed)
    if json { Console.printJSON(try report.json()) }
    if view {
      let path = output ?? "\(pageName).html"
      let page = MotionPage(report, of: known, frames: frames)
      try writeFile(Data(page.document.utf8), to: path)
      if !json { print(path) }
      return
    }
    if json && output == nil { return }
    let data =
      output?.hasSuffix(".npz") == true
      ? report.npz(environments: environments) : Data(report.csv.utf8)
    guard let output else {
      StandardOutput.write(data)
      return
    }
    try writeFile(data, to: output)
  }
}
