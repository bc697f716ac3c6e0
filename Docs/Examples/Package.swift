// swift-tools-version: 6.2

import PackageDescription

// Packages that use MetaTape, one target per tutorial. Your package would name MetaTape by its URL
// instead of this path.
let metaTape: Target.Dependency = .product(name: "MetaTape", package: "MetaTape")
let package = Package(
  name: "Examples",
  platforms: [.macOS(.v15)],
  traits: [.trait(name: "MPI", description: "Several processes share a run, by Open MPI.")],
  dependencies: [
    .package(
      name: "MetaTape", path: "../..",
      traits: [.trait(name: "MPI", condition: .when(traits: ["MPI"]))])
  ],
  targets: [
    // MARK: Tutorials
    .executableTarget(name: "WriteAPolicy", dependencies: [metaTape]),
    .testTarget(name: "WriteAPolicyTests", dependencies: ["WriteAPolicy"]),
    .target(name: "AddAnOperation", dependencies: [metaTape]),
    .testTarget(name: "AddAnOperationTests", dependencies: ["AddAnOperation"]),
    .target(name: "AddAnEnvironment", dependencies: [metaTape]),
    .testTarget(name: "AddAnEnvironmentTests", dependencies: ["AddAnEnvironment"]),
    .target(name: "AddAnEstimator", dependencies: [metaTape]),
    .testTarget(name: "AddAnEstimatorTests", dependencies: ["AddAnEstimator"]),
    .target(name: "RunAnExperiment", dependencies: [metaTape]),
    .testTarget(name: "RunAnExperimentTests", dependencies: ["RunAnExperiment"]),
    .target(name: "WriteADistribution", dependencies: [metaTape]),
    .testTarget(name: "WriteADistributionTests", dependencies: ["WriteADistribution"]),

    // MARK: The tour of the tape
    .target(name: "TourOfTheTape", dependencies: [metaTape]),
    .testTarget(name: "TourOfTheTapeTests", dependencies: ["TourOfTheTape"]),

    // MARK: Programming errors
    .testTarget(name: "MistakesTests", dependencies: [metaTape]),

    // MARK: Components of your own, with the whole command line
    .executableTarget(
      name: "OwnComponents",
      dependencies: [metaTape, .product(name: "MetaTapeCommand", package: "MetaTape")]),
    .testTarget(name: "OwnComponentsTests", dependencies: ["OwnComponents"]),

    // MARK: Snippets of other pages
    .target(
      name: "Snippets",
      dependencies: [metaTape, .product(name: "Simulator", package: "MetaTape")]),

    // MARK: Entries of the cheat-sheet
    .testTarget(name: "CheatSheetTests", dependencies: [metaTape]),
  ]
)
