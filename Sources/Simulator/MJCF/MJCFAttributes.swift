/// The attributes of an element together with those of the default classes it inherits.
///
/// The layers go from the outermost class to the element. A later layer overrides an earlier one;
/// of a vector it overrides as many leading entries as it names, as in MuJoCo.
struct MJCFAttributes {
  let element: MJCFElement
  let layers: [[String: String]]

  init(_ element: MJCFElement, defaults: [[String: String]] = []) {
    self.element = element
    layers = defaults + [element.attributes]
  }

  /// Whether any layer has the attribute.
  func has(_ name: String) -> Bool { layers.contains { $0[name] != nil } }

  /// The text of an attribute.
  func text(_ name: String) -> String? { layers.last { $0[name] != nil }?[name] }

  /// A vector of at most `start.count` entries, filled up from `start`.
  ///
  /// `minimum` is the number of entries some layer has to give if the attribute appears at all.
  func vector(
    _ name: String, startingAt start: [Double], minimum: Int = 1
  ) throws(MJCFError) -> [Double] {
    var result = start
    var longest = 0
    for layer in layers {
      guard let text = layer[name] else { continue }
      guard let values = MJCFNumbers.parse(text) else {
        throw element.error(
          .invalidValue, "\(name)=\"\(text.prefix(60))\" is not a list of numbers up to 1e10",
          "write plain decimal numbers")
      }
      guard !values.isEmpty, values.count <= start.count else {
        throw element.error(
          .invalidValue, "\(name) has \(values.count) numbers", "give 1 to \(start.count)")
      }
      result.replaceSubrange(0..<values.count, with: values)
      longest = max(longest, values.count)
    }
    if longest > 0, longest < minimum {
      throw element.error(
        .invalidValue, "\(name) has \(longest) numbers", "give at least \(minimum)")
    }
    return result
  }

  /// A single number.
  func number(_ name: String, default value: Double) throws(MJCFError) -> Double {
    try vector(name, startingAt: [value])[0]
  }

  /// A whole number of at most 31 bits, such as a bit mask.
  func integer(_ name: String, default value: Int) throws(MJCFError) -> Int {
    let number = try number(name, default: Double(value))
    guard let whole = Int32(exactly: number), whole >= 0 else {
      throw element.error(
        .invalidValue, "\(name)=\(number) is not a whole number >= 0", "correct it")
    }
    return Int(whole)
  }

  /// One of several words.
  func word(
    _ name: String, default value: String, of allowed: [String]
  ) throws(MJCFError) -> String {
    let text = text(name) ?? value
    guard allowed.contains(text) else {
      throw element.unsupported(
        "\(name)=\"\(text.prefix(60))\" is not supported",
        "use one of \(allowed.joined(separator: ", "))")
    }
    return text
  }

  /// A switch that is on, off, or, if `hasRange`, on whenever a range is given.
  func limited(
    _ name: String, hasRange: Bool, automatic: Bool
  ) throws(MJCFError) -> Bool {
    switch try word(name, default: "auto", of: ["true", "false", "auto"]) {
    case "true": return true
    case "false": return false
    default:
      if hasRange, !automatic {
        throw element.error(
          .invalidValue, "a range without \(name), and autolimits is off",
          "say \(name)=\"true\" or \"false\"")
      }
      return hasRange
    }
  }
}
