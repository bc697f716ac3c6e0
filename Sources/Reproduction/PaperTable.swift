import Requirements
import Runs

/// A table of the paper, or of tasks beyond it: its cells, the lines of each, and what was published.
///
/// - Source: Fallah et al. (2021), tables 1 and 2.
public struct PaperTable: Sendable {
  /// A number of the paper with the spread that stands beside it.
  public struct Published: Sendable {
    /// The mean return at the meta-test.
    public let value: Double
    /// What stands behind ±.
    public let spread: Double
  }

  /// One experiment.
  public struct Cell: Sendable {
    /// The preset's name.
    public let preset: String
    /// The inner steps in training and the adaptation steps at the test, `ζ`.
    public let innerSteps: Int
    /// The paper's numbers by the names of ``Line``; SG-MRL's stands at each of its lines.
    public let published: [String: Published]
    /// Values beside the preset's for some lines, by the lines' names and their keys: each method has the best of
    /// as many tries.
    public var settings: [String: [String: String]] = [:]

    /// What it is called in files.
    public var name: String { innerSteps == 1 ? preset : "\(preset),inner.steps=\(innerSteps)" }
  }

  /// One algorithm.
  public struct Line: Sendable {
    /// The name in files and options.
    public let name: String
    /// What it is, for the table.
    public let title: String
    /// The estimator's name.
    public let estimator: String
    /// What its score is multiplied by.
    public let coefficient: ScoreCoefficient
    /// Values beside the estimator's that make it, by their keys.
    public var settings: [String: String] = [:]

    /// Whether it is one of the lines of SG-MRL.
    public var isSGMRL: Bool { estimator.hasPrefix("sg-mrl") }
  }

  /// The name in files and commands.
  public let name: String
  /// What it shows.
  public let title: String
  /// The experiments.
  public let cells: [Cell]
  /// The algorithms, in the order of the table; the one called `maml` is what others are compared
  /// with.
  public let lines: [Line]

  /// Every line that there is.
  public static let allLines = [
    Line(
      name: "sg-mrl-as-published", title: "SG-MRL, coefficient of normalised advantages",
      estimator: Estimator.sgMRL.name, coefficient: .meanSignal),
    Line(
      name: "sg-mrl", title: "SG-MRL, raw coefficient", estimator: Estimator.sgMRL.name,
      coefficient: .meanReturn),
    Line(
      name: "sg-mrl-control-variate", title: "SG-MRL, control variate",
      estimator: Estimator.sgMRLControlVariate.name, coefficient: .meanReturn),
    Line(
      name: "sg-mrl-jackknife", title: "SG-MRL, jackknife",
      estimator: Estimator.sgMRLJackknife.name, coefficient: .meanReturn),
    Line(
      name: "lvc", title: "Low-variance curvature", estimator: Estimator.lvc.name,
      coefficient: .meanReturn),
    Line(
      name: "lvc-past", title: "Low-variance curvature with earlier steps",
      estimator: Estimator.lvcPast.name, coefficient: .meanReturn),
    Line(
      name: "maml", title: "MAML", estimator: Estimator.maml.name, coefficient: .meanReturn),
    Line(
      name: "promp", title: "ProMP", estimator: Estimator.lvc.name, coefficient: .meanReturn,
      settings: [
        "outer.optimizer": "promp", "outer.normalizes": "true", "outer.average": "samples",
        "training.memory-limit": "4000",
      ]),
    Line(
      name: "trpo", title: "MAML with TRPO", estimator: Estimator.maml.name,
      coefficient: .meanReturn,
      settings: [
        "outer.optimizer": "trpo", "outer.normalizes": "true", "outer.average": "samples",
        "training.memory-limit": "4000",
      ]),
    Line(
      name: "e-maml", title: "E-MAML", estimator: Estimator.eMAML.name, coefficient: .meanReturn),
  ]

  /// Table 1: 2D navigation.
  public static let table1 = PaperTable(
    name: "table-1", title: "Table 1: 2D navigation, return after one adaptation step",
    cells: ["published-code", "paper", "recommended"].compactMap { variant in
      let name = "navigation-2d.\(variant)"
      guard let preset = Catalog.standard.configuration(preset: name) else { return nil }
      return Cell(
        preset: name, innerSteps: preset.inner.steps,
        published: lines(
          sgMRL: Published(value: -16.901, spread: 0.699),
          maml: Published(value: -17.767, spread: 0.106),
          eMAML: Published(value: -17.803, spread: 0.115)))
    }, lines: allLines)

  /// Table 2: locomotion.
  public static let table2: PaperTable = {
    // half-cheetah direction and velocity, swimmer velocity; with 1, 2 and 3 inner steps
    let numbers: [[(sgMRL: (Double, Double), maml: (Double, Double))]] = [
      [
        ((580.143, 38.22), (465.624, 54.07)), ((580.203, 33.63), (441.247, 58.34)),
        ((504.747, 45.07), (477.086, 64.71)),
      ],
      [
        ((-91.73, 0.34), (-92.92, 0.70)), ((-52.64, 6.86), (-56.71, 6.73)),
        ((-33.39, 0.67), (-32.48, 0.50)),
      ],
      [
        ((118.77, 9.99), (104.53, 24.18)), ((134.57, 1.67), (108.47, 23.36)),
        ((110.91, 12.56), (90.60, 14.99)),
      ],
    ]
    let rows = Array(zip(Preset.locomotionNames, numbers))
    let published = rows.flatMap { task, values in
      values.enumerated().map { index, value in
        Cell(
          preset: "\(task).published-code", innerSteps: index + 1,
          published: lines(
            sgMRL: Published(value: value.sgMRL.0, spread: value.sgMRL.1),
            maml: Published(value: value.maml.0, spread: value.maml.1)))
      }
    }
    // the best of MAML's tries, where it is not the preset's
    let forMAML = [["inner.gae-decay": "0.997"], [:], [:]]
    let recommended = zip(rows, forMAML).flatMap { row, settings in
      row.1.indices.map {
        Cell(
          preset: "\(row.0).recommended", innerSteps: $0 + 1, published: [:],
          settings: settings.isEmpty ? [:] : ["maml": settings])
      }
    }
    return PaperTable(
      name: "table-2", title: "Table 2: locomotion, return after as many steps as in training",
      cells: recommended + published, lines: allLines.filter { $0.name != "e-maml" })
  }()

  /// Tasks of other papers, with presets that learn.
  public static let tasks = PaperTable(
    name: "tasks", title: "Other tasks of the field, return after as many steps as in training",
    cells: [
      "walker2d-direction", "hopper-random-parameters", "sparse-point-robot", "bernoulli-bandit",
      "gaussian-bandit", "random-mdp",
    ].compactMap { task in
      let name = "\(task).recommended"
      return Catalog.standard.configuration(preset: name).map {
        Cell(preset: name, innerSteps: $0.inner.steps, published: [:])
      }
    }, lines: allLines.filter { ["sg-mrl-jackknife", "lvc", "maml"].contains($0.name) })

  /// The tables that can be reproduced.
  public static let all = [table1, table2, tasks]

  private static func lines(
    sgMRL: Published, maml: Published, eMAML: Published? = nil
  ) -> [String: Published] {
    var result = ["maml": maml]
    for line in allLines where line.isSGMRL { result[line.name] = sgMRL }
    result["e-maml"] = eMAML
    return result
  }
}

extension PaperTable.Cell {
  /// The length of training that the preset has.
  var epochs: Int { presetConfiguration.training.epochs }

  private var presetConfiguration: Configuration { Configuration(knownPreset: preset) }

  /// The configuration of a line's run.
  ///
  /// - Parameters:
  ///   - line: the algorithm.
  ///   - seed: of every random number.
  ///   - epochs: the length of training; the preset's if nil.
  /// - Returns: The preset with these values.
  public func configuration(
    _ line: PaperTable.Line, seed: Int, epochs: Int? = nil
  ) -> Configuration {
    var configuration = presetConfiguration
    configuration.choose(estimator: line.estimator)
    configuration.outer.scoreCoefficient = line.coefficient
    configuration.inner.steps = innerSteps
    configuration.set(known: line.settings.merging(settings[line.name] ?? [:]) { $1 })
    configuration.seed = seed
    if let epochs { configuration.training.epochs = epochs }
    return configuration
  }
}

extension Configuration {
  /// A preset that there is.
  init(knownPreset name: String) {
    guard let configuration = Catalog.standard.configuration(preset: name) else {
      requirementFailure("There is no preset '\(name)'.")
    }
    self = configuration
  }

  /// Sets values that fit, by their keys.
  mutating func set(known settings: [String: String]) {
    do {
      try set(
        all: settings.sorted { $0.key < $1.key }.map {
          Assignment($0, .scalar($1), place: "\($0)=\($1)")
        })
    } catch { requirementFailure("\(error)") }
  }
}
