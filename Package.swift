// swift-tools-version: 6.2

import PackageDescription

// Settings of every target, with the reason of each.
var settings: [SwiftSetting] = [
  // an existential costs a dynamic call: it has to be visible
  .enableUpcomingFeature("ExistentialAny"),
]
#if arch(x86_64)
// AVX2 and FMA: without them a vector loop runs at a quarter of the speed or less
settings.append(.unsafeFlags(["-Xcc", "-march=x86-64-v3"]))
#endif

let package = Package(
  name: "MetaTape",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Autodiff", targets: ["Autodiff"]),
    .library(name: "SGMRL", targets: ["SGMRL"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // MARK: Numerics
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
    .target(name: "LinearAlgebra", dependencies: ["COpenBLAS"]),
    .target(name: "RandomNumbers", dependencies: ["LinearAlgebra"]),
    .target(name: "Autodiff", dependencies: ["LinearAlgebra"]),

    // MARK: Meta-reinforcement learning
    .target(name: "Policies", dependencies: ["Autodiff", "RandomNumbers"]),
    .target(name: "Environments", dependencies: ["LinearAlgebra", "RandomNumbers"]),
    .target(name: "SGMRL", dependencies: ["Policies", "Environments"]),

    // MARK: Tests
    .testTarget(name: "EnvironmentsTests", dependencies: ["Environments"]),
    .testTarget(name: "SGMRLTests", dependencies: ["SGMRL"], resources: [.copy("Fixtures")]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + settings
}
