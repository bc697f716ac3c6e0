/// One value of a ``Configuration``: its key in YAML, its documentation, and how text becomes it.
public struct ConfigurationField {
  /// The key; a dot separates the section from the name.
  public let key: String
  /// The symbol in the paper, if it has one.
  public let symbol: String?
  /// What the value means.
  public let documentation: String
  /// What kind of value is expected, for people.
  public let kind: String
  /// The words that the value may be; empty where it may be anything else.
  public var choices: [String] = []
  /// Whether the course of training depends on the value, rather than its length or the test.
  var decidesTraining = true
  /// Whether the value means something in a configuration; others are not written.
  public var isUsed: (Configuration) -> Bool = { _ in true }
  /// Whether training goes as if there were no such key.
  var isNeutral: (Configuration) -> Bool = { _ in false }
  /// Whether the value is a number with a fraction.
  var isReal = false
  /// The value as text, the same in all versions of this program.
  public let text: (Configuration) -> String
  /// Sets the value from a YAML node's content; returns false if it is not of the kind.
  let set: (inout Configuration, FieldContent) -> Bool
}

/// The content of a YAML node: a scalar's text, or those of a sequence.
enum FieldContent {
  case scalar(String)
  case sequence([String])
}

extension ConfigurationField {
  /// The value as YAML 1.1 and 1.2 read it: 1.0e-06, for 1e-06 is text to YAML 1.1.
  func yaml(_ configuration: Configuration) -> String {
    let text = text(configuration)
    guard isReal, let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return "\(text[..<exponent]).0\(text[exponent...])"
  }

  fileprivate typealias Path<Value> = WritableKeyPath<Configuration, Value>

  fileprivate static func number(
    _ key: String, _ documentation: String, _ path: Path<Double>, _ range: ClosedRange<Double>,
    exclusive: Bool = false, symbol: String? = nil
  ) -> ConfigurationField {
    let low =
      exclusive ? "greater than \(plain(range.lowerBound))" : "at least \(plain(range.lowerBound))"
    let high = range.upperBound < 1e9 ? " and at most \(plain(range.upperBound))" : ""
    let isUnbounded = range.lowerBound < -1e9
    return ConfigurationField(
      key: key, symbol: symbol, documentation: documentation,
      kind: isUnbounded ? "a number" : "a number \(low)\(high)", isReal: true,
      text: { plain($0[keyPath: path]) }
    ) { configuration, content in
      guard case .scalar(let text) = content, let value = Double(text), range.contains(value),
        !(exclusive && value == range.lowerBound)
      else { return false }
      configuration[keyPath: path] = value
      return true
    }
  }

  fileprivate static func count(
    _ key: String, _ documentation: String, _ path: Path<Int>, atLeast least: Int,
    atMost most: Int = 1_000_000, symbol: String? = nil
  ) -> ConfigurationField {
    ConfigurationField(
      key: key, symbol: symbol, documentation: documentation,
      kind: "a whole number from \(least) to \(most)", text: { "\($0[keyPath: path])" }
    ) { configuration, content in
      guard case .scalar(let text) = content, let value = Int(text), value >= least, value <= most
      else { return false }
      configuration[keyPath: path] = value
      return true
    }
  }

  fileprivate static func flag(
    _ key: String, _ documentation: String, _ path: Path<Bool>
  ) -> ConfigurationField {
    ConfigurationField(
      key: key, symbol: nil, documentation: documentation, kind: "true or false",
      choices: ["true", "false"],
      text: { "\($0[keyPath: path])" }
    ) { configuration, content in
      guard case .scalar(let text) = content, let value = Bool(text) else { return false }
      configuration[keyPath: path] = value
      return true
    }
  }

  fileprivate static func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ documentation: String, _ path: Path<Value>
  ) -> ConfigurationField {
    let choices = Value.allCases.map(\.rawValue)
    return ConfigurationField(
      key: key, symbol: nil, documentation: documentation,
      kind: "one of \(choices.joined(separator: ", "))", choices: choices,
      text: { $0[keyPath: path].rawValue }
    ) { configuration, content in
      guard case .scalar(let text) = content, let value = Value(rawValue: text) else {
        return false
      }
      configuration[keyPath: path] = value
      return true
    }
  }

  fileprivate static func text(
    _ key: String, _ documentation: String, _ path: Path<String>, kind: String,
    choices: [String] = [], isValid: @escaping (String) -> Bool
  ) -> ConfigurationField {
    ConfigurationField(
      key: key, symbol: nil, documentation: documentation, kind: kind, choices: choices,
      text: { $0[keyPath: path] }
    ) { configuration, content in
      guard case .scalar(let text) = content, isValid(text) else { return false }
      configuration[keyPath: path] = text
      return true
    }
  }

  fileprivate static func sizes(
    _ key: String, _ documentation: String, _ path: Path<[Int]>
  ) -> ConfigurationField {
    ConfigurationField(
      key: key, symbol: nil, documentation: documentation,
      kind: "a list of whole numbers from 1 to 10000, such as [100, 100]",
      text: { "[" + $0[keyPath: path].map(String.init).joined(separator: ", ") + "]" }
    ) { configuration, content in
      guard case .sequence(let texts) = content else { return false }
      let values = texts.compactMap(Int.init)
      guard values.count == texts.count, values.allSatisfy({ (1...10_000).contains($0) }) else {
        return false
      }
      configuration[keyPath: path] = values
      return true
    }
  }

  fileprivate static func surrogate(
    _ section: String, _ path: Path<Surrogate>, _ what: String
  ) -> [ConfigurationField] {
    [
      .choice(
        "\(section).signal", "What \(what) credits an action with.",
        path.appending(path: \.signal)),
      .number(
        "\(section).gae-decay", "The decay of the advantage estimate, if that is the signal.",
        path.appending(path: \.gaeDecay), 0...1, symbol: "λ"),
      .flag(
        "\(section).normalizes",
        "Whether the signal is scaled to mean 0 and deviation 1 per batch.",
        path.appending(path: \.isNormalized)),
      .choice(
        "\(section).average", "What the sum over samples is divided by (equation 5: trajectories).",
        path.appending(path: \.average)),
    ]
  }

  /// The same field, used by some distributions of tasks only.
  fileprivate func onlyFor(
    _ isUsed: @escaping (Configuration.EnvironmentName) -> Bool
  ) -> ConfigurationField {
    onlyIf { isUsed($0.environment.name) }
  }

  /// The same field, used by some policies only.
  fileprivate func onlyForPolicies(
    _ isUsed: @escaping (Configuration.PolicyKind) -> Bool
  ) -> ConfigurationField {
    onlyIf { isUsed($0.policy.kind) }
  }

  /// The same field, used by some configurations only.
  fileprivate func onlyIf(_ isUsed: @escaping (Configuration) -> Bool) -> ConfigurationField {
    var field = self
    field.isUsed = isUsed
    return field
  }

  /// The same field, with a value that changes nothing.
  fileprivate func neutral(_ isNeutral: @escaping (Configuration) -> Bool) -> ConfigurationField {
    var field = self
    field.isNeutral = isNeutral
    return field
  }

  /// The same field, on which the course of training does not depend.
  fileprivate var ofLength: ConfigurationField {
    var field = self
    field.decidesTraining = false
    return field
  }

  /// A number without a needless fraction.
  private static func plain(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e9 ? "\(Int(value))" : "\(value)"
  }
}

extension Configuration {
  /// Every value that can be configured, in the order of the file.
  public static var fields: [ConfigurationField] {
    generalFields + environmentFields + tabularFields + policyFields + innerFields + outerFields
      + lengthFields
  }

  private static var generalFields: [ConfigurationField] {
    [
      .text(
        "name", "The name of the experiment, for tables and folders.", \.name,
        kind: "a name of letters, digits, '-', '_' and, but not first, '.'",
        isValid: { text in
          !text.isEmpty && !text.hasPrefix(".")
            && text.allSatisfy { $0.isLetter || $0.isNumber || ".-_".contains($0) }
        }),
      .count("seed", "The seed of every random number.", \.seed, atLeast: 0, atMost: .max),
      .text(
        "estimator", "The estimator of the meta-gradient.", \.estimator,
        kind: "one of \(Estimator.presets.map(\.name).joined(separator: ", "))",
        choices: Estimator.presets.map(\.name),
        isValid: { Estimator.preset($0) != nil }),
      .number("discount", "The discount of rewards.", \.discount, 0...1, symbol: "γ"),
    ]
  }

  private static var environmentFields: [ConfigurationField] {
    [
      .choice("environment.name", "The distribution of the tasks.", \.environment.name),
      .count(
        "environment.horizon", "The greatest number of steps of an episode.",
        \.environment.horizon, atLeast: 1, atMost: 100_000, symbol: "H + 1"),
      .choice("environment.reward", "The reward of a step.", \.environment.reward)
        .onlyFor { $0 == .navigation2D },
      .number(
        "environment.action-scale", "Multiplies the policy's action before it is clipped.",
        \.environment.actionScale, 0...1e9, exclusive: true
      ).onlyFor { $0 != .tabular },
      .flag(
        "environment.clips-position", "Whether positions are clipped to the unit square.",
        \.environment.clipsPosition
      ).onlyFor { $0 == .navigation2D },
      .flag(
        "environment.terminates-at-goal", "Whether an episode ends within 0.01 of its goal.",
        \.environment.terminatesAtGoal
      ).onlyFor { $0 == .navigation2D },
      .number(
        "environment.control-cost", "The weight of the squared controls in the reward.",
        \.environment.controlCost, 0...1e9
      ).onlyFor(\.isLocomotion),
      .flag(
        "environment.clips-action", "Whether scaled actions are clipped before they cost.",
        \.environment.clipsAction
      ).onlyFor(\.isLocomotion),
      .flag(
        "environment.pays-for-missing",
        "Whether missing the goal is paid for: the sign of the published code, almost certainly a slip.",
        \.environment.paysForMissing
      ).onlyFor { $0 == .swimmerVelocity },
      .choice(
        "environment.solver",
        "How contact and limit forces are solved for: mujoco stops where MuJoCo does, exact goes on.",
        \.environment.solver
      ).onlyFor(\.isLocomotion),
    ]
  }

  private static var tabularFields: [ConfigurationField] {
    let fields: [ConfigurationField] = [
      .count(
        "environment.states", "The states of a process.", \.environment.states, atLeast: 1,
        atMost: 1000),
      .count(
        "environment.actions", "The actions of a process.", \.environment.actions, atLeast: 1,
        atMost: 1000),
      .count(
        "environment.processes", "The number of processes, each as likely a task as the other.",
        \.environment.processes, atLeast: 1, atMost: 1000),
      .number(
        "environment.least-reward", "The least reward.", \.environment.leastReward, -1e9...1e9),
      .number(
        "environment.greatest-reward", "The greatest reward, above the least.",
        \.environment.greatestReward, -1e9...1e9),
      .count(
        "environment.problem-seed", "The seed of the processes.", \.environment.problemSeed,
        atLeast: 0, atMost: .max),
    ]
    return fields.map { field in field.onlyFor { $0 == .tabular } }
  }

  private static var policyFields: [ConfigurationField] {
    [
      .choice("policy.kind", "The distribution of the actions.", \.policy.kind),
      .sizes("policy.hidden-sizes", "The widths of the hidden layers.", \.policy.hiddenSizes)
        .onlyForPolicies { $0 != .softmax },
      .choice("policy.activation", "The function behind the hidden layers.", \.policy.activation)
        .onlyForPolicies { $0 != .softmax },
      .number(
        "policy.log-standard-deviation", "The log standard deviation to start from.",
        \.policy.logStandardDeviation, -20...20
      ).onlyForPolicies { $0 == .gaussian },
      .number(
        "policy.standard-deviation-floor", "The least standard deviation.",
        \.policy.standardDeviationFloor, 0...1e9, exclusive: true
      ).onlyForPolicies { $0 == .gaussian },
      .number(
        "policy.initial-deviation", "The standard deviation of the initial parameters.",
        \.policy.initialDeviation, 0...1e9
      ).onlyForPolicies { $0 == .softmax },
    ]
  }

  private static var innerFields: [ConfigurationField] {
    [
      .count(
        "inner.steps", "The number of inner steps in training.", \.inner.steps, atLeast: 0,
        atMost: 100, symbol: "ζ"),
      .number("inner.step-size", "The inner step size.", \.inner.stepSize, 0...1e9, symbol: "α"),
      .count(
        "inner.episodes", "The episodes of an inner batch.", \.inner.episodes, atLeast: 1,
        symbol: "|D_in|"),
    ] + ConfigurationField.surrogate("inner", \.inner.surrogate, "the inner step")
  }

  private static var outerFields: [ConfigurationField] {
    [
      .count("outer.tasks", "The tasks of a meta-batch.", \.outer.tasks, atLeast: 1, symbol: "B"),
      .count(
        "outer.episodes", "The episodes of an outer batch.", \.outer.episodes, atLeast: 1,
        symbol: "|D_o|"),
      .count(
        "outer.chains", "The independent chains of inner and outer batches of each task.",
        \.outer.chains, atLeast: 1, symbol: "K"),
      .choice("outer.optimizer", "The kind of outer step.", \.outer.optimizer),
      .number(
        "outer.step-size", "The outer step size, at the start.", \.outer.stepSize, 0...1e9,
        symbol: "β"),
      .number(
        "outer.decay-time",
        "The epochs after which the outer step size has halved, as β / (1 + t/τ) in epoch t; 0 keeps it.",
        \.outer.decayTime, 0...1e9, symbol: "τ"
      ).neutral { $0.outer.decayTime == 0 },
      .number(
        "outer.clipping",
        "Gradient clipping, with Adam: how many times the root mean square norm of those before it (clipped themselves) a meta-gradient may have; above 1, or 0 for any.",
        \.outer.clipping, 0...1e9
      ).onlyIf { $0.outer.optimizer == .adam }.neutral { $0.outer.clipping == 0 },
      .choice(
        "outer.score-coefficient",
        "What the score is multiplied by. mean-signal is the published code's choice: with normalised signals it makes SG-MRL equal MAML to rounding.",
        \.outer.scoreCoefficient),
      .number(
        "outer.score-weight",
        "The weight of the score term: 1 for no bias; w leaves 1 - w of the bias (MAML's, or that of the complement) and w² of the term's own variance.",
        \.outer.scoreWeight, 0...1, symbol: "w"
      ).onlyIf { Estimator.preset($0.estimator)?.score != ScoreRule.none }.neutral {
        $0.outer.scoreWeight == 1
      },
      .choice(
        "outer.score-complement",
        "What stands, with the weight 1 - w, for the part of the score term that its weight leaves out: low-variance curvature (lvc), DiCE's Hessian or the linearised score function (lsf).",
        \.outer.scoreComplement
      ).onlyIf { Estimator.preset($0.estimator)?.takesComplement != false }.neutral {
        $0.outer.scoreComplement == .none || $0.outer.scoreWeight == 1
      },
      .count(
        "outer.left-out",
        "The greatest number of inner trajectories that the jackknife leaves out in turn; fewer cost less and leave more variance.",
        \.outer.leftOut, atLeast: 1
      ).onlyIf { $0.estimator == Estimator.sgMRLJackknife.name },
    ] + ConfigurationField.surrogate("outer", \.outer.surrogate, "the outer gradient")
  }

  private static var lengthFields: [ConfigurationField] {
    [
      .count("training.epochs", "The number of meta-epochs.", \.training.epochs, atLeast: 0)
        .ofLength,
      .count(
        "training.block-rows", "The rows that a block of a recording aims at; changes rounding.",
        \.training.blockRows, atLeast: 1),
      .count(
        "training.checkpoint-interval", "The epochs from one checkpoint to the next.",
        \.training.checkpointInterval, atLeast: 1
      ).ofLength,
      .count("test.tasks", "The number of fresh tasks of the test.", \.test.tasks, atLeast: 1)
        .ofLength,
      .count(
        "test.steps", "The greatest number of adaptation steps of the test.", \.test.steps,
        atLeast: 0, atMost: 100
      ).ofLength,
    ]
  }
}
