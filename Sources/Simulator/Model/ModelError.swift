import Requirements

/// A model that cannot be simulated: which part, why, and what to do.
public struct ModelError: ReportedError, Hashable {
  /// The model's name.
  public var model: String

  /// The part at fault, such as `body "torso"`.
  public var part: String

  /// What is wrong.
  public var problem: String

  /// How to correct the model, or a statement that such a model is not simulated. Advice never
  /// suggests a model that moves differently.
  public var advice: String

  /// Creates an error.
  public init(model: String, part: String, problem: String, advice: String) {
    self.model = model
    self.part = part
    self.problem = problem
    self.advice = advice
  }

  /// The error as one line.
  public var description: String {
    "model \"\(model)\", \(part): \(problem); \(advice)"
  }
}
