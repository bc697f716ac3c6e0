import MessagePassing

extension TrainerState: Message {
  /// Its parts, one after the other.
  public func write(to message: inout MessageWriter) {
    message.write(Int(bitPattern: UInt(seed)))
    message.write(epoch)
    message.write(parameters)
    message.write(optimizer.method.rawValue)
    message.write(optimizer.stepSize)
    message.write(optimizer.decayTime)
    message.write(optimizer.clipping)
    message.write(optimizer.stepCount)
    message.write(optimizer.firstMoment)
    message.write(optimizer.secondMoment)
    message.write(baselineMemory)
    message.write(health.state)
  }

  /// Reads its parts.
  public init(from message: inout MessageReader) throws(CommunicationError) {
    let seed = UInt64(UInt(bitPattern: try message.read(Int.self)))
    let epoch: Int = try message.read()
    let parameters: [Double] = try message.read()
    let name: String = try message.read()
    guard let method = Optimizer.Method(rawValue: name) else {
      throw CommunicationError(
        description: "A process has sent the optimizer '\(name)'. Do all run the same program?")
    }
    let optimizer = Optimizer(
      method, stepSize: try message.read(), decayTime: try message.read(),
      clipping: try message.read(),
      stepCount: try message.read(), firstMoment: try message.read(),
      secondMoment: try message.read())
    let baselineMemory: NamedArrays = try message.read()
    guard let health = TrainingHealth(try message.read(NamedArrays.self)) else {
      throw CommunicationError(
        description:
          "A process has sent what no watch over training remembers. Do all run the same program?")
    }
    self.init(
      seed: seed, epoch: epoch, parameters: parameters, optimizer: optimizer,
      baselineMemory: baselineMemory, health: health)
  }
}
