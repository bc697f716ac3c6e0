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
    subcommands: [Derivatives.self, MetaEpoch.self, BenchmarkSimulator.self])

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

    @Option(help: "The rows that a block of the recording aims at.")
    var blockRows = 400

    func validate() throws {
      for (name, value) in [("samples", samples), ("block-rows", blockRows)]
      where !(1...10_000_000).contains(value) {
        throw ValidationError("--\(name) must be from 1 to 10000000.")
      }
    }

    func run() async throws {
      let policy = GaussianNetworkPolicy(observationSize: 17, actionSize: 6)
      var stream = RandomStream(seed: timing.streamSeed, purpose: .other)
      let likelihood = LogLikelihood(policy)
      likelihood.parameters.value = policy.initialParameters(using: &stream)
      let observations = Matrix(rows: samples, columns: 17, elements: stream.normals(17 * samples))
      let actions = Matrix(rows: samples, columns: 6, elements: stream.normals(6 * samples))
      let weights = stream.normals(samples)
      let direction = stream.normals(policy.layout.count)
      let offsets = Array(stride(from: 0, to: samples, by: 100)) + [samples]
      let blocks = EpisodeBlock.partition(offsets, target: blockRows)
      try await timing.measure(["gradient", "hessianVectorProduct"]) {
        var gradient: [Double] = []
        let first = seconds {
          gradient = observations.withView { x in
            actions.withView {
              likelihood.recordGradient(x, $0, blocks: blocks, weights: weights)
            }
          }
        }
        var product: [Double] = []
        let second = seconds {
          product = likelihood.secondOrder(weights: weights, direction: direction) {
            _, _, tangents in
            tangents.update(repeating: 0)
          }
        }
        // the results are used, so nothing can be left out
        guard gradient[0].isFinite && product[0].isFinite else {
          throw Failure(code: 70, message: "The derivatives are not finite.")
        }
        return [first, second]
      }
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
      var trainers: [Trainer] = []
      for name in names {
        var configuration = base
        try configuration.set("estimator=\(name)")
        trainers.append(try Experiment(configuration).makeTrainer(threads: options.threads))
      }
      try await timing.measure(names) {
        var times: [Double] = []
        for trainer in trainers { times.append(try await trainer.runEpoch().seconds) }
        return times
      }
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

  func measure(
    _ names: [String], perSecond work: (name: String, count: Double)? = nil,
    _ round: () async throws -> [Double]
  ) async throws {
    try await rounds.measure(names, perSecond: work, round)
  }
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

  /// Runs rounds that give one time for each name, in seconds.
  ///
  /// - Parameters:
  ///   - names: what is timed.
  ///   - work: what a round does and how much of it, to be reported per second.
  ///   - round: measures once.
  /// - Throws: what a round throws.
  func measure(
    _ names: [String], perSecond work: (name: String, count: Double)? = nil,
    _ round: () async throws -> [Double]
  ) async throws {
    for _ in 0..<warmUp { _ = try await round() }
    if interactive {
      print("ready")
      fflush(nil)
      while readLine() != nil {
        let times = try await round()
        let fields = zip(names, times).map { "\"\($0)\": \($1)" }
        print("{\(fields.joined(separator: ", "))}")
        fflush(nil)
      }
      return
    }
    var columns = [[Double]](repeating: [], count: names.count)
    for _ in 0..<rounds {
      for (index, time) in try await round().enumerated() { columns[index].append(time) }
    }
    let results = zip(names, columns).map { Timing($0, $1, work: work?.count) }
    if json {
      Console.printJSON(try JSON.encode(Report(rounds: rounds, timings: results)))
      return
    }
    Console.printTable(
      ["quantity", "median ms", "quartiles ms"] + (work.map { ["\($0.name)/s"] } ?? []),
      results.map {
        [
          $0.name, Console.number($0.median * 1e3),
          "\(Console.number($0.quartiles[0] * 1e3)) … \(Console.number($0.quartiles[1] * 1e3))",
        ] + ($0.perSecond.map { [Console.number($0, 0)] } ?? [])
      })
    print("\n\(rounds) rounds on \(MachineFacts().summary).")
  }

  private struct Timing: Encodable {
    let name: String
    let median: Double
    let quartiles: [Double]
    let perSecond: Double?

    init(_ name: String, _ times: [Double], work: Double?) {
      let sorted = times.sorted()
      self.name = name
      median = sorted[sorted.count / 2]
      quartiles = [sorted[sorted.count / 4], sorted[3 * sorted.count / 4]]
      perSecond = work.map { [median] in $0 / median }
    }
  }

  private struct Report: Encodable {
    let schemaVersion = 1
    let unit = "seconds"
    let rounds: Int
    let machine = MachineFacts()
    let timings: [Timing]
  }
}

/// The time that a piece of work takes, in seconds.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  try ContinuousClock().measure(body) / .seconds(1)
}
