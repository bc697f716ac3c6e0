/// One operation of the tape: four rules, written side by side.
///
/// An operation is a type without values. The data of a single use (shapes, inputs, attributes) are
/// in the recording and accessed through a ``RuleContext``. With `y` the output and `x` the inputs, a bar
/// for adjoints and a dot for tangents, the rules are
///
/// - `forward`: `y = f(x)`
/// - `tangent`: `ẏ = f'(x) ẋ`
/// - `reverse`: `x̄ += f'(x)ᵀ ȳ`
/// - `reverseTangent`: `x̄˙ += f'(x)ᵀ ȳ˙ + (f''(x) ẋ)ᵀ ȳ`, the derivative of `reverse`.
///
/// Each rule is required for `Double` and for `Float`, and is written once for both:
/// `static func forward<S: TapeScalar>(_ rule: RuleContext<S>)`. The compiler specialises it for each.
///
/// A rule writes every element that it computes (memory is not cleared first), allocates nothing,
/// and does not store its arguments. `reverseTangent` contributes to exactly the same inputs as
/// `reverse`. Operations may be defined in any package.
public protocol TapeOperation: SendableMetatype {
  /// The name in printed tapes.
  static var name: String { get }

  /// Computes the output from the inputs.
  static func forward(_ rule: RuleContext<Double>)
  /// Computes the tangent of the output from those of the inputs.
  static func tangent(_ rule: RuleContext<Double>)
  /// Adds to the adjoints of the inputs.
  static func reverse(_ rule: RuleContext<Double>)
  /// Adds to the tangents of the adjoints of the inputs.
  static func reverseTangent(_ rule: RuleContext<Double>)

  /// Computes the output from the inputs, in single precision.
  static func forward(_ rule: RuleContext<Float>)
  /// Computes the tangent of the output, in single precision.
  static func tangent(_ rule: RuleContext<Float>)
  /// Adds to the adjoints of the inputs, in single precision.
  static func reverse(_ rule: RuleContext<Float>)
  /// Adds to the tangents of the adjoints of the inputs, in single precision.
  static func reverseTangent(_ rule: RuleContext<Float>)
}

extension TapeOperation {
  /// The type's name.
  public static var name: String { String(describing: Self.self) }
}
