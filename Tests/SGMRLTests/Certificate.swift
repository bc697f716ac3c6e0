import Foundation
import SGMRL
import Testing

/// A case of the golden certificates.
struct Certificate: Decodable, Sendable, CustomTestStringConvertible {
  let states: Int
  let actions: Int
  let horizon: Int
  let batch: Int
  let innerSteps: Int
  let stepSize: Double
  let discount: Double
  let initial: [Double]
  let transition: [[[Double]]]
  let reward: [[Double]]
  let parameters: [[Double]]
  let objective: Double
  let gradient: [Double]
  let gradientError: Double
  let estimatorMeans: [String: [Double]]

  var testDescription: String {
    "\(states) states, \(actions) actions, H = \(horizon), |D| = \(batch), ζ = \(innerSteps)"
  }

  /// All cases of the file.
  static let all: [Certificate] = {
    struct File: Decodable { let cases: [Certificate] }
    guard
      let url = Bundle.module.url(
        forResource: "certificates", withExtension: "json", subdirectory: "Fixtures"),
      let data = try? Data(contentsOf: url),
      let file = try? JSONDecoder().decode(File.self, from: data)
    else { preconditionFailure("The golden certificates cannot be read.") }
    return file.cases
  }()
}
