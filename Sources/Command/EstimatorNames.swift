import MetaTape

extension Estimator {
  /// The estimators of a list of names with commas; nil for nil.
  static func named(_ list: String?) throws -> [Estimator]? {
    guard let list else { return nil }
    let names = list.split(separator: ",")
    if names.isEmpty { throw Failure(code: 64, message: "--estimators names no estimator.") }
    return try names.map { name in
      guard let estimator = Estimator.preset(String(name)) else {
        let known = Estimator.presets.map(\.name).joined(separator: ", ")
        throw Failure(code: 64, message: "There is no estimator '\(name)'; there are \(known).")
      }
      return estimator
    }
  }
}
