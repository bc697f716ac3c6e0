// swift-tools-version: 6.2

import PackageDescription

// Settings of every target, with the reason of each.
var settings: [SwiftSetting] = [
  // an existential costs a dynamic call: it has to be visible
  .enableUpcomingFeature("ExistentialAny")
]
#if arch(x86_64)
// AVX2 and FMA: without them a vector loop runs at a quarter of the speed or less
settings.append(.unsafeFlags(["-Xcc", "-march=x86-64-v3"]))
#endif

let package = Package(
  name: "MetaTape",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "MetaTape", targets: ["MetaTape"]),
    .library(name: "Autodiff", targets: ["Autodiff"]),
    .library(name: "Simulator", targets: ["Simulator"]),
    .library(name: "MetaTapeCommand", targets: ["MetaTapeCommand"]),
    .executable(name: "metatape", targets: ["metatape"]),
  ],
  traits: [
    .trait(name: "MPI", description: "Several processes share a run, by Open MPI.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // MARK: Checks
    .target(name: "Requirements"),

    // MARK: Threads and intervals
    .target(name: "Scheduling"),
    .target(name: "Statistics", dependencies: ["CLibrary"]),

    // MARK: The system, reading and writing
    .target(name: "CLibrary"),
    .systemLibrary(
      name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"]), .brew(["expat"])]),
    .target(name: "Files", dependencies: ["CExpat", "CLibrary", "Requirements"]),

    // MARK: What components are configured by
    .target(name: "Components", dependencies: ["Requirements"]),

    // MARK: Numerics
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
    .target(name: "LinearAlgebra", dependencies: ["COpenBLAS", "Requirements"]),
    .target(name: "RandomNumbers", dependencies: ["LinearAlgebra"]),
    .target(name: "Autodiff", dependencies: ["CLibrary", "LinearAlgebra"]),

    // MARK: Several processes
    .systemLibrary(
      name: "COpenMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev", "openmpi-bin"])]),
    .target(
      name: "MessagePassing",
      dependencies: [
        "Requirements", .target(name: "COpenMPI", condition: .when(traits: ["MPI"])),
      ]),

    // MARK: Meta-reinforcement learning
    .target(
      name: "Policies",
      dependencies: ["Autodiff", "CLibrary", "Components", "Files", "RandomNumbers"]),
    .target(
      name: "TensorFiles", dependencies: ["Files", "MessagePassing", "Policies", "Requirements"]),
    .target(name: "Simulator", dependencies: ["CLibrary", "Files", "Requirements"]),
    .target(
      name: "Verification",
      dependencies: ["Files", "LinearAlgebra", "Policies", "Simulator"]),
    .target(
      name: "Environments",
      dependencies: ["CLibrary", "Components", "LinearAlgebra", "RandomNumbers", "Simulator"]),
    .target(
      name: "Rollouts", dependencies: ["Components", "Environments", "Policies", "Requirements"]),
    .target(
      name: "SGMRL",
      dependencies: [
        "CLibrary", "Components", "MessagePassing", "Rollouts", "Scheduling", "Statistics",
      ]),
    .target(name: "Theory", dependencies: ["CLibrary", "SGMRL"]),
    .target(
      name: "Certification",
      dependencies: [
        "CLibrary", "Files", "SGMRL", "Scheduling", "Statistics", "TensorFiles", "Theory",
      ]),

    // MARK: Runs and what people see
    .target(name: "Experiments", dependencies: ["Files", "SGMRL"]),
    .target(
      name: "Findings",
      dependencies: [
        "CLibrary", "Certification", "Experiments", "Files", "Simulator", "Verification",
      ]),
    .target(
      name: "Runs",
      dependencies: ["Experiments", "Files", "Findings", "Scheduling", "TensorFiles", "Yams"]),
    .target(name: "Terminal", dependencies: ["CLibrary", "Files", "MessagePassing", "Runs"]),
    .target(
      name: "Reports",
      dependencies: ["CLibrary", "Files", "Findings", "Runs", "Simulator", "Terminal", "Theory"]),
    .target(
      name: "Reproduction",
      dependencies: ["Files", "Reports", "Requirements", "Runs", "Scheduling", "Statistics"]),
    .target(
      name: "MetaTape",
      dependencies: [
        "Autodiff", "Certification", "Components", "Environments", "Experiments", "Findings",
        "MessagePassing", "Policies", "Reports", "Reproduction", "Rollouts", "Runs", "SGMRL",
        "Statistics", "Theory", "Verification",
      ],
      path: "Sources/Umbrella"),
    .target(
      name: "MetaTapeCommand",
      dependencies: [
        "Files", "MetaTape", "Scheduling", "Terminal",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Command"),
    .executableTarget(name: "metatape", dependencies: ["MetaTapeCommand"]),

    // MARK: What other languages call
    .target(name: "CMetaTape"),
    .target(
      name: "CInterface",
      dependencies: [
        "CLibrary", "CMetaTape", "Certification", "Environments", "Experiments", "Files",
        "Findings",
        "LinearAlgebra", "Policies", "Requirements", "Simulator",
      ]),

    // MARK: Tests
    .target(name: "CAllocationCounter", path: "Tests/Support/CAllocationCounter"),
    .testTarget(name: "FilesTests", dependencies: ["CLibrary", "Files"]),
    .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra"]),
    .testTarget(name: "RandomNumbersTests", dependencies: ["RandomNumbers"]),
    .testTarget(
      name: "AutodiffTests", dependencies: ["Autodiff", "RandomNumbers", "CAllocationCounter"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "PoliciesTests", dependencies: ["Policies", "CAllocationCounter"]),
    .testTarget(
      name: "SimulatorTests", dependencies: ["Simulator"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "VerificationTests", dependencies: ["LinearAlgebra", "Simulator", "Verification"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "EnvironmentsTests", dependencies: ["CAllocationCounter", "Environments", "Simulator"]),
    .testTarget(name: "MessagePassingTests", dependencies: ["MessagePassing"]),
    .testTarget(name: "SchedulingTests", dependencies: ["Scheduling"]),
    .testTarget(name: "ReproductionTests", dependencies: ["Files", "Reproduction", "Runs"]),
    .testTarget(name: "StatisticsTests", dependencies: ["RandomNumbers", "Statistics"]),
    .target(
      name: "RolloutSupport", dependencies: ["Rollouts"], path: "Tests/Support/RolloutSupport"),
    .testTarget(name: "RolloutsTests", dependencies: ["RolloutSupport", "Rollouts"]),
    .target(
      name: "ChainSupport", dependencies: ["MessagePassing", "SGMRL"],
      path: "Tests/Support/ChainSupport"),
    .testTarget(
      name: "SGMRLTests",
      dependencies: ["ChainSupport", "MessagePassing", "RolloutSupport", "SGMRL"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "TheoryTests", dependencies: ["ChainSupport", "SGMRL", "Theory"]),
    .testTarget(
      name: "CertificationTests", dependencies: ["Certification", "ChainSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "FindingsTests", dependencies: ["Findings"]),
    .target(name: "RunSupport", dependencies: ["Runs"], path: "Tests/Support/RunSupport"),
    .testTarget(
      name: "RunsTests",
      dependencies: [
        "ChainSupport", "Files", "MessagePassing", "Runs", "RunSupport", "Simulator",
      ],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "ReportsTests", dependencies: ["Files", "Reports", "RunSupport"]),
    .testTarget(
      name: "CInterfaceTests",
      dependencies: ["CInterface", "CMetaTape", "Environments", "Experiments", "Policies"]),
    .testTarget(
      name: "CommandTests", dependencies: ["metatape", "MetaTapeCommand", "Runs", "RunSupport"],
      resources: [.copy("Fixtures")]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + settings
}

// Only building the documentation needs the plugin: users do not resolve it. The plugin builds with
// every trait, so there the trait and what it looks for are left out.
if Context.environment["METATAPE_DOCS"] != nil {
  package.dependencies.append(
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
  package.traits = []
  package.targets.removeAll { $0.name == "COpenMPI" }
  package.targets.first { $0.name == "MessagePassing" }?.dependencies = ["Requirements"]
}
