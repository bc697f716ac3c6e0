import Foundation

/// A page about runs: one self-contained HTML file that needs neither a network nor other files.
///
/// The page consists of sections, each a type of its own. A section with nothing to say about the
/// runs is left out.
public struct HTMLReport: Sendable {
  /// The title.
  public var title: String
  /// The sections, in the order of the page.
  public var sections: [any ReportSection]

  /// The sections that apply to any runs.
  public static let standardSections: [any ReportSection] = [
    ResultSection(), OverviewSection(), LearningCurveSection(), AdaptationSection(),
    ComparisonSection(),
    NavigationSection(), LocomotionSection(), GradientNormSection(), PhaseTimeSection(),
    ConfigurationSection(), MachineSection(),
  ]

  /// Creates a page.
  public init(title: String, sections: [any ReportSection] = Self.standardSections) {
    self.title = title
    self.sections = sections
  }

  /// A finished page.
  public struct Page: Sendable {
    /// The document.
    public let document: String
    /// The identifiers of the sections it contains.
    public let sections: [String]
  }

  /// Writes the page.
  ///
  /// - Throws: The errors of its sections: `SamplingError` if a run cannot be simulated again,
  ///   `SafeTensors.FormatError` if its parameters are damaged.
  public func page(_ context: ReportContext) async throws -> Page {
    var present: [(section: any ReportSection, content: HTML)] = []
    for section in sections {
      if let content = try await section.content(context) { present.append((section, content)) }
    }
    let links = present.map { section, _ -> HTML in
      "<li><a href=\"#\(section.identifier)\">\(section.title)</a></li>\n"
    }
    let bodies = present.map { section, content -> HTML in
      """
      <section id="\(section.identifier)" aria-labelledby="\(section.identifier)-title">
      <h2 id="\(section.identifier)-title">\(section.title)</h2>
      \(content)
      </section>

      """
    }
    let runCount = Format.count(context.runs.groups.flatMap(\.runs).count, "run")
    let document = Self.document(
      title: title,
      caption: """
        Made on \(context.date.formatted(.iso8601.year().month().day())) by MetaTape \
        \(Release.version) from \(runCount).
        """,
      navigation: """

        <nav aria-label="Sections"><ul>
        \(links)</ul></nav>
        """,
      content: "\(bodies)",
      footer: """
        Made by <code>metatape report</code>. Intervals cover the mean in 95 of 100 cases,
        by Student’s distribution over seeds, unless a caption says otherwise.
        """)
    return Page(document: document.markup, sections: present.map(\.section.identifier))
  }

  /// A page of its own, with style and scripts.
  static func document(
    title: String, caption: HTML, navigation: HTML = "", content: HTML, footer: HTML
  ) -> HTML {
    """
    <!DOCTYPE html>
    <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src \
    'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"/>
    <meta name="color-scheme" content="light dark"/>
    <title>\(title)</title>
    <link rel="icon" href="data:,"/>
    <style>
    \(HTML(markup: PageStyle.sheet))
    </style>
    </head>
    <body>
    <a class="skip" href="#content">Skip to the content</a>
    <header><h1>\(title)</h1>
    <p class="caption">\(caption)</p>\(navigation)</header>
    <main id="content">
    \(content)</main>
    <footer><p>\(footer)</p></footer>
    <script>
    //<![CDATA[
    \(HTML(markup: PageScript.program))
    //]]>
    </script>
    </body>
    </html>

    """
  }
}

/// A part of a page, with a heading and a link to it.
public protocol ReportSection: Sendable {
  /// The name of the section in links: letters and hyphens.
  var identifier: String { get }
  /// The heading.
  var title: String { get }

  /// The content below the heading; nil to leave the section out.
  func content(_ context: ReportContext) async throws -> HTML?
}

/// The data for the sections of a page.
public struct ReportContext: Sendable {
  /// The runs.
  public var runs: RunCollection
  /// The seed of the tasks that are simulated again; nil to use that of each run.
  public var seed: Int?
  /// The number of threads for simulation.
  public var threads: Int
  /// The date on the page, in UTC.
  public var date: Date
  /// Tests that several sections share.
  let fresh = FreshTests()

  /// Creates a context.
  public init(_ runs: RunCollection, seed: Int? = nil, threads: Int = 1, date: Date = Date()) {
    self.runs = runs
    self.seed = seed
    self.threads = threads
    self.date = date
  }

  /// The tasks of a group's runs.
  func tasks(of group: RunGroup) throws(ConfigurationError) -> any TaskDistribution {
    try Experiment(group.configuration).tasks
  }

  /// Adapts the newest parameters of a group's first run to the first tasks of its test again.
  ///
  /// The first run is the finished one with the lowest seed or, if none is finished, the first with
  /// a checkpoint. The tasks and episodes are those of the run's own test.
  ///
  /// - Returns: The test with trajectories; nil if there are no parameters yet.
  func replay(_ group: RunGroup, tasks: Int) async throws -> Replay? {
    for run in group.shown {
      guard let newest = try run.newestParameters() else { continue }
      var configuration = run.configuration
      configuration.test.tasks = min(tasks, configuration.test.tasks)
      if let seed { configuration.seed = seed }
      let experiment = try Experiment(configuration)
      let test = try await experiment.metaTest(
        newest.parameters, threads: threads, keepsTrajectories: true)
      let planned = run.configuration.training.epochs
      let progress = newest.epoch < planned ? ", after \(newest.epoch) of \(planned) epochs" : ""
      return Replay(
        label:
          "\(run.configuration.name), \(group.label), seed \(run.configuration.seed)\(progress)",
        test: test, experiment: experiment)
    }
    return nil
  }
}

/// A test that was run again.
struct Replay: Sendable {
  /// The run, and the number of its epochs if it is not finished.
  let label: String
  /// The test, with trajectories.
  let test: MetaTest
  /// The experiment that was tested.
  let experiment: Experiment

  /// No adaptation, and as many steps as in training, up to the number that was tested.
  var steps: [Int] {
    if test.steps == 0 { return [0] }
    let trained = min(experiment.settings.innerSteps, test.steps)
    return [0, trained > 0 ? trained : test.steps]
  }
}
