// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "Navigator",
  platforms: [.macOS(.v15)],
  dependencies: [
    // snippet: package
    .package(url: "https://github.com/metatape/metatape", branch: "main", traits: ["MPI"])
    // end snippet
  ],
  targets: [
    .executableTarget(
      name: "Navigator",
      dependencies: [
        // snippet: product
        .product(name: "MetaTape", package: "metatape")
        // end snippet
      ])
  ]
)
