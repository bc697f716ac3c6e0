/// The precision of the numbers that a tape computes with.
public enum Precision: String, CaseIterable, Codable, Sendable {
  /// 64 bits, about 16 digits.
  case double
  /// 32 bits, about 7 digits.
  case single

  /// The size of a number in bytes.
  var byteCount: Int { self == .double ? 8 : 4 }
}
