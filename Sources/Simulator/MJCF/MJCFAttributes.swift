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

  /// The element with what it inherits as its own attributes.
  var merged: MJCFElement {
    var result = element
    result.attributes = layers.reduce(into: [:]) { $0.merge($1) { $1 } }
    return result
  }

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
          "write plain decimal numbers; larger ones cannot be represented here")
      }
      guard !values.isEmpty, values.count <= start.count else {
        throw element.error(
          .invalidValue, "\(name) has \(values.count) numbers instead of 1 to \(start.count)",
          MJCFError.notRepresentable)
      }
      result.replaceSubrange(0..<values.count, with: values)
      longest = max(longest, values.count)
    }
    if longest > 0, longest < minimum {
      throw element.error(
        .invalidValue, "\(name) has \(longest) numbers", "MuJoCo wants at least \(minimum)")
    }
    return result
  }

  /// A single number.
  func number(_ name: String, default value: Double) throws(MJCFError) -> Double {
    try vector(name, startingAt: [value])[0]
  }

  /// A whole number of 32 bits, such as a bit mask.
  func integer(_ name: String, default value: Int32) throws(MJCFError) -> Int32 {
    guard let text = text(name) else { return value }
    guard let whole = MJCFNumbers.integer(text) else {
      throw element.error(
        .invalidValue, "\(name)=\"\(text.prefix(60))\" is not a whole number",
        "correct it")
    }
    return whole
  }

  /// A single number that is not negative.
  func magnitude(_ name: String, default value: Double) throws(MJCFError) -> Double {
    let number = try number(name, default: value)
    guard number >= 0 else {
      throw element.unsupported("\(name)=\"\(number)\" is negative")
    }
    return number
  }

  /// One of several words.
  func word(
    _ name: String, default value: String, of allowed: [String]
  ) throws(MJCFError) -> String {
    let text = text(name) ?? value
    guard allowed.contains(text) else {
      throw element.unsupported(
        "\(name)=\"\(text.prefix(60))\" is not simulated, only \(allowed.joined(separator: ", "))")
    }
    return text
  }

  /// A range of two numbers with its switch: nil if the switch is off, or automatic and the range
  /// is empty.
  func range(
    _ name: String, switch limited: String, isAutomatic: Bool
  ) throws(MJCFError) -> ClosedRange<Double>? {
    let ends = try vector(name, startingAt: [0, 0], minimum: 2)
    switch try word(limited, default: "auto", of: ["true", "false", "auto"]) {
    case "true":
      guard ends[0] < ends[1] else {
        throw element.error(
          .invalidValue, "\(name) \(ends[0]) to \(ends[1]) is empty",
          "give its lower, then its upper end")
      }
    case "false": return nil
    default:
      guard isAutomatic || ends == [0, 0] else {
        throw element.error(
          .invalidValue, "a \(name) without \(limited), and autolimits is off",
          "say \(limited)=\"true\" or \"false\"")
      }
      guard ends[0] < ends[1] else { return nil }
    }
    return ends[0]...ends[1]
  }
}
