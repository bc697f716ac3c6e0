/// Traps with a message unless a condition holds, in release builds too.
///
/// For programming errors: wrong shapes, names, indices. `precondition` drops its message under
/// `-O`; this check prints it. Only the condition is inlined, so a check in a hot loop costs a
/// compare and a branch; the message is built only on failure.
///
/// - Parameters:
///   - condition: what the caller must guarantee.
///   - message: what is wrong, with the values at fault, and what to do.
@inlinable
@inline(__always)
public func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if _slowPath(!condition) { requirementFailure(message()) }
}

/// Traps with a message about a programming error, in release builds too.
@inline(never)
public func requirementFailure(_ message: @autoclosure () -> String) -> Never {
  fatalError(message())
}
