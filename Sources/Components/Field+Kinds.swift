extension Field {
  /// A real number.
  ///
  /// - Parameters:
  ///   - key: the name within the section.
  ///   - documentation: the meaning of the number, in a sentence.
  ///   - path: the property that stores it.
  ///   - range: the permitted values.
  ///   - exclusive: whether the lower bound itself is excluded.
  ///   - symbol: the symbol in the paper.
  /// - Returns: The field.
  public static func number(
    _ key: String, _ documentation: String, _ path: WritableKeyPath<Owner, Double>,
    _ range: ClosedRange<Double>, exclusive: Bool = false, symbol: String? = nil
  ) -> Field {
    let low =
      exclusive ? "greater than \(plain(range.lowerBound))" : "at least \(plain(range.lowerBound))"
    let high = range.upperBound < 1e9 ? " and at most \(plain(range.upperBound))" : ""
    let isUnbounded = range.lowerBound < -1e9
    return Field(
      key: key, documentation: documentation,
      kind: isUnbounded ? "a number" : "a number \(low)\(high)", symbol: symbol, isReal: true,
      value: { .scalar(plain($0[keyPath: path])) }
    ) { owner, value in
      guard case .scalar(let text) = value, let number = Double(text), range.contains(number),
        !(exclusive && number == range.lowerBound)
      else { return false }
      owner[keyPath: path] = number
      return true
    }
  }

  /// A whole number; the parameters are those of ``number(_:_:_:_:exclusive:symbol:)``.
  public static func count(
    _ key: String, _ documentation: String, _ path: WritableKeyPath<Owner, Int>,
    atLeast least: Int, atMost most: Int = 1_000_000, symbol: String? = nil
  ) -> Field {
    Field(
      key: key, documentation: documentation, kind: "a whole number from \(least) to \(most)",
      symbol: symbol, value: { .scalar("\($0[keyPath: path])") }
    ) { owner, value in
      guard case .scalar(let text) = value, let number = Int(text), number >= least, number <= most
      else { return false }
      owner[keyPath: path] = number
      return true
    }
  }

  /// True or false.
  public static func flag(
    _ key: String, _ documentation: String, _ path: WritableKeyPath<Owner, Bool>
  ) -> Field {
    Field(
      key: key, documentation: documentation, kind: "true or false", choices: ["true", "false"],
      value: { .scalar("\($0[keyPath: path])") }
    ) { owner, value in
      guard case .scalar(let text) = value, let flag = Bool(text) else { return false }
      owner[keyPath: path] = flag
      return true
    }
  }

  /// One of the cases of an enumeration.
  public static func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ documentation: String, _ path: WritableKeyPath<Owner, Value>
  ) -> Field {
    let choices = Value.allCases.map(\.rawValue)
    return Field(
      key: key, documentation: documentation,
      kind: "one of \(choices.joined(separator: ", "))", choices: choices,
      value: { .scalar($0[keyPath: path].rawValue) }
    ) { owner, value in
      guard case .scalar(let text) = value, let choice = Value(rawValue: text) else {
        return false
      }
      owner[keyPath: path] = choice
      return true
    }
  }

  /// Text that passes a check.
  public static func text(
    _ key: String, _ documentation: String, _ path: WritableKeyPath<Owner, String>, kind: String,
    isValid: @escaping (String) -> Bool
  ) -> Field {
    Field(
      key: key, documentation: documentation, kind: kind,
      value: { .scalar($0[keyPath: path]) }
    ) { owner, value in
      guard case .scalar(let text) = value, isValid(text) else { return false }
      owner[keyPath: path] = text
      return true
    }
  }

  /// A list of sizes, such as the widths of layers.
  public static func sizes(
    _ key: String, _ documentation: String, _ path: WritableKeyPath<Owner, [Int]>
  ) -> Field {
    Field(
      key: key, documentation: documentation,
      kind: "a list of whole numbers from 1 to 10000, such as [100, 100]",
      value: { .sequence($0[keyPath: path].map(String.init)) }
    ) { owner, value in
      guard case .sequence(let texts) = value else { return false }
      let sizes = texts.compactMap { Int($0) }
      guard sizes.count == texts.count, sizes.allSatisfy({ (1...10_000).contains($0) }) else {
        return false
      }
      owner[keyPath: path] = sizes
      return true
    }
  }

  /// A number without a redundant fraction.
  private static func plain(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e9 ? "\(Int(value))" : "\(value)"
  }
}
