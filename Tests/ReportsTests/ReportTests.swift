// More than 300 lines: every section of a page is tested on the same few runs.

import Files
import Foundation
import RunSupport
import Testing

@testable import Reports

/// Whole pages.
@Suite struct ReportTests {
  static func page(_ runs: [URL], title: String = "Title") async throws -> HTMLReport.Page {
    let collection = try RunCollection(runs.map { try StoredRun(reading: $0) })
    return try await HTMLReport(title: title).page(ReportContext(collection, threads: 2))
  }

  /// Well-formed, and nothing in it leads elsewhere.
  static func check(_ page: HTMLReport.Page) throws {
    let outline = try PageOutline(page.document)
    for link in outline.links {
      #expect(link.hasPrefix("#") || link.hasPrefix("data:"), "\(link)")
      if link.hasPrefix("#") { #expect(outline.identifiers.contains(String(link.dropFirst()))) }
    }
    #expect(Set(outline.identifiers).count == outline.identifiers.count)
    #expect(!outline.names.contains { ["img", "iframe", "object", "embed"].contains($0) })
    let rest = page.document.replacingOccurrences(of: "http://www.w3.org/1999/xhtml", with: "")
    for outside in ["http:", "https:", "@import", "url(", "fetch(", "XMLHttpRequest"] {
      let isInside = !rest.contains(outside)
      #expect(isInside, "\(outside)")
    }
    // every figure says what it shows, every control has a name
    #expect(outline.drawingsWithoutText == 0)
    #expect(outline.controlsWithoutLabel == 0)
  }

  @Test func aPageOfRunsHoldsTheirNumbers() async throws {
    try await withTemporaryFolder { folder in
      var runs: [URL] = []
      for (estimator, seed) in [("sg-mrl", 1), ("sg-mrl", 2), ("maml", 1), ("maml", 2)] {
        let url = folder.appendingPathComponent("\(estimator)-\(seed)")
        let configuration = try SmallRun.configuration(
          "navigation-2d.quickstart", estimator: estimator, seed: seed)
        runs.append(try await SmallRun.train(configuration, in: url).url)
      }
      let title = "<script>alert('&')</script>"
      let page = try await Self.page(runs, title: title)
      try Self.check(page)
      #expect(!page.document.contains(title))
      #expect(
        page.sections == [
          "result", "runs", "learning", "adaptation", "against-maml", "navigation", "gradients",
          "time", "configurations", "machines",
        ])
      // the mean over the seeds, with its interval, and the paired difference
      let returns = try runs.map { url in
        try #require(try StoredRun(reading: url).test).rows[1].undiscountedReturn
      }
      #expect(page.document.contains(Format.estimate(Estimate(Array(returns[...1])))))
      let difference = Estimate([returns[0] - returns[2], returns[1] - returns[3]])
      #expect(page.document.contains("<td>\(Format.number(difference.mean))</td>"))
      #expect(page.document.contains("2 pairs"))
      #expect(page.document.contains(MachineFacts().blasCore))
      // a shape for each task, small at the ends of 3 episodes, before and after, in two groups
      #expect(page.document.components(separatedBy: "scale(0.6)").count - 1 == 2 * 3 * 2 * 2)
      for shape in TrajectoryPanel.shapes[..<2] { #expect(page.document.contains(shape)) }
      #expect(Set(TrajectoryPanel.shapes).count == TrajectoryPanel.Colors.onWhite.tasks.count)
    }
  }

  @Test func findingsStandAtTheTop() async throws {
    try await withTemporaryFolder { folder in
      let configuration = try SmallRun.configuration(
        "navigation-2d.quickstart", estimator: "maml", seed: 1)
      let directory = try await SmallRun.train(configuration, in: folder)
      #expect(try await !Self.page([directory.url]).document.contains("may not have learnt"))
      let line = #"{"epoch":1,"kind":"parameters-grew","message":"They grew to <b>9</b> times."}"#
      try Data("\(line)\n".utf8).write(to: directory.findingsURL)
      let page = try await Self.page([directory.url])
      try Self.check(page)
      #expect(page.document.contains("may not have learnt"))
      #expect(page.document.contains("seed 1, epoch 1: They grew to &lt;b&gt;9&lt;/b&gt; times."))
    }
  }

  @Test(arguments: ["half-cheetah-direction", "swimmer-velocity"])
  func bodiesMoveBeforeAndAfterAdaptation(task: String) async throws {
    try await withTemporaryFolder { folder in
      let configuration = try SmallRun.configuration("\(task).published-code")
      let run = try await SmallRun.train(configuration, in: folder.appendingPathComponent("run"))
      let page = try await Self.page([run.url])
      try Self.check(page)
      #expect(page.sections.contains("locomotion"))
      #expect(page.document.contains("after 1 adaptation step"))
      // the animation's frames: 12 steps of every geom, for both episodes
      let geoms = task.hasPrefix("half") ? 8 : 3
      let outline = try PageOutline(page.document)
      let animations = try outline.data.filter { $0.contains("\"episodes\"") }.map { text in
        try JSONDecoder().decode(Animation.self, from: Data(text.utf8))
      }
      #expect(!animations.isEmpty)
      for animation in animations {
        #expect(animation.episodes.count == 2)
        for episode in animation.episodes {
          #expect(episode.frames.count == 12 && episode.contacts.count == 12)
          #expect(episode.frames.allSatisfy { $0.count == 4 * geoms })
          #expect(episode.camera.count == 24)
        }
      }
      // the cheetah falls to the ground at once, the swimmer has none
      let touches = animations.flatMap(\.episodes).contains { $0.contacts.contains { $0 != 0 } }
      #expect(touches == task.hasPrefix("half"))
    }
  }

  struct Animation: Decodable {
    struct Episode: Decodable {
      let frames: [[Int]]
      let contacts: [Int]
      let camera: [Int]
    }
    let timestep: Double
    let episodes: [Episode]
  }

  @Test func aRunInProgressIsShownAndSaidSo() async throws {
    try await withTemporaryFolder { folder in
      let configuration = try SmallRun.configuration("navigation-2d.quickstart")
      let run = try await SmallRun.train(configuration, in: folder, epochs: 2)
      // its next line is being written
      try Self.append("1,2,-3", to: run.metricsURL)
      let page = try await Self.page([run.url])
      try Self.check(page)
      #expect(page.document.contains("1 run in progress"))
      #expect(page.document.contains("2 of 3 epochs"))
      #expect(page.sections.contains("learning") && !page.sections.contains("adaptation"))
      // there is no result yet
      #expect(!page.sections.contains("result"))
    }
  }

  /// The newest checkpoint of a run in progress moves, and its epochs are said.
  @Test func checkpointsOfARunInProgressMove() async throws {
    try await withTemporaryFolder { folder in
      let configuration = try SmallRun.configuration("half-cheetah-direction.published-code")
      let run = try await SmallRun.train(configuration, in: folder, epochs: 2)
      let before = try await Self.page([run.url])
      #expect(!before.sections.contains("locomotion"))
      let experiment = try Experiment(configuration)
      let trainer = experiment.makeTrainer(threads: 2)
      for _ in 0..<2 { _ = try await trainer.runEpoch() }
      let checkpoint = Checkpoint(await trainer.state)
      try run.writeCheckpoint(checkpoint, for: experiment)
      let page = try await Self.page([run.url])
      try Self.check(page)
      #expect(page.sections.contains("locomotion"))
      #expect(page.document.contains("seed 1, after 2 of 3 epochs: go "))
      // one that is cut off is as if it were not there
      let url = run.checkpointURL(epoch: 2)
      try Data(try Data(contentsOf: url).dropLast(8)).write(to: url)
      #expect(try StoredRun(reading: run.url).newestParameters() == nil)
    }
  }

  @Test func damagedRunsAreRefusedByFileAndLine() async throws {
    try await withTemporaryFolder { folder in
      let configuration = try SmallRun.configuration("navigation-2d.quickstart")
      let run = try await SmallRun.train(configuration, in: folder)
      func error(_ name: String, _ content: String) throws -> String {
        let url = folder.appendingPathComponent(name)
        let kept = try Data(contentsOf: url)
        try Data(content.utf8).write(to: url)
        let error = #expect(throws: StoredRun.ReadError.self) { try StoredRun(reading: folder) }
        try kept.write(to: url)
        return error?.description ?? ""
      }
      let metrics = try String(contentsOf: run.metricsURL, encoding: .utf8)
      #expect(
        try error("metrics.csv", metrics.replacingOccurrences(of: "\n1,1,", with: "\n1,x,"))
          .contains("metrics.csv, line 3"))
      #expect(try error("metrics.csv", String(metrics.dropLast(4))).contains("cut off"))
      let short = metrics.split(separator: "\n").prefix(3).joined(separator: "\n") + "\n"
      #expect(try error("metrics.csv", short).contains("2 of 3 epochs"))
      #expect(
        try error("metrics.csv", metrics.replacingOccurrences(of: "return_after", with: "other"))
          .contains("'return_after'"))
      #expect(try error("metrics.csv", "").contains("metrics.csv"))
      #expect(try error("test.json", "{").contains("test.json"))
      #expect(try error("machine.json", "[]").contains("machine.json"))
      #expect(try error("configuration.yaml", "seed: 1").contains("configuration.yaml"))
      _ = try StoredRun(reading: folder)
    }
  }

  @Test func theSameRunDoesNotCountTwice() async throws {
    try await withTemporaryFolder { folder in
      let configuration = try SmallRun.configuration("navigation-2d.quickstart")
      let run = try StoredRun(
        reading: try await SmallRun.train(configuration, in: folder, epochs: 1).url)
      #expect(throws: RunCollection.ConflictError.self) { try RunCollection([run, run]) }
    }
  }

  @Test func groupsAreNamedByWhatSetsThemApart() async throws {
    try await withTemporaryFolder { folder in
      var runs: [StoredRun] = []
      for (index, (estimator, size)) in [("maml", 0.1), ("sg-mrl", 0.2), ("sg-mrl", 0.1)]
        .enumerated()
      {
        var configuration = try SmallRun.configuration(
          "navigation-2d.quickstart", estimator: estimator)
        configuration.inner.stepSize = size
        let url = folder.appendingPathComponent("\(index)")
        runs.append(
          try StoredRun(
            reading: try await SmallRun.train(configuration, in: url, epochs: 1).url))
      }
      #expect(
        try RunCollection(runs).groups.map(\.label) == [
          "sg-mrl, inner.step-size 0.1", "sg-mrl, inner.step-size 0.2", "maml",
        ])
    }
  }

  @Test func outerStepsStandBesideEachOther() async throws {
    try await withTemporaryFolder { folder in
      var runs: [URL] = []
      for step in ["trpo", "promp", "adam"] {
        var configuration = try SmallRun.configuration("navigation-2d.quickstart", estimator: "lvc")
        try configuration.set("outer.step=\(step)")
        let url = folder.appendingPathComponent(step)
        runs.append(try await SmallRun.train(configuration, in: url).url)
      }
      let page = try await Self.page(runs)
      try Self.check(page)
      for step in ["trpo", "promp", "adam"] {
        #expect(page.document.contains("outer.optimizer \(step)"), "\(step)")
      }
    }
  }

  /// Ten seeds of four estimators with 500 epochs each stay well below five megabytes.
  @Test func longTrainingIsThinned() async throws {
    try await withTemporaryFolder { folder in
      var runs: [URL] = []
      for estimator in ["sg-mrl", "maml", "e-maml", "lvc"] {
        for seed in 1...10 {
          var configuration = try SmallRun.configuration(
            "navigation-2d.quickstart", estimator: estimator, seed: seed)
          configuration.training.epochs = 500
          let url = folder.appendingPathComponent("\(estimator)-\(seed)")
          let run = try RunDirectory(creating: url, for: configuration, replaces: false)
          let rows = (0..<500).map { epoch in
            let noise = 0.1 * Double((epoch * 7919 + seed * 104_729) % 101)
            return "1,\(epoch)" + String(repeating: ",\(noise)", count: Metrics.columns.count - 1)
          }
          try Self.append(rows.joined(separator: "\n") + "\n", to: run.metricsURL)
          runs.append(url)
        }
      }
      let page = try await Self.page(runs)
      try Self.check(page)
      #expect(page.document.utf8.count < 500_000)
      #expect(page.document.contains("Each point is the mean of 4 epochs"))
    }
  }

  static func append(_ text: String, to url: URL) throws {
    let handle = try FileHandle(forWritingTo: url)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }
}

/// What a page is made of, as an XML parser reads it.
struct PageOutline: XMLHandler {
  var names: [String] = []
  var links: [String] = []
  var identifiers: [String] = []
  var labelled: Set<String> = []
  var controls: [[String: String]] = []
  var drawingsWithoutText = 0
  var data: [String] = []
  private var isData = false

  var controlsWithoutLabel: Int { controls.count { !labelled.contains($0["id"] ?? "") } }

  init() {}

  init(_ document: String) throws {
    let faultyLine = XMLReader.read(Array(document.utf8), into: &self)
    #expect(faultyLine == nil)
  }

  mutating func open(_ name: String, _ attributes: [String: String], line: Int) -> Bool {
    names.append(name)
    links += ["href", "src", "xlink:href"].compactMap { attributes[$0] }
    identifiers += [attributes["id"]].compactMap(\.self)
    if name == "label" { labelled.insert(attributes["for"] ?? "") }
    if name == "input" { controls.append(attributes) }
    if name == "svg", attributes["role"] != "img" || attributes["aria-label"] == nil {
      drawingsWithoutText += 1
    }
    isData = attributes["type"] == "application/json"
    if isData { data.append("") }
    return true
  }

  mutating func text(_ part: String) {
    if isData { data[data.count - 1] += part }
  }

  mutating func close(_ name: String) { isData = false }
}

extension ReportTests {
  static let study = """
    {"schema_version": 1, "name": "a<b", "seed": 3, "threads": 1, "reference": "sg-mrl",
    "machine": {"schema_version": 1, "blas_core": "Zen", "blas": "OpenBLAS", "processor": "x",
    "processor_count": 2, "system": "Linux"},
    "studies": [{"sweep": "inner.steps", "value": "2", "meta_batches": 3, "tasks": 2,
    "learning_meta_batches": 0, "seconds": 1, "accuracy": 0.1, "gradient_norm": {"value": 0.5, "low": 0.5, "high": 0.5}, "is_exact": true,
    "rows": [{"estimator": "sg-mrl", "declared_unbiased": true,
    "variance": {"value": 4557, "low": 4000, "high": 5000},
    "variance_ratio": {"value": 1, "low": 1, "high": 1},
    "squared_bias": {"value": 0.1, "low": null, "high": null}, "shows_bias": false,
    "relative_bias": {"value": 0.25, "low": 0, "high": "inf"},
    "signal_to_noise": {"value": 0.1, "low": 0, "high": 0.2},
    "cosine": {"value": 0.5, "low": 0.4, "high": 0.6},
    "seconds_per_estimate": 0.0021, "chains_needed": null}]}]}
    """

  @Test func studiesStandBesideRuns() async throws {
    try await withTemporaryFolder { folder in
      let configuration = try SmallRun.configuration("navigation-2d.quickstart")
      let run = try await SmallRun.train(
        configuration, in: folder.appendingPathComponent("run"), epochs: 1)
      let file = folder.appendingPathComponent("study.json")
      try Data(Self.study.utf8).write(to: file)
      let section = try StudySection(reading: file, number: 1)
      let collection = try RunCollection([try StoredRun(reading: run.url)])
      let page = try await HTMLReport(
        title: "t", sections: HTMLReport.standardSections + [section]
      ).page(ReportContext(collection))
      try Self.check(page)
      #expect(page.sections.last == "study-1")
      for text in [
        "a&lt;b, inner.steps = 2", "4557", "0.250 (0 … ∞)", "never", "0.500, enumerated",
      ] {
        #expect(page.document.contains(text), "\(text)")
      }
      for damaged in ["{}", "", Self.study.replacingOccurrences(of: "\"variance\"", with: "\"x\"")]
      {
        try Data(damaged.utf8).write(to: file)
        let error = #expect(throws: StudySection.ReadError.self) {
          try StudySection(reading: file, number: 1)
        }
        #expect(error?.description.contains("study.json") == true)
      }
    }
  }
}
