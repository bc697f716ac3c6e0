import Requirements

/// The components that a configuration can name, and the presets made of them.
///
/// `standard` holds the components of the package. A program adds its own:
///
/// <!-- snippet: Docs/Examples/Sources/OwnComponents/main.swift#main -->
/// ```swift
/// MetaTapeCommand.main(
///   catalog: .standard
///     + [CartTasks(), LinearPolicyOptions(), DecayedCurvatureOptions(), MomentumOptions()]
///     + [preset])
/// ```
///
/// A component is listed as an options value with its defaults. Tasks, policies, estimators and outer steps
/// have separate name spaces.
public struct Catalog: Sendable {
  /// The tasks; a configuration starts with the first.
  public private(set) var tasks: [any TaskOptions] = []
  /// The policies.
  public private(set) var policies: [any PolicyOptions] = []
  /// The estimators.
  public private(set) var estimators: [any EstimatorOptions] = []
  /// The outer steps.
  public private(set) var outerSteps: [any OuterStepOptions] = []
  /// The presets.
  public private(set) var presets: [Preset] = []

  /// Creates a catalog of components.
  ///
  /// - Precondition: within each kind of component, and among the presets, names are unique; no key of an
  ///   estimator or outer step clashes with a general key.
  public init(_ components: [any ComponentOptions], presets: [Preset] = []) {
    for component in components { add(component) }
    for preset in presets { add(preset) }
  }

  /// A catalog with more components.
  public static func + (catalog: Catalog, components: [any ComponentOptions]) -> Catalog {
    var result = catalog
    for component in components { result.add(component) }
    return result
  }

  /// A catalog with more presets.
  public static func + (catalog: Catalog, presets: [Preset]) -> Catalog {
    var result = catalog
    for preset in presets { result.add(preset) }
    return result
  }

  private mutating func add(_ component: any ComponentOptions) {
    Self.requireFields(of: component)
    let name = component.name
    // one type may conform to several kinds
    var isKnown = false
    func requireNew(_ others: [any ComponentOptions], _ kind: String) {
      require(
        !others.contains { $0.name == name }, "There are two \(kind) named '\(name)' in a catalog.")
      isKnown = true
    }
    if let component = component as? any TaskOptions {
      requireNew(tasks, "tasks")
      tasks.append(component)
    }
    if let component = component as? any PolicyOptions {
      requireNew(policies, "policies")
      policies.append(component)
    }
    if let component = component as? any EstimatorOptions {
      requireNew(estimators, "estimators")
      estimators.append(component)
    }
    if let component = component as? any OuterStepOptions {
      requireNew(outerSteps, "outer steps")
      outerSteps.append(component)
    }
    require(
      isKnown,
      "\(type(of: component)) is not a component: conform to TaskOptions, PolicyOptions, EstimatorOptions or OuterStepOptions."
    )
  }

  private mutating func add(_ preset: Preset) {
    require(
      !presets.contains { $0.name == preset.name },
      "There are two presets named '\(preset.name)' in a catalog.")
    presets.append(preset)
  }

  /// Refuses names that files and command lines cannot express, and keys that a configuration already has.
  private static func requireFields(of component: any ComponentOptions) {
    func isWord(_ text: String) -> Bool {
      !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) }
    }
    require(
      isWord(component.name),
      "A component cannot be named '\(component.name)': use letters, digits, '-' and '_'.")
    let keys = component.keys
    for (index, key) in keys.enumerated() {
      require(
        isWord(key) && !keys[..<index].contains(key),
        "\(component.name) has the key '\(key)', which is a duplicate or contains characters other than letters, digits, '-' and '_'."
      )
    }
    for slot in Slot.allCases where slot.holds(component) {
      let taken = Configuration.generalKeys(inSectionOf: slot)
      for key in keys {
        require(
          !taken.contains("\(slot.section).\(key)"),
          "\(component.name) has the key '\(key)', but every configuration already has a value '\(slot.section).\(key)': choose another name."
        )
      }
    }
  }
}

extension Catalog {
  /// The default configuration of a preset; nil if there is no such preset.
  public func configuration(preset name: String) -> Configuration? {
    presets.first { $0.name == name }?.configuration(in: self)
  }

  /// The estimators with their defaults.
  public func makeEstimators() -> [Estimator] { estimators.map { $0.makeEstimator() } }

  /// The estimator with the given name and its defaults; nil if there is none.
  public func estimator(named name: String) -> Estimator? {
    estimators.first { $0.name == name }?.makeEstimator()
  }
}

/// A place of a configuration that holds one component of the catalog.
enum Slot: CaseIterable {
  case estimator, tasks, policy, outerStep

  /// The section of the component's own keys.
  var section: String {
    switch self {
    case .tasks: "environment"
    case .policy: "policy"
    case .estimator, .outerStep: "outer"
    }
  }

  /// The key that selects the component.
  var nameKey: String {
    switch self {
    case .tasks: "environment.name"
    case .policy: "policy.kind"
    case .estimator: "estimator"
    case .outerStep: "outer.optimizer"
    }
  }

  /// The components that fit the slot.
  func components(_ catalog: Catalog) -> [any ComponentOptions] {
    switch self {
    case .tasks: catalog.tasks
    case .policy: catalog.policies
    case .estimator: catalog.estimators
    case .outerStep: catalog.outerSteps
    }
  }

  /// Whether a component fits the slot.
  func holds(_ component: any ComponentOptions) -> Bool {
    switch self {
    case .tasks: component is any TaskOptions
    case .policy: component is any PolicyOptions
    case .estimator: component is any EstimatorOptions
    case .outerStep: component is any OuterStepOptions
    }
  }
}
