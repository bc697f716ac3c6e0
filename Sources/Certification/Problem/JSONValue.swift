import Files

/// A JSON value, so that what is wrong with a file can be said with its key.
package enum JSONValue: Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// What it is, for a message.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value): "the number \(value)"
    case .string(let value): "the text '\(value)'"
    case .array(let values): "a list of \(values.count)"
    case .object: "an object"
    }
  }
}

/// The members of a JSON object at a place of a file, read with checks.
package struct JSONFields {
  /// Where the object stands, as `file: cases[0]`.
  package let place: String
  private let members: [String: JSONValue]

  package init(_ value: JSONValue, _ place: String) throws(CertificateError) {
    guard case .object(let members) = value else {
      throw CertificateError("\(place) should be an object, not \(value.kind).")
    }
    (self.place, self.members) = (place, members)
  }

  /// The object that a file holds.
  ///
  /// - Parameters:
  ///   - data: the text.
  ///   - name: the file, for messages.
  ///   - start: how such a file starts, for a message.
  /// - Throws: ``CertificateError`` if it is not JSON or no object.
  package init(_ data: Data, _ name: String, startingWith start: String) throws(CertificateError) {
    let decoder = JSONDecoder()
    // NaN and Infinity are read, to be refused with their keys
    decoder.allowsJSON5 = true
    let value: JSONValue
    do { value = try decoder.decode(JSONValue.self, from: data) } catch {
      throw CertificateError(
        "\(name) is not JSON, or a number is out of range; it should start with \(start).")
    }
    try self.init(value, name)
  }

  /// Refuses keys that nobody reads: a misspelt key would be passed over in silence.
  package func requireOnly(_ known: [String]) throws(CertificateError) {
    for key in members.keys.sorted() where !known.contains(key) {
      throw CertificateError(
        "\(place) has the unknown key '\(key)'; the keys are \(known.joined(separator: ", ")).")
    }
  }

  package func has(_ key: String) -> Bool { members[key] != nil }

  package func value(_ key: String) throws(CertificateError) -> JSONValue {
    guard let value = members[key] else {
      throw CertificateError("\(place): the key '\(key)' is missing.")
    }
    return value
  }

  package func number(_ key: String) throws(CertificateError) -> Double {
    try Self.number(try value(key), "\(place): '\(key)'")
  }

  package func text(_ key: String) throws(CertificateError) -> String {
    let value = try value(key)
    guard case .string(let text) = value else {
      throw CertificateError("\(place): '\(key)' should be a text, not \(value.kind).")
    }
    return text
  }

  package func count(_ key: String, in range: ClosedRange<Int>) throws(CertificateError) -> Int {
    let number = try number(key)
    guard let count = Int(exactly: number), range.contains(count) else {
      throw CertificateError(
        "\(place): '\(key)' is \(number); it should be a whole number in \(range.lowerBound)...\(range.upperBound)."
      )
    }
    return count
  }

  package func vector(_ key: String, count: Int? = nil) throws(CertificateError) -> [Double] {
    try Self.vector(try value(key), count, "\(place): '\(key)'")
  }

  package func matrix(_ key: String, rows: Int, columns: Int) throws(CertificateError) -> [[Double]]
  {
    var result: [[Double]] = []
    for (i, row) in try Self.list(try value(key), rows, "\(place): '\(key)'").enumerated() {
      result.append(try Self.vector(row, columns, "\(place): '\(key)[\(i)]'"))
    }
    return result
  }

  package func tensor(_ key: String, _ shape: [Int]) throws(CertificateError) -> [[[Double]]] {
    var result: [[[Double]]] = []
    for (i, rows) in try Self.list(try value(key), shape[0], "\(place): '\(key)'").enumerated() {
      var matrix: [[Double]] = []
      for (j, row) in try Self.list(rows, shape[1], "\(place): '\(key)[\(i)]'").enumerated() {
        matrix.append(try Self.vector(row, shape[2], "\(place): '\(key)[\(i)][\(j)]'"))
      }
      result.append(matrix)
    }
    return result
  }

  /// The members that are vectors of one size, by name.
  package func vectors(_ key: String, count: Int) throws(CertificateError) -> [String: [Double]] {
    guard case .object(let members) = try value(key) else {
      throw CertificateError("\(place): '\(key)' should be an object of lists.")
    }
    var result: [String: [Double]] = [:]
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      result[name] = try Self.vector(value, count, "\(place): '\(key).\(name)'")
    }
    return result
  }

  package func objects(_ key: String) throws(CertificateError) -> [JSONFields] {
    var result: [JSONFields] = []
    for (i, value) in try Self.list(try value(key), nil, "\(place): '\(key)'").enumerated() {
      let separator = place.contains(": ") ? "." : ": "
      result.append(try JSONFields(value, "\(place)\(separator)\(key)[\(i)]"))
    }
    return result
  }

  /// The members that are objects, by name.
  package func namedObjects(_ key: String) throws(CertificateError) -> [(name: String, JSONFields)]
  {
    let value = try value(key)
    guard case .object(let members) = value else {
      throw CertificateError(
        "\(place): '\(key)' should be an object of objects, not \(value.kind).")
    }
    let separator = place.contains(": ") ? "." : ": "
    var result: [(name: String, JSONFields)] = []
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      result.append((name, try JSONFields(value, "\(place)\(separator)\(key).\(name)")))
    }
    return result
  }

  private static func list(
    _ value: JSONValue, _ count: Int?, _ place: String
  ) throws(CertificateError) -> [JSONValue] {
    guard case .array(let values) = value else {
      throw CertificateError("\(place) should be a list, not \(value.kind).")
    }
    guard count == nil || values.count == count else {
      throw CertificateError(
        "\(place) should have \(count ?? 0) elements, not \(values.count).")
    }
    return values
  }

  private static func vector(
    _ value: JSONValue, _ count: Int?, _ place: String
  ) throws(CertificateError) -> [Double] {
    var result: [Double] = []
    for (i, element) in try list(value, count, place).enumerated() {
      result.append(try number(element, Self.element(i, of: place)))
    }
    return result
  }

  /// The place of an element, its index inside the quotes of the key.
  private static func element(_ i: Int, of place: String) -> String {
    place.hasSuffix("'") ? "\(place.dropLast())[\(i)]'" : "\(place)[\(i)]"
  }

  private static func number(
    _ value: JSONValue, _ place: String
  ) throws(CertificateError) -> Double {
    guard case .number(let number) = value else {
      throw CertificateError("\(place) should be a number, not \(value.kind).")
    }
    guard number.isFinite else {
      throw CertificateError("\(place) is \(number); only finite numbers are allowed.")
    }
    return number
  }
}
