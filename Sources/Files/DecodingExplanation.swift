extension DecodingError {
  /// What is wrong with a file, and under which key, in one sentence.
  package static func explanation(of error: any Error) -> String {
    func place(_ context: Context) -> String {
      let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
      let path = String(keys.joined().drop { $0 == "." })
      return path.isEmpty ? "the top" : "'\(path)'"
    }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context):
      return "the key '\(key.stringValue)' is missing at \(place(context))."
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return "\(place(context)) should be of type \(type)."
    case .dataCorrupted(let context):
      // at the top it is the text itself that is no JSON
      return context.codingPath.isEmpty
        ? "it is not JSON, or cut off."
        : "\(place(context)) is damaged: \(context.debugDescription)"
    default: return SystemError.reason(of: error)
    }
  }
}
