import Synchronization

/// Hands out whole numbers to threads, each once.
package final class Counter: Sendable {
  private let value = Atomic(0)

  /// A counter that starts at zero.
  package init() {}

  /// The next number, or nil when the bound is reached.
  package func take(below bound: Int) -> Int? {
    let index = value.add(1, ordering: .relaxed).oldValue
    return index < bound ? index : nil
  }
}
