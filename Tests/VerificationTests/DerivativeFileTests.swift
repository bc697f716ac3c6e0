import Foundation
import LinearAlgebra
import Testing
import Verification

/// Reference derivatives from JAX, and files that are not what they should be.
@Suite("Reference derivatives")
struct DerivativeFileTests {
  private func fixture() throws -> URL {
    try #require(
      Bundle.module.url(forResource: "derivatives", withExtension: "json", subdirectory: "Fixtures")
    )
  }

  @Test("agree with the tape to 1e-11 in every case")
  func agreement() throws {
    let file = try DerivativeFile(contentsOf: fixture())
    #expect(file.cases.count == 8)
    for reference in file.cases {
      let errors = reference.verify()
      #expect(errors.largest <= 1e-11, "\(errors)")
      #expect(errors.name == reference.name)
    }
  }

  @Test("agree with the tape in single precision to 2e-5, and to no more digits than it has")
  func singlePrecision() throws {
    for reference in try DerivativeFile(contentsOf: fixture()).cases {
      let errors = reference.verify(precision: .single)
      #expect(errors.passes(tolerance: DerivativeFile.tolerance(.single)), "\(errors)")
      for error in errors.all {
        #expect(error.difference <= 2e-5 * (1 + error.scale) && error.difference > 0, "\(errors)")
      }
    }
  }

  /// Which of the four errors has to see a change of each key.
  static let perturbations:
    [(key: String, error: @Sendable (DerivativeFile.Errors) -> ScaledDifference)] = [
      ("logProbabilities", { $0.logProbabilities }),
      ("logProbabilityTangents", { $0.logProbabilityTangents }),
      ("gradient", { $0.gradient }),
      ("hessianVectorProduct", { $0.hessianVectorProduct }),
    ]

  @Test("a number that is wrong by 1e-8 is reported", arguments: perturbations.indices)
  func perturbation(_ index: Int) throws {
    let (key, error) = Self.perturbations[index]
    for parity in 0..<2 {
      let file = try damaged { cases in
        for number in stride(from: parity, to: cases.count, by: 2) {
          cases[number][key] = perturbed(cases[number][key])
        }
      }
      for (number, reference) in file.cases.enumerated() {
        let errors = reference.verify()
        #expect((errors.largest > 1e-11) == (number % 2 == parity), "\(errors)")
        #expect((error(errors).relativeExcess > 1e-11) == (number % 2 == parity), "\(errors)")
      }
    }
  }

  /// A vector, or the last of named blocks, with one number changed.
  private func perturbed(_ value: Any?) -> Any? {
    switch value {
    case var vector as [Double]:
      vector[0] += 1e-8 * (1 + vector[0].magnitude)
      return vector
    case var rows as [[Double]]:
      rows[0] = perturbed(rows[0]) as? [Double] ?? []
      return rows
    case var blocks as [String: Any]:
      if let name = blocks.keys.max() { blocks[name] = perturbed(blocks[name]) }
      return blocks
    default: return nil
    }
  }

  /// The floor costs a sweep for each sample: it is found only where a verdict depends on it.
  @Test("the rounding floor is computed where a sum exceeds the tolerance")
  func floors() throws {
    for reference in try DerivativeFile(contentsOf: fixture()).cases {
      let (loose, strict) = (reference.verify(), reference.verify(tolerance: 0))
      #expect(loose.gradient.floor == 0 && loose.hessianVectorProduct.floor == 0)
      for (a, b) in [
        (loose.gradient, strict.gradient),
        (loose.hessianVectorProduct, strict.hessianVectorProduct),
      ] {
        #expect(a.difference == b.difference && a.scale == b.scale)
        #expect(b.verdict(tolerance: 0) != .differs)
      }
      #expect(strict.gradient.floor > 0 && strict.hessianVectorProduct.floor > 0)
      #expect(strict.passes(tolerance: 0) == strict.all.prefix(2).allSatisfy { $0.difference == 0 })
    }
  }

  /// Directions and weights of another unit, as a caller may have them.
  static let units: [(direction: Double, weights: Double)] = [
    (1e-9, 1), (1e9, 1), (1, 1e-9), (1, 1e9), (1e-12, 1e-12), (0x1p-40, 0x1p40),
  ]

  @Test("verdicts do not depend on the units of direction and weights", arguments: units)
  func scales(_ unit: (direction: Double, weights: Double)) throws {
    func scaled(_ value: Any, _ factor: Double) -> Any {
      switch value {
      case let list as [Any]: return list.map { scaled($0, factor) }
      case let blocks as [String: Any]: return blocks.mapValues { scaled($0, factor) }
      case let number as Double: return factor * number
      default: return value
      }
    }
    /// The file in other units, with one number of one key wrong by a part of 1e-8 of the largest.
    func file(wrong key: String?) throws -> DerivativeFile {
      try damaged { cases in
        for index in cases.indices {
          for (key, factor) in [
            ("direction", unit.direction), ("logProbabilityTangents", unit.direction),
            ("weights", unit.weights), ("gradient", unit.weights),
            ("hessianVectorProduct", unit.weights * unit.direction),
          ] { cases[index][key] = cases[index][key].map { scaled($0, factor) } }
          if let key { cases[index][key] = cases[index][key].map { scaled($0, 1 + 1e-8) } }
        }
      }
    }
    for reference in try file(wrong: nil).cases {
      let errors = reference.verify()
      #expect(errors.passes(tolerance: 1e-11), "\(errors)")
    }
    for (key, error) in Self.perturbations {
      for reference in try file(wrong: key).cases {
        let errors = reference.verify()
        #expect(!errors.passes(tolerance: 1e-11), "\(key): \(errors)")
        #expect(error(errors).verdict(tolerance: 1e-11) == .differs)
      }
    }
  }

  @Test("a missing key is named with its place", arguments: ["weights", "policy", "gradient"])
  func missingKey(_ key: String) throws {
    let text = try message { $0[2][key] = nil }
    #expect(text.contains("'\(key)' is missing at 'cases[2]'"))
  }

  @Test("wrong shapes name the case and the block")
  func wrongShape() throws {
    var text = try message { cases in
      var parameters = cases[1]["parameters"] as? [String: Any] ?? [:]
      parameters["bias0"] = [1.0, 2]
      cases[1]["parameters"] = parameters
    }
    #expect(text.contains("case 1") && text.contains("'bias0' of 'parameters'"))
    #expect(text.contains("[1, 24]"))
    text = try message { cases in
      var direction = cases[2]["direction"] as? [String: Any] ?? [:]
      direction["weight0"] = nil
      cases[2]["direction"] = direction
    }
    #expect(text.contains("case 2") && text.contains("'direction' has no block 'weight0'"))
    text = try message { $0[3]["observations"] = [[1.0, 2]] }
    #expect(text.contains("case 3") && text.contains("'observations'"))
    text = try message { $0[3]["actions"] = [[Double]](repeating: [1, 2], count: 16) }
    #expect(text.contains("case 3") && text.contains("'actions' should have the shape [16, 1]"))
    text = try message { $0[4]["logProbabilities"] = [0.5] }
    #expect(text.contains("case 4") && text.contains("'logProbabilities' should have 20 elements"))
    text = try message { $0[4]["weights"] = [Double]() }
    #expect(text.contains("case 4"))
  }

  @Test("wrong types name the place")
  func wrongType() throws {
    #expect(try message { $0[5]["weights"] = "many" }.contains("cases[5].weights"))
    #expect(try message { $0[5]["weights"] = [1.0, NSNull()] }.contains("cases[5].weights"))
    let text = try message { cases in
      var gradient = cases[6]["gradient"] as? [String: Any] ?? [:]
      gradient["bias0"] = "none"
      cases[6]["gradient"] = gradient
    }
    #expect(text.contains("cases[6].gradient.bias0"))
  }

  @Test("unknown policies and impossible sizes name what is known")
  func unknownPolicy() throws {
    func change(_ key: String, _ value: Any) throws -> String {
      try message { cases in
        var policy = cases[0]["policy"] as? [String: Any] ?? [:]
        policy[key] = value
        cases[0]["policy"] = policy
      }
    }
    var text = try change("kind", "transformer")
    #expect(text.contains("case 0") && text.contains("'transformer'"))
    #expect(text.contains("gaussian-mlp") && text.contains("softmax"))
    text = try change("activation", "gelu")
    #expect(text.contains("case 0") && text.contains("'gelu'") && text.contains("tanh"))
    #expect(try change("hidden", [0]).contains("case 0"))
    #expect(try change("observation", -3).contains("case 0"))
  }

  @Test("an action that is no action is refused", arguments: [-1.0, 3, 0.5, 1e30])
  func impossibleAction(_ action: Double) throws {
    for number in [6, 7] {
      let text = try message { cases in
        var actions = cases[number]["actions"] as? [[Double]] ?? []
        actions[5][0] = number == 7 && action == 3 ? 4 : action
        cases[number]["actions"] = actions
      }
      #expect(text.contains("case \(number)") && text.contains("row 5"))
    }
  }

  @Test("files that are absent, empty, no JSON, or hold NaN")
  func unreadable() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let absent = folder.appending(path: "absent.json")
    #expect(try message(of: absent).contains(absent.path))
    let original = try String(contentsOf: fixture(), encoding: .utf8)
    let contents = [
      "", "{", "[]", "{\"cases\": 3}", "{\"cases\": []}",
      String(original.prefix(original.count / 2)),
      original.replacingOccurrences(of: "\"weights\": [", with: "\"weights\": [NaN, "),
      original.replacingOccurrences(of: "\"weights\": [", with: "\"weights\": [1e999, "),
    ]
    for (index, content) in contents.enumerated() {
      let url = folder.appending(path: "damaged-\(index).json")
      try content.write(to: url, atomically: true, encoding: .utf8)
      #expect(try message(of: url).contains(url.lastPathComponent))
    }
  }

  // MARK: Damaged copies

  private func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// Reads a copy of the fixture after a change of its cases.
  private func damaged(_ change: (inout [[String: Any]]) -> Void) throws -> DerivativeFile {
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: fixture()))
    var root = try #require(object as? [String: Any])
    var cases = try #require(root["cases"] as? [[String: Any]])
    change(&cases)
    root["cases"] = cases
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "damaged.json")
    try JSONSerialization.data(withJSONObject: root).write(to: url)
    return try DerivativeFile(contentsOf: url)
  }

  /// The message of the error that a damaged copy must give.
  private func message(_ change: (inout [[String: Any]]) -> Void) throws -> String {
    let error = #expect(throws: DerivativeFile.ReadError.self) { _ = try damaged(change) }
    return error?.description ?? ""
  }

  private func message(of url: URL) throws -> String {
    let error = #expect(throws: DerivativeFile.ReadError.self) {
      _ = try DerivativeFile(contentsOf: url)
    }
    return error?.description ?? ""
  }
}
