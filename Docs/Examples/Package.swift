// swift-tools-version: 6.2

import PackageDescription

// Packages that use MetaTape, one target a tutorial. Yours would name MetaTape by its address
// instead of by this path.
let package = Package(
  name: "Examples",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "MetaTape", path: "../..")],
  targets: [
    .target(
      name: "AddAnOperation", dependencies: [.product(name: "MetaTape", package: "MetaTape")]),
    .testTarget(name: "AddAnOperationTests", dependencies: ["AddAnOperation"]),
    .testTarget(
      name: "AddAnEstimatorTests", dependencies: [.product(name: "MetaTape", package: "MetaTape")]),
  ]
)
