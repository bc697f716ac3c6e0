import MessagePassing

extension TrainerState: Message {
  /// Its parts, one after the other.
  public func write(to message: inout MessageWriter) {
    message.write(Int(bitPattern: UInt(seed)))
    message.write(epoch)
    message.write(parameters)
    message.write(outerStepSummary)
    message.write(outerStep)
    message.write(baselineMemory)
    message.write(health.state)
  }

  /// Reads its parts.
  public init(from message: inout MessageReader) throws(CommunicationError) {
    let seed = UInt64(UInt(bitPattern: try message.read(Int.self)))
    self.init(
      seed: seed, epoch: try message.read(), parameters: try message.read(),
      outerStepSummary: try message.read(), outerStep: try message.read(),
      baselineMemory: try message.read())
    guard let health = TrainingHealth(try message.read(NamedArrays.self)) else {
      throw CommunicationError(
        description:
          "A process has sent what no watch over training remembers. Do all run the same program?")
    }
    self.health = health
  }
}
