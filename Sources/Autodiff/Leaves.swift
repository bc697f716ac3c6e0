/// A leaf whose value is given and does not depend on any parameter.
enum Constant: Leaf {}

/// A leaf whose value, tangent and adjoints are stored in ``Parameters``.
enum Parameter: Leaf {}

/// An operation without inputs, for which nothing has to be computed.
protocol Leaf: TapeOperation {}

extension Leaf {
  static func forward<S: TapeScalar>(_ rule: RuleContext<S>) {}
  static func tangent<S: TapeScalar>(_ rule: RuleContext<S>) {}
  static func reverse<S: TapeScalar>(_ rule: RuleContext<S>) {}
  static func reverseTangent<S: TapeScalar>(_ rule: RuleContext<S>) {}
}
