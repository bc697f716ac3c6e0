extension DecodingError {
  /// The problem with a file and its key, in one sentence.
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
      // at the top level the text itself is not JSON
      return context.codingPath.isEmpty
        ? "it is not JSON, or it is truncated."
        : "\(place(context)) is damaged: \(context.debugDescription)"
    default: return SystemError.reason(of: error)
    }
  }
}
