extension StoredRun {
  /// The newest parameters that the folder holds.
  ///
  /// - Returns: Those after the last epoch where the run is finished, else those of the newest
  ///   checkpoint that can be used; with the number of epochs that led to them. Nil if there is none.
  /// - Throws: `SafeTensors.FormatError` if the parameters of a finished run are damaged,
  ///   `ConfigurationError` if the values of its configuration do not go together.
  public func newestParameters() throws -> (parameters: [Double], epoch: Int)? {
    let experiment = try Experiment(configuration)
    if test != nil {
      let parameters = try SafeTensors.read(directory.parametersURL, experiment.policy.layout)
      return (parameters, configuration.training.epochs)
    }
    let found = directory.findCheckpoint(of: experiment, epochs: configuration.training.epochs)
    return found.checkpoint.map { ($0.state.parameters, $0.state.epoch) }
  }
}
