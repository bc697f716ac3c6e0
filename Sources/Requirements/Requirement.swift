/// Stops the program with a sentence unless a condition holds, in release builds too.
///
/// For a caller's mistakes: wrong shapes, names, indices. `precondition` loses its message under
/// `-O`; this check prints it. Only the condition is inlined, so that a check in a hot loop costs a
/// compare and a branch; the sentence is made when it is needed.
///
/// - Parameters:
///   - condition: what the caller has to respect.
///   - message: what is wrong, with the values at fault, and what to do.
@inlinable
@inline(__always)
public func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if _slowPath(!condition) { requirementFailure(message()) }
}

/// Stops the program with a sentence about a caller's mistake, in release builds too.
@inline(never)
public func requirementFailure(_ message: @autoclosure () -> String) -> Never {
  fatalError(message())
}
