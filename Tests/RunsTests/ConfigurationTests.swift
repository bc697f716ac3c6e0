import Foundation
import Testing

@testable import Runs

@Suite struct ConfigurationTests {
  @Test(arguments: Catalog.standard.presets.map(\.name))
  func everyPresetIsReadBackFromItsYAML(name: String) throws {
    let configuration = try #require(Catalog.standard.configuration(preset: name))
    #expect(try Configuration(yaml: configuration.yaml, file: "preset") == configuration)
    _ = try Experiment(configuration)
  }

  @Test func everyKeyIsThereOnceAndDocumented() {
    let known = Catalog.standard.fields
    #expect(Set(known.map(\.key)).count == known.count && known.count > 45)
    #expect(known.allSatisfy { $0.documentation.hasSuffix(".") })
    let fields = Configuration().fields
    #expect(Set(fields.map(\.key)).count == fields.count)
    #expect(Set(fields.map(\.key)).isSubset(of: known.map(\.key)))
    let yaml = Configuration().yaml
    for field in fields {
      let name = field.key.split(separator: ".").last.map(String.init) ?? ""
      let line = "\(name): \(field.yaml(Configuration()))"
      #expect(yaml.contains(line), "\(line)")
    }
  }

  /// YAML 1.1, which PyYAML reads, takes 1e-06 for text: a number needs a point, its exponent a sign.
  @Test func numbersAreThoseOfYAML11() throws {
    let number = /[-+]?(\d+|\d+\.\d*([eE][-+]\d+)?)/
    for value in [1e-6, 1e16, 1.5e-7, 3, 0.25, 1e-300, 123_456_789_012] {
      var configuration = Configuration()
      configuration.policy = GaussianNetworkOptions(standardDeviationFloor: value)
      configuration.tasks = Navigation2D(actionScale: value)
      let lines = configuration.yaml.split(separator: "\n").filter {
        $0.contains("standard-deviation-floor: ") || $0.contains("action-scale: ")
      }
      #expect(lines.count == 2)
      for line in lines {
        let text = try #require(line.split(separator: " ").last)
        #expect(text.wholeMatch(of: number) != nil, "\(text)")
        #expect(Double(text) == value)
      }
      // runs that are there keep their fingerprints, sweeps their folders
      let text = configuration.text(of: "policy.standard-deviation-floor")
      if value == 1e-6 { #expect(text == "1e-06") }
    }
  }

  @Test func encodingsOfFilesAreNamed() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("metatape-\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    let yaml = "# Größe\n" + Configuration().yaml
    for (encoding, name) in [
      (String.Encoding.utf16, "UTF-16"), (.utf16LittleEndian, "UTF-16"), (.isoLatin1, "Latin-1"),
    ] {
      let text = yaml.replacing("γ", with: "g").unicodeScalars.filter { $0.value < 256 }
      let data = try #require(String(String.UnicodeScalarView(text)).data(using: encoding))
      try data.write(to: file)
      let error = #expect(throws: ConfigurationError.self) { try Configuration(contentsOf: file) }
      #expect(error?.description.contains(name) == true, "\(error?.description ?? "")")
    }
    try Data(yaml.utf8).write(to: file)
    #expect(try Configuration(contentsOf: file) == Configuration())
  }

  /// Both keys are named, whichever was meant.
  @Test func policiesAndTasksThatDoNotGoTogetherAreNamed() {
    for (tasks, policy) in [
      ("tabular", "gaussian-network"), ("tabular", "full-covariance-gaussian-network"),
      ("navigation-2d", "softmax"), ("swimmer-direction", "categorical-network"),
    ] {
      let error = #expect(throws: ConfigurationError.self) {
        var configuration = Configuration()
        try configuration.set("environment.name=\(tasks)")
        try configuration.set("policy.kind=\(policy)")
        _ = try Experiment(configuration)
      }
      for part in ["environment.name \(tasks)", "policy.kind \(policy)"] {
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
      }
    }
  }

  @Test func valuesAreSetOneByOne() throws {
    var configuration = Configuration()
    try configuration.set("inner.step-size=0.25")
    try configuration.set("policy.hidden-sizes=[7, 8, 9]")
    try configuration.set("outer.optimizer=adam")
    try configuration.set("environment.clips-position=true")
    #expect(configuration.inner.stepSize == 0.25)
    #expect((configuration.policy as? GaussianNetworkOptions)?.hidden.sizes == [7, 8, 9])
    #expect(configuration.outer.step is AdamOptions)
    #expect((configuration.tasks as? Navigation2D)?.clipsPosition == true)
  }

  @Test(arguments: [
    ("schema-version: 1\ninner:\n  stepsize: 1", ["line 3", "inner.stepsize", "inner.step-size"]),
    ("schema-version: 1\nsomething: 1", ["line 2", "something", "preset"]),
    ("schema-version: 1\ninner:\n  steps: 1.5", ["line 3", "whole number", "'1.5'"]),
    ("schema-version: 1\ndiscount: 1.5", ["line 2", "at most 1", "'1.5'"]),
    ("schema-version: 1\ndiscount: nan", ["line 2", "'nan'"]),
    ("schema-version: 1\nestimator: sgmrl", ["line 2", "sg-mrl", "'sgmrl'"]),
    ("schema-version: 1\npolicy:\n  hidden-sizes: 100", ["line 3", "a list", "'100'"]),
    ("schema-version: 1\npolicy:\n  hidden-sizes: [0]", ["line 3", "a list"]),
    ("schema-version: 1\npolicy: 3", ["line 2", "policy"]),
    ("schema-version: 2", ["line 1", "schema-version 1"]),
    ("seed: 1", ["schema-version: 1", "missing"]),
    ("- 1\n- 2", ["keys and values"]),
    ("a: [", ["line 2", "not YAML"]),
    (
      "schema-version: 1\nseed: 1\nouter:\n  tasks: 1\nname: a\nseed: 5",
      ["lines 2 and 6", "'seed' is there twice"]
    ),
    (
      "schema-version: 1\nouter:\n  tasks: 1\n  # tasks: 3\n  episodes: 2\n  'tasks' : 2\ninner:\n  tasks: 1",
      ["lines 3 and 6", "'tasks' is there twice"]
    ),
    ("schema-version: 1\nouter: {tasks: 1, tasks: 2}", ["line 2", "'tasks' is there twice"]),
    ("schema-version: 1\n", ["names no experiment", "preset"]),
    ("schema-version: 1\nestimator: maml\nseed: 3", ["names no experiment", "environment"]),
    (
      "schema-version: 1\nenvironment:\n  name: tabular\n  control-cost: 1",
      ["line 4", "does not apply to tabular"]
    ),
    ("", ["keys and values"]),
  ])
  func badFilesAreRefusedWithLineAndAdvice(yaml: String, parts: [String]) {
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration(yaml: yaml, file: "file.yaml")
    }
    for part in parts {
      #expect(
        error?.description.contains(part) == true, "\(error?.description ?? "") lacks \(part)")
    }
    #expect(error?.description.contains("\n") == false)
  }

  @Test(arguments: ["inner.steps", "inner.steps=", "inner.steps=x", "nothing=1"])
  func badAssignmentsAreRefused(assignment: String) {
    #expect(throws: ConfigurationError.self) {
      var configuration = Configuration()
      try configuration.set(assignment)
    }
  }

  /// A value that another estimator does not look at tells no configurations apart.
  @Test func leftOutBelongsToTheJackknife() throws {
    var configuration = Configuration()
    #expect(!configuration.yaml.contains("left-out"))
    let refused = #expect(throws: ConfigurationError.self) {
      try configuration.set(all: ["outer.left-out=3"])
    }
    #expect(refused?.description.contains("sg-mrl") == true)
    try configuration.set(all: ["estimator=sg-mrl-jackknife", "outer.left-out=3"])
    #expect(configuration.yaml.contains("left-out: 3"))
    let baseline = try Experiment(configuration).settings.estimator.baseline
    #expect((baseline as? JackknifeBaseline)?.limit == 3)
    // also where it is not the configuration's own estimator
    let other = Configuration().estimator(named: "sg-mrl-jackknife")?.baseline
    #expect((other as? JackknifeBaseline)?.limit == JackknifeOptions().leftOut)
    #expect(configuration.estimator(named: "maml")?.baseline == nil)
  }

  /// A rule stands for part of a sum of scores; other estimators have none.
  @Test func complementBelongsToSumsOfScores() throws {
    var configuration = Configuration()
    try configuration.set(all: ["outer.score-weight=0.5", "outer.score-complement=lvc"])
    let estimator = try Experiment(configuration).settings.estimator
    #expect(estimator.complement is LowVarianceCurvature && estimator.scoreWeight == 0.5)
    #expect(configuration.estimator(named: "maml")?.complement == nil)
    #expect(configuration.estimator(named: "sg-mrl-own-batch")?.scoreWeight == 0.5)
    for name in ["maml", "e-maml", "first-order-sg-mrl", "sg-mrl-equation-9"] {
      let refused = #expect(throws: ConfigurationError.self) {
        var configuration = Configuration()
        try configuration.set(all: ["estimator=\(name)", "outer.score-complement=lvc"])
      }
      #expect(refused?.description.contains(name) == true)
    }
  }

  @Test func clippingBelongsToAdam() throws {
    var configuration = Configuration()
    let refused = #expect(throws: ConfigurationError.self) {
      try configuration.set(all: ["outer.clipping=3"])
    }
    #expect(refused?.description.contains("gradient-ascent") == true)
    try configuration.set(all: ["outer.optimizer=adam", "outer.clipping=3"])
    #expect((try Experiment(configuration).outerStep as? Adam)?.clipping == 3)
    try configuration.set("outer.clipping=1")
    let short = #expect(throws: ConfigurationError.self) { try Experiment(configuration) }
    #expect(short?.description.contains("above 1") == true)
  }

  /// Normalised advantages in the score's coefficient would make SG-MRL equal MAML.
  @Test func noPresetTakesTheScoreFromSignals() {
    for preset in Catalog.standard.presets {
      let configuration = preset.configuration(in: .standard)
      #expect(configuration.outer.scoreCoefficient == .meanReturn)
    }
  }

  /// Values that two components have under the same key are kept when one is exchanged for the other; the order of
  /// assignments does not matter.
  @Test func exchangedComponentsKeepWhatBothHave() throws {
    var configuration = Configuration()
    try configuration.set(all: [
      "environment.control-cost=0.5", "environment.action-scale=0.25",
      "environment.name=swimmer-velocity",
    ])
    let swimmer = try #require(configuration.tasks as? SwimmerVelocity)
    #expect(swimmer.settings.controlCost == 0.5 && swimmer.settings.actionScale == 0.25)
    try configuration.set("environment.name=navigation-2d")
    #expect((configuration.tasks as? Navigation2D)?.actionScale == 0.25)
    #expect(configuration.text(of: "environment.control-cost") == nil)
  }

  /// The same checks hold for values that a program sets.
  @Test func valuesFromSwiftAreValidated() throws {
    func expectRefusal(_ parts: [String], _ change: (inout Configuration) -> Void) {
      var configuration = Configuration()
      change(&configuration)
      let error = #expect(throws: ConfigurationError.self) { try Experiment(configuration) }
      for part in parts {
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
      }
    }
    expectRefusal(["environment.horizon", "from 1", "not 0"]) { $0.horizon = 0 }
    expectRefusal(["inner.step-size", "not nan"]) { $0.inner.stepSize = .nan }
    expectRefusal(["outer.tasks", "not -3"]) { $0.outer.tasks = -3 }
    expectRefusal(["policy.hidden-sizes", "[0]"]) {
      $0.policy = GaussianNetworkOptions(HiddenLayers([0]))
    }
    expectRefusal(["outer.score-weight", "not 2"]) {
      var estimator = PresetEstimatorOptions(.sgMRL)
      estimator.weighting.weight = 2
      $0.estimator = estimator
    }
    expectRefusal(["name", "a b"]) { $0.name = "a b" }
  }
}
