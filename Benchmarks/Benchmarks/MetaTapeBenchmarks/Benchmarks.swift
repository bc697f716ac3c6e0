import Benchmark

/// All benchmarks, one group per file.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .instructions], warmupIterations: 3, maxDuration: .seconds(2),
    maxIterations: 1000)
  addOperationBenchmarks()
  addPolicyBenchmarks()
  addEstimatorBenchmarks()
  addSimulatorBenchmarks()
  addMetaEpochBenchmarks()
}
