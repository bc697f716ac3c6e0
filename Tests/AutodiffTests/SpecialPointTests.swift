import Autodiff
import Foundation
import Testing

/// Every operation at kinks, zeros, infinities, NaN and the ends of the range of numbers, against
/// values with 50 digits.
@Suite("Special points")
struct SpecialPointTests {
  /// A row of `Fixtures/special-points.json`; the script beside it says what the fields mean.
  struct Row: Decodable, Sendable, CustomTestStringConvertible {
    struct Product: Decodable {
      let direction: [Double]
      let product: [String]
    }
    let function: String
    let point: [String]
    let value: String
    let gradient: [String]
    let products: [Product]
    let ulps: Double
    let absolute: Double?
    let why: String?
    var testDescription: String { "\(function) at \(point.joined(separator: ", "))" }
  }

  static let rows: [Row] = {
    guard
      let url = Bundle.module.url(
        forResource: "special-points", withExtension: "json", subdirectory: "Fixtures"),
      let data = try? Data(contentsOf: url)
    else { return [] }
    return (try? JSONDecoder().decode([Row].self, from: data)) ?? []
  }()

  @Test("value, gradient and second derivatives", arguments: rows)
  func derivatives(_ row: Row) throws {
    let function = try #require(SpecialFunctions.all[row.function]).function
    let point = row.point.compactMap { Double($0) }
    try #require(point.count == row.point.count)
    let (value, gradient) = function.valueWithGradient(at: point)
    expect([value], [row.value], row, "value")
    if row.gradient.isEmpty { return }
    expect(gradient, row.gradient, row, "gradient")
    for (k, x) in row.gradient.enumerated() where row.products.count >= point.count {
      // the tangent sweep gives the gradient's elements one by one
      var unit = [Double](repeating: 0, count: point.count)
      unit[k] = 1
      let tangent = function.jacobianVectorProduct(at: point, direction: unit).elements
      expect(tangent, [x], row, "tangent \(k)")
    }
    for (k, expected) in row.products.enumerated() {
      let product = function.hessianVectorProduct(at: point, direction: expected.direction)
      expect(product, expected.product, row, "second derivatives along direction \(k)")
    }
  }

  /// Numbers within the row's tolerance, infinities and NaN exactly.
  private func expect(_ found: [Double], _ expected: [String], _ row: Row, _ what: String) {
    let right = expected.map { Double($0) ?? .signalingNaN }
    let isRight =
      found.count == right.count
      && zip(found, right).allSatisfy { found, right in
        if right.isNaN { return found.isNaN }
        if found == right { return true }
        if right.isInfinite || !found.isFinite { return false }
        return (found - right).magnitude <= row.ulps * right.ulp + (row.absolute ?? 0)
      }
    #expect(isRight, "\(what): \(found) instead of \(expected)")
  }

  @Test("every row without a limit or NaN is computed, every other says why")
  func reasons() {
    #expect(Self.rows.count > 250)
    for row in Self.rows {
      let numbers = [row.value] + row.gradient + row.products.flatMap(\.product)
      if row.point.contains(where: { Double($0)?.isFinite != true }) || numbers.contains("nan") {
        #expect(row.why != nil, "\(row)")
      }
    }
  }

  @Test("every operation of the package has a row")
  func completeness() throws {
    let operations = try OperationFiles.operations()
    var recorded: Set<String> = []
    for row in Self.rows {
      let function = try #require(SpecialFunctions.all[row.function]).function
      let text = function.recording(at: row.point.compactMap { Double($0) })
      recorded.formUnion(text.matches(of: /[=+] ?(\w+)/).map { String($0.1) })
    }
    for name in operations { #expect(recorded.contains(name), "\(name) has no special points") }
    let used = Set(Self.rows.map(\.function))
    #expect(Set(SpecialFunctions.all.keys) == used, "a function without rows")
  }
}
