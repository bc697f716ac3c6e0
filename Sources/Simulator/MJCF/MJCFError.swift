import Requirements

/// A model file that cannot be read: which element at which line, why, and what to do.
public struct MJCFError: ReportedError, Hashable {
  /// What kind of fault it is.
  public var kind: Kind

  /// The element at fault, such as `geom "torso"`, or the file.
  public var element: String

  /// The line of the element, counted from 1; 0 if the fault has no line.
  public var line: Int

  /// The included file with that line, as `<include>` names it; nil for the file that is read.
  public var file: String?

  /// What is wrong.
  public var problem: String

  /// What to do: how to mend a mistake, or what moves in the same way and can be simulated. It
  /// never leads to a model that moves differently.
  public var advice: String

  /// The advice where no other model moves in the same way.
  static let notRepresentable = "this model cannot be represented here; simulate it with MuJoCo"

  /// The kinds of faults.
  public enum Kind: String, Sendable, Hashable {
    /// The file does not exist or cannot be read.
    case unreadable
    /// The text is not well-formed XML of an accepted encoding.
    case malformed
    /// The text is larger, deeper or longer than the reader accepts.
    case tooLarge
    /// An element, attribute or value that MuJoCo accepts but this engine does not simulate.
    case unsupported
    /// A value that is missing, not a number, out of range, or of the wrong length.
    case invalidValue
  }

  /// The error as one line.
  public var description: String {
    let place = file.map { "file \"\($0.prefix(60))\", " } ?? ""
    return "\(place)\(line > 0 ? "line \(line), " : "")\(element): \(problem); \(advice)"
  }

  /// The error as one of an included file.
  func inFile(_ file: String?) -> MJCFError {
    var result = self
    result.file = file
    return result
  }
}
