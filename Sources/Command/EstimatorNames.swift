import MetaTape

/// The names in a list with commas; nil for nil.
func estimatorNames(_ list: String?) throws -> [String]? {
  guard let list else { return nil }
  let names = list.split(separator: ",").map(String.init)
  if names.isEmpty { throw Failure(code: 64, message: "--estimators names no estimator.") }
  for name in names where MetaTapeCommand.catalog.estimator(named: name) == nil {
    throw unknownEstimator(name)
  }
  return names
}

/// A name that is none of the catalog's.
func unknownEstimator(_ name: String) -> Failure {
  let known = MetaTapeCommand.catalog.estimators.map(\.name).joined(separator: ", ")
  return Failure(code: 64, message: "There is no estimator '\(name)'; there are \(known).")
}

extension Configuration {
  /// Estimators of the catalog with the values of this configuration.
  func estimators(named names: [String]) throws -> [Estimator] {
    try names.map { name in
      guard let estimator = estimator(named: name) else { throw unknownEstimator(name) }
      return estimator
    }
  }
}
