/// One value of a ``Configuration``: its key in files, its documentation, and its conversion from text.
public struct ConfigurationField {
  /// The key; a dot separates the section from the name.
  public let key: String
  /// The symbol in the paper, if it has one.
  public let symbol: String?
  /// The meaning of the value.
  public let documentation: String
  /// The expected kind of value, in words.
  public let kind: String
  /// The permitted words; empty if the value is not one of a few words.
  public let choices: [String]
  /// Whether the value is a number with a fraction.
  let isReal: Bool
  /// Whether the value affects the course of training, rather than only its length or the test.
  var decidesTraining = true
  /// Whether the key has no effect on training at its current value.
  let isNeutral: (Configuration) -> Bool
  /// The value; nil if the configuration's components do not have this key.
  public let value: (Configuration) -> FieldValue?
  /// Sets the value from text; returns false if the text is not of the kind.
  let set: (inout Configuration, FieldValue) -> Bool

  /// The value as text, in a form that does not change between versions of this program; nil if the
  /// configuration's components do not have this key.
  public func text(_ configuration: Configuration) -> String? { value(configuration)?.text }

  /// The value as both YAML 1.1 and 1.2 read it: 1.0e-06, because 1e-06 is text in YAML 1.1.
  package func yaml(_ configuration: Configuration) -> String {
    let text = text(configuration) ?? ""
    guard isReal, let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return "\(text[..<exponent]).0\(text[exponent...])"
  }

  /// A general value.
  fileprivate init(_ field: Field<Configuration>) {
    (key, symbol, documentation) = (field.key, field.symbol, field.documentation)
    (kind, choices, isReal) = (field.kind, field.choices, field.isReal)
    (isNeutral, value, set) = (field.isNeutral, { field.value($0) }, field.set)
  }

  /// The name of the component of a slot.
  fileprivate init(_ slot: Slot, _ catalog: Catalog, _ documentation: String) {
    choices = slot.components(catalog).map(\.name)
    (key, symbol, self.documentation) = (slot.nameKey, nil, documentation)
    (kind, isReal) = ("one of \(choices.joined(separator: ", "))", false)
    isNeutral = { _ in false }
    value = { .scalar($0.component(slot).name) }
    set = { configuration, value in
      guard case .scalar(let name) = value else { return false }
      return configuration.choose(name, for: slot)
    }
  }

  /// The values of a component, for the slot that holds it.
  fileprivate static func fields(
    of component: some ComponentOptions, in slot: Slot
  ) -> [ConfigurationField] {
    component.fields.map { ConfigurationField(component: $0, slot) }
  }

  private init<Owner: ComponentOptions>(component field: Field<Owner>, _ slot: Slot) {
    let name = field.key
    (key, symbol) = ("\(slot.section).\(name)", field.symbol)
    (documentation, kind, choices) = (field.documentation, field.kind, field.choices)
    isReal = field.isReal
    isNeutral = { configuration in
      guard let owner = configuration.component(slot) as? Owner,
        let own = owner.fields.first(where: { $0.key == name })
      else { return false }
      return own.isNeutral(owner)
    }
    value = { $0.component(slot).value(of: name) }
    set = { $0.set(name, to: $1, in: slot) }
  }

  /// The same field, marked as having no effect on the course of training.
  fileprivate var ofLength: ConfigurationField {
    var field = self
    field.decidesTraining = false
    return field
  }
}

extension Configuration {
  /// Every value of this configuration, in the order of a file.
  public var fields: [ConfigurationField] {
    Self.fields(catalog) { [component($0)] }
  }

  /// The value of a key as text; nil if no component of this configuration has it.
  public func text(of key: String) -> String? {
    fields.first { $0.key == key }?.text(self)
  }

  /// The values that only some components have, each key once.
  private static func fields(
    _ catalog: Catalog, _ components: (Slot) -> [any ComponentOptions]
  ) -> [ConfigurationField] {
    func own(_ slot: Slot) -> [ConfigurationField] {
      components(slot).flatMap { ConfigurationField.fields(of: $0, in: slot) }
    }
    func general(_ fields: [Field<Configuration>]) -> [ConfigurationField] {
      fields.map { ConfigurationField($0) }
    }
    var fields: [ConfigurationField] = general(nameFields)
    fields.append(ConfigurationField(.estimator, catalog, "The estimator of the meta-gradient."))
    fields += general(discountFields)
    fields.append(ConfigurationField(.tasks, catalog, "The distribution of the tasks."))
    fields += general(horizonFields) + own(.tasks)
    fields.append(ConfigurationField(.policy, catalog, "The distribution of the actions."))
    fields += own(.policy) + general(innerFields) + general(outerSizeFields)
    fields.append(ConfigurationField(.outerStep, catalog, "The kind of outer step."))
    fields += own(.outerStep) + general(coefficientFields) + own(.estimator)
    fields += general(outerSurrogateFields)
    fields += general(trainingFields).map {
      $0.key == "training.block-rows" ? $0 : $0.ofLength
    }
    fields += general(testFields).map(\.ofLength)
    return fields
  }

  /// The general keys in the section of a slot.
  static func generalKeys(inSectionOf slot: Slot) -> [String] {
    let general =
      nameFields + discountFields + horizonFields + innerFields + outerSizeFields
      + coefficientFields + outerSurrogateFields + trainingFields + testFields
    return general.map(\.key).filter { $0.hasPrefix(slot.section + ".") }
      + Slot.allCases.map(\.nameKey)
  }
}

extension Catalog {
  /// Every value that some configuration has, each key once, in the order of a file.
  public var fields: [ConfigurationField] {
    var known: Set<String> = []
    return Configuration.allFields(self).filter { known.insert($0.key).inserted }
  }
}

// MARK: The general values

extension Configuration {
  fileprivate static func allFields(_ catalog: Catalog) -> [ConfigurationField] {
    fields(catalog) { $0.components(catalog) }
  }

  private static var nameFields: [Field<Configuration>] {
    [
      .text(
        "name", "The name of the experiment, for tables and folders.", \.name,
        kind: "a name of letters, digits, '-', '_' and '.', not starting with '.'",
        isValid: { text in
          !text.isEmpty && !text.hasPrefix(".")
            && text.allSatisfy { $0.isLetter || $0.isNumber || ".-_".contains($0) }
        }),
      .count("seed", "The seed of every random number.", \.seed, atLeast: 0, atMost: .max),
    ]
  }

  private static var discountFields: [Field<Configuration>] {
    [.number("discount", "The discount of rewards.", \.discount, 0...1, symbol: "γ")]
  }

  private static var horizonFields: [Field<Configuration>] {
    [
      .count(
        "environment.horizon", "The maximum number of steps of an episode.", \.horizon,
        atLeast: 1, atMost: 100_000, symbol: "H + 1")
    ]
  }

  private static var innerFields: [Field<Configuration>] {
    [
      .count(
        "inner.steps", "The number of inner steps in training.", \.inner.steps, atLeast: 0,
        atMost: 100, symbol: "ζ"),
      .number("inner.step-size", "The inner step size.", \.inner.stepSize, 0...1e9, symbol: "α"),
      .choice(
        "inner.learns-step-size",
        "Which inner step sizes the outer step learns, from inner.step-size on: no, one for all, one for each block of parameters, or one for each parameter (Meta-SGD).",
        \.inner.learnsStepSize
      ).neutral { $0.inner.learnsStepSize == .no },
      .count(
        "inner.context-size",
        "Context parameters that the policy sees behind each observation (CAVIA): they start every chain at zero, and unless inner.adapts says otherwise nothing else adapts.",
        \.inner.contextSize, atLeast: 0, atMost: 10_000
      ).neutral { $0.inner.contextSize == 0 },
      .text(
        "inner.adapts",
        "The blocks of parameters that inner steps move, separated by commas, such as the last layer's (ANIL); all for all, or for the context where there is one.",
        \.inner.adapts, kind: "all, or names of blocks separated by commas",
        isValid: { !$0.split(separator: ",").isEmpty }
      ).neutral { $0.inner.adapts == "all" },
      .count(
        "inner.episodes", "The episodes of an inner batch.", \.inner.episodes, atLeast: 1,
        symbol: "|D_in|"),
    ]
      + Surrogate.fields(of: "the inner step").map {
        $0.on(\Configuration.inner.surrogate).prefixed("inner.")
      }
  }

  private static var outerSizeFields: [Field<Configuration>] {
    [
      .count("outer.tasks", "The tasks of a meta-batch.", \.outer.tasks, atLeast: 1, symbol: "B"),
      .count(
        "outer.episodes", "The episodes of an outer batch.", \.outer.episodes, atLeast: 1,
        symbol: "|D_o|"),
      .count(
        "outer.chains", "The independent chains of inner and outer batches of each task.",
        \.outer.chains, atLeast: 1, symbol: "K"),
    ]
  }

  private static var coefficientFields: [Field<Configuration>] {
    [
      .choice(
        "outer.score-coefficient",
        "The coefficient of the score. mean-signal is the published code's choice: with normalised signals it makes SG-MRL equal MAML to rounding.",
        \.outer.scoreCoefficient)
    ]
  }

  private static var outerSurrogateFields: [Field<Configuration>] {
    Surrogate.fields(of: "the outer gradient").map {
      $0.on(\Configuration.outer.surrogate).prefixed("outer.")
    }
  }

  private static var trainingFields: [Field<Configuration>] {
    [
      .count("training.epochs", "The number of meta-epochs.", \.training.epochs, atLeast: 0),
      .count(
        "training.block-rows",
        "Target rows per recorded block, twice as many in single precision; changes rounding.",
        \.training.blockRows, atLeast: 1),
      .choice(
        "training.precision",
        "The precision of the policy and its derivatives. Parameters, returns, sums over blocks and the simulation are in double precision either way.",
        \.training.precision
      ).neutral { $0.training.precision == .double },
      .count(
        "training.checkpoint-interval", "The number of epochs between checkpoints.",
        \.training.checkpointInterval, atLeast: 1),
      .count(
        "training.memory-limit",
        "The megabytes of recordings to keep between the requests of an outer step that makes several; changes no result.",
        \.training.memoryLimit, atLeast: 0),
    ]
  }

  private static var testFields: [Field<Configuration>] {
    [
      .count("test.tasks", "The number of fresh tasks of the test.", \.test.tasks, atLeast: 1),
      .count(
        "test.steps", "The maximum number of adaptation steps of the test.", \.test.steps,
        atLeast: 0, atMost: 100),
    ]
  }
}
