import Certification
import Experiments
import Files

/// What `metatape_batch_create` is asked for.
struct BatchRequest {
  let name: String
  let count: Int
  let horizon: Int
  let autoreset: EnvironmentBatch.Autoreset
  let options: [String: FieldValue]

  init(_ json: String) throws {
    let fields = try JSONFields(json, "The request")
    try fields.requireOnly(["name", "count", "horizon", "options", "autoreset"])
    name = try fields.text("name")
    count = fields.has("count") ? try fields.count("count", in: 1...1_000_000) : 1
    horizon = fields.has("horizon") ? try fields.count("horizon", in: 0...1_000_000_000) : 100
    options = try fields.assignments("options")
    let word = fields.has("autoreset") ? try fields.text("autoreset") : "disabled"
    guard let autoreset = EnvironmentBatch.Autoreset(rawValue: word) else {
      throw CallError.argument(
        "'autoreset' is '\(word)'; it is one of \(EnvironmentBatch.Autoreset.allCases.map(\.rawValue).joined(separator: ", "))."
      )
    }
    self.autoreset = autoreset
  }
}

/// What `metatape_policy_create` is asked for.
struct PolicyRequest {
  let policy: any Policy
  /// The number of actions, where they are indices.
  let actionCount: Int?

  init(_ json: String) throws {
    let fields = try JSONFields(json, "The request")
    try fields.requireOnly(["kind", "observations", "actions", "options"])
    let (kind, catalog) = (try fields.text("kind"), Catalog.standard)
    guard var options = catalog.policies.first(where: { $0.name == kind }) else {
      throw CallError.argument(
        "There is no policy '\(kind)'; there are \(catalog.policies.map(\.name).joined(separator: ", "))."
      )
    }
    try options.set(try fields.assignments("options"))
    let actions = try Self.space("actions", fields)
    guard actions.isDiscrete == options.choosesIndices else {
      throw CallError.argument(
        "A '\(kind)' chooses \(options.choosesIndices ? "among actions: give {\"n\": …}" : "vectors: give their size") as 'actions'."
      )
    }
    actionCount = if case .discrete(let count) = actions { count } else { nil }
    policy = try options.makePolicy(
      observations: try Self.space("observations", fields), actions: actions)
    guard policy.layout.count <= 1 << 28 else {
      throw CallError.argument(
        "A policy of \(policy.layout.count) parameters is too large: use smaller sizes.")
    }
  }

  /// A number of elements, or `{"n": …}` for indices.
  private static func space(_ key: String, _ fields: JSONFields) throws -> Space {
    if case .object = try fields.value(key) {
      let inner = try JSONFields(try fields.value(key), "'\(key)'")
      try inner.requireOnly(["n"])
      return .discrete(try inner.count("n", in: 1...100_000))
    }
    return .unbounded(size: try fields.count(key, in: 1...100_000))
  }
}

extension ComponentOptions {
  /// Sets values by their keys.
  ///
  /// - Throws: ``CallError`` for a key that there is not, or a value that is not of its kind.
  mutating func set(_ values: [String: FieldValue]) throws {
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let field = fields.first(where: { $0.key == key }) else {
        throw CallError.argument(
          "'\(name)' has no option '\(key)'; it has \(keys.isEmpty ? "none" : keys.joined(separator: ", "))."
        )
      }
      guard field.set(&self, value) else {
        throw CallError.argument(
          "The option '\(key)' should be \(field.kind), not \(value.text).")
      }
    }
  }
}

extension JSONFields {
  init(_ json: String, _ place: String) throws {
    try self.init(Data(json.utf8), place, startingWith: "{")
  }

  /// Values of components, by key; none if the key is missing.
  func assignments(_ key: String) throws -> [String: FieldValue] {
    guard has(key) else { return [:] }
    guard case .object(let members) = try value(key) else {
      throw CallError.argument("'\(key)' should be an object of keys and values.")
    }
    return try members.mapValues { try $0.fieldValue(key) }
  }
}

extension JSONValue {
  /// The value as a file of a configuration would have it.
  fileprivate func fieldValue(_ place: String) throws -> FieldValue {
    switch self {
    case .array(let values):
      .sequence(
        try values.map { value in
          guard case .scalar(let text) = try value.fieldValue(place) else {
            throw CallError.argument("'\(place)' has a list of lists; use a list of values.")
          }
          return text
        })
    case .string(let text): .scalar(text)
    case .number(let number):
      .scalar(Int(exactly: number).map { "\($0)" } ?? "\(number)")
    case .bool(let isTrue): .scalar(isTrue ? "true" : "false")
    default:
      throw CallError.argument("'\(place)' has a value that is no number, text, word or list.")
    }
  }
}
