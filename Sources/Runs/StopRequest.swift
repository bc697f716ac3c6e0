import Synchronization

/// A wish that runs end after their current epoch, made from any thread or signal handler.
public final class StopRequest: Sendable {
  private let value = Atomic<Int32>(0)

  /// Nothing is wished yet.
  public init() {}

  /// Makes the wish.
  ///
  /// - Parameter signal: the number of the signal behind it, above 0.
  /// - Returns: Whether it is the first.
  @discardableResult
  public func make(signal: Int32) -> Bool {
    value.compareExchange(expected: 0, desired: signal, ordering: .relaxed).exchanged
  }

  /// The signal behind the wish; nil as long as there is none.
  public var signal: Int32? {
    let number = value.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}
