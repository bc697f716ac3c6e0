@_exported import Certification
@_exported import Experiments
import Files
@_exported import Verification

/// A document that the program prints with `--json` or keeps in a folder.
///
/// Each document has one type. The program writes it, and whoever reads it decodes it, with that type, so
/// a key cannot mean two things. Keys are in snake case; numbers that JSON does not know are the texts
/// "inf", "-inf" and "nan".
public protocol Document: Codable, Sendable {
  /// The version of the format; it changes where a key changes its meaning.
  var schemaVersion: Int { get }
}

extension Document {
  /// Reads a document that was written as JSON.
  ///
  /// - Throws: `DecodingError` with the key that is missing or has another type.
  public init(json: Data) throws { self = try JSON.decode(Self.self, from: json) }

  /// The document as JSON, with sorted keys, on several lines.
  ///
  /// - Throws: `EncodingError`.
  public func json() throws -> Data { try JSON.encode(self) }
}
