// swift-tools-version: 6.2

import PackageDescription

// A separate package, so that users of MetaTape do not resolve the benchmark library.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "MetaTape", path: ".."),
    // no traits: the interposers of memory and runtime calls are not needed
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "MetaTapeBenchmarks",
      dependencies: [
        .product(name: "MetaTape", package: "MetaTape"),
        .product(name: "Simulator", package: "MetaTape"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/MetaTapeBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ]
)
