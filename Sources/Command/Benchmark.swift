import ArgumentParser
import Foundation
import MetaTape

/// Measures how long things take.
struct Benchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure derivatives and meta-epochs.",
    discussion: """
      Example: metatape benchmark derivatives

      With --interactive, the program prints 'ready' and then measures once for every line it \
      reads, so that another program can be timed in turns with it.
      """,
    subcommands: [
      Derivatives.self, MetaEpoch.self, CurvatureProducts.self, BenchmarkSimulator.self,
    ])

  struct Derivatives: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Time the gradient and the Hessian-vector product of a Gaussian network.",
      discussion: """
        Example: taskset -c 0 metatape benchmark derivatives --samples 4000

        A network with two hidden layers of 100 and ReLU, 17 observations and 6 actions. The \
        Hessian-vector product starts from the recording that the gradient left.
        """)

    @OptionGroup var timing: TimingOptions

    @Option(help: "The number of samples.")
    var samples = 4000

    @Option(
      help: "The rows that a block of the recording aims at; twice as many in single precision.")
    var blockRows = 400

    @Option(help: "The precision of the tape.")
    var precision = Precision.double

    func validate() throws {
      for (name, value) in [("samples", samples), ("block-rows", blockRows)]
      where !(1...10_000_000).contains(value) {
        throw ValidationError("--\(name) must be from 1 to 10000000.")
      }
    }

    func run() async throws {
      try await timing.measure(
        .derivatives(
          samples: samples, blockRows: blockRows, precision: precision, seed: timing.streamSeed))
    }
  }

  struct MetaEpoch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "meta-epoch",
      abstract: "Time whole meta-epochs of SG-MRL and of MAML.",
      discussion: """
        Example: metatape benchmark meta-epoch --preset navigation-2d.published-code
        """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var timing: RoundOptions

    @Option(help: "The estimators to compare, separated by commas.", completion: .estimators)
    var estimators = "sg-mrl,maml"

    func run() async throws {
      let base = try options.load(default: "navigation-2d.published-code")
      let names = estimators.split(separator: ",").map(String.init)
      if names.isEmpty { throw Failure(code: 64, message: "--estimators names no estimator.") }
      var trainers: [(name: String, trainer: Trainer)] = []
      for name in names {
        var configuration = base
        try configuration.set("estimator=\(name)")
        let experiment = try Experiment(configuration)
        trainers.append((name, experiment.makeTrainer(threads: options.threads)))
      }
      try await timing.measure(.metaEpochs(trainers))
    }
  }

  struct CurvatureProducts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "curvature-products",
      abstract: "Time ten of TRPO's curvature products, and the sweeps that they are made of.",
      discussion: """
        Example: metatape benchmark curvature-products --set training.memory-limit=2000
        """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var timing: RoundOptions

    func run() async throws {
      let experiment = try Experiment(options.load(default: "navigation-2d.published-code"))
      try await timing.measure(
        await .curvatureProducts(experiment.makeTrainer(threads: options.threads)))
    }
  }
}

/// The options of every benchmark, with a seed.
struct TimingOptions: ParsableArguments {
  @OptionGroup var rounds: RoundOptions

  @Option(help: "The seed of the data.")
  var seed = 1

  func validate() throws {
    if seed < 0 { throw ValidationError("--seed must be at least 0.") }
  }

  var streamSeed: UInt64 { UInt64(seed) }

  func measure(_ work: TimedWork) async throws { try await rounds.measure(work) }
}

/// How often a benchmark measures and how it reports.
struct RoundOptions: ParsableArguments {
  @Option(help: "The number of rounds; the median is reported.")
  var rounds = 31

  @Option(help: "The number of rounds before the first that counts.")
  var warmUp = 3

  @Flag(help: "Measure once for every line of standard input and print JSON lines.")
  var interactive = false

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    if rounds < 1 || warmUp < 0 { throw ValidationError("--rounds must be at least 1.") }
  }

  /// Measures and prints.
  func measure(_ work: TimedWork) async throws {
    if interactive {
      for _ in 0..<warmUp { _ = try await work.round() }
      print("ready")
      fflush(nil)
      while readLine() != nil {
        let times = try await work.round()
        let fields = zip(work.names, times).map { "\"\($0)\": \($1)" }
        print("{\(fields.joined(separator: ", "))}")
        fflush(nil)
      }
      return
    }
    let report = try await BenchmarkReport(work, rounds: rounds, warmUp: warmUp)
    if json {
      Console.printJSON(try report.json())
    } else {
      print(report.text(perSecond: work.amount?.name))
    }
  }
}

extension Precision: ExpressibleByArgument {}
