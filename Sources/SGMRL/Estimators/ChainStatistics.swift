import MessagePassing

/// The numbers of one chain `D_1 … D_ζ, D_o` from which baselines are made.
///
/// They are small: chains exchange them, also between processes.
public struct ChainStatistics: Equatable, Sendable {
  /// The task of the chain, its place in the meta-batch.
  public var task: Int
  /// The score's coefficient before baselines, `J̃(θ^ζ, D_o)` unless set otherwise.
  public var coefficient: Double
  /// The returns `R^0(τ)` of the inner batches: `[ζ][|D|]`
  public var returns: [[Double]]
  /// What the baseline says of the chain beside, by names of its own.
  public var evidence: NamedArrays

  /// Creates the numbers of a chain.
  public init(
    task: Int = 0, coefficient: Double = 0, returns: [[Double]] = [],
    evidence: NamedArrays = NamedArrays()
  ) {
    (self.task, self.coefficient) = (task, coefficient)
    (self.returns, self.evidence) = (returns, evidence)
  }
}

extension ChainStatistics: Message {
  /// Its numbers, one after the other.
  public func write(to message: inout MessageWriter) {
    message.write(task)
    message.write(coefficient)
    message.write(returns)
    message.write(evidence)
  }

  /// Reads its numbers.
  public init(from message: inout MessageReader) throws(CommunicationError) {
    self.init(
      task: try message.read(), coefficient: try message.read(), returns: try message.read(),
      evidence: try message.read())
  }
}
