import TensorFiles

/// An external estimator for policies and tasks that cannot be enumerated: it gets sampled batches whole.
public protocol ExternalChainEstimator: AnyObject {
  /// What it says of itself.
  var identity: ExternalIdentity { get }

  /// Replaces the policy and the settings.
  ///
  /// - Parameters:
  ///   - parameters: `θ`, by block.
  ///   - settings: free text, by the key of the configuration.
  /// - Throws: ``ExternalError`` if it does not answer as it should.
  func pose(_ parameters: NamedArrays, _ settings: [String: String]) throws(ExternalError)

  /// The log-probabilities of a batch's actions: `[N]`.
  func logProbabilities(
    of batch: TrajectoryBatch, at parameters: NamedArrays
  ) throws(ExternalError) -> [Double]

  /// The parameters after an inner step with a batch that was drawn at given ones.
  func step(
    with batch: TrajectoryBatch, from parameters: NamedArrays
  ) throws(ExternalError) -> NamedArrays

  /// The estimate of the meta-gradient at the posed parameters, by block, from a chain's inner batches and its
  /// outer batch.
  func gradient(
    _ inner: [TrajectoryBatch], outer: TrajectoryBatch
  ) throws(ExternalError) -> NamedArrays
}

extension ExternalProgram: ExternalChainEstimator {
  /// Sends the policy's parameters, with the settings as metadata.
  public func pose(
    _ parameters: NamedArrays, _ settings: [String: String]
  ) throws(ExternalError) {
    _ = try askForArrays("policy", parameters, metadata: settings)
  }

  /// Asks for the log-probabilities.
  public func logProbabilities(
    of batch: TrajectoryBatch, at parameters: NamedArrays
  ) throws(ExternalError) -> [Double] {
    var arrays = parameters.prefixed("parameters.")
    arrays.add(batch, "batch.")
    guard let values = try askForArrays("log-probabilities", arrays)["logProbabilities"],
      values.count == batch.sampleCount
    else {
      throw ExternalError(
        "The answer to 'log-probabilities' has no array 'logProbabilities' of \(batch.sampleCount) numbers."
      )
    }
    return values
  }

  /// Asks for an inner step.
  public func step(
    with batch: TrajectoryBatch, from parameters: NamedArrays
  ) throws(ExternalError) -> NamedArrays {
    var arrays = parameters.prefixed("parameters.")
    arrays.add(batch, "batch.")
    return try askForArrays("step", arrays)
  }

  /// Asks for an estimate.
  public func gradient(
    _ inner: [TrajectoryBatch], outer: TrajectoryBatch
  ) throws(ExternalError) -> NamedArrays {
    var arrays = NamedArrays()
    for (t, batch) in inner.enumerated() { arrays.add(batch, "inner.\(t).") }
    arrays.add(outer, "outer.")
    return try askForArrays("gradient", arrays)
  }
}

extension NamedArrays {
  fileprivate func prefixed(_ prefix: String) -> NamedArrays {
    var result = NamedArrays()
    for entry in entries { result.set(prefix + entry.name, shape: entry.shape, entry.elements) }
    return result
  }

  /// The arrays of a batch.
  fileprivate mutating func add(_ batch: TrajectoryBatch, _ prefix: String) {
    func matrix(_ name: String, _ matrix: Matrix) {
      set(prefix + name, shape: [matrix.rows, matrix.columns], matrix.elements)
    }
    matrix("observations", batch.observations)
    matrix("actions", batch.actions)
    self[prefix + "rewards"] = batch.rewards
    self[prefix + "offsets"] = batch.offsets.map(Double.init)
  }

  /// The blocks of a layout as one flat vector.
  func vector(_ layout: ParameterLayout, _ what: String) throws(ExternalError) -> [Double] {
    var result: [Double] = []
    for block in layout.blocks {
      guard let entry = entries.first(where: { $0.name == block.name }),
        entry.elements.count == block.rows * block.columns
      else {
        throw ExternalError(
          "\(what) has no array '\(block.name)' of shape [\(block.rows), \(block.columns)]; it has \(entries.map { "'\($0.name)' \($0.shape)" }.joined(separator: ", "))."
        )
      }
      result += entry.elements
    }
    return result
  }
}
