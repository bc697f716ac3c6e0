/// Whether a statement's assumptions hold for something, with what they give or why they do not.
///
/// A constant that does not exist is never replaced by an estimate.
public enum Coverage<Value: Sendable>: Sendable {
  /// They hold.
  case covered(Value)
  /// They do not, or nobody states that they do: the reasons, a sentence each.
  case notCovered([String])

  /// What the assumptions give; nil where they do not hold.
  public var value: Value? {
    if case .covered(let value) = self { value } else { nil }
  }

  /// Why they do not hold; empty where they do.
  public var reasons: [String] {
    if case .notCovered(let reasons) = self { reasons } else { [] }
  }
}

extension Coverage: Equatable where Value: Equatable {}
