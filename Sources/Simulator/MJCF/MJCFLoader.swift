import CLibrary
import Files

/// Reads models from MJCF, MuJoCo's model format, as far as the engine simulates them.
///
/// `Docs/Simulator.md` lists what is read, what is left out because it does not change the motion,
/// and what is refused. A refusal names element and line, because a model that is half understood
/// moves wrongly. An error advises another way to write the file only if the model then moves in the
/// same way. ``read(path:)`` also returns notes on what was left out.
///
/// Reading a path opens that file and the files that it includes. These have to be regular files in
/// the folder of the file or below, see ``init(includesWithin:)``. Reading a text opens nothing.
/// There are no network connections: document types and entities are refused before parsing.
///
/// <!-- snippet: Docs/Examples/Sources/Snippets/Reference.swift#mjcf -->
/// ```swift
/// let model = try CompiledModel(MJCFLoader().load(path: "half_cheetah.xml"))
/// ```
///
/// - Source: MuJoCo documentation, "XML Reference" and "Modeling".
public struct MJCFLoader: Sendable {
  /// The folder with all files that may be included; nil for that of the file that is read.
  public var includeFolder: String?

  /// Creates a loader.
  ///
  /// - Parameter includeFolder: The folder that includes must not leave, an ancestor of the files to
  ///   be read; nil for the folder of the file that is read. Symbolic links below it are not
  ///   followed.
  public init(includesWithin includeFolder: String? = nil) { self.includeFolder = includeFolder }

  /// Reads the file at `path`.
  ///
  /// - Throws: ``MJCFError``.
  public func load(path: String) throws(MJCFError) -> PlanarModel { try read(path: path).model }

  /// Reads a model from the bytes of a file, which include no other file.
  ///
  /// - Throws: ``MJCFError``.
  public func load(xml: Data) throws(MJCFError) -> PlanarModel { try read(xml: xml).model }

  /// Reads the file at `path`, with notes on what was left out.
  ///
  /// - Throws: ``MJCFError``.
  public func read(path: String) throws(MJCFError) -> MJCFReading {
    let data: Data
    do {
      data = try InputFile.data(path, atMost: MJCFScreen.byteLimit)
    } catch {
      throw MJCFError(
        kind: error.reason.hasPrefix("has more") ? .tooLarge : .unreadable, element: path, line: 0,
        problem: error.reason, advice: error.advice)
    }
    return try Self.reading(MJCFIncludes.tree(data, at: place(of: path)))
  }

  /// Reads a model from the bytes of a file, which include no other file, with notes on what was
  /// left out.
  ///
  /// - Throws: ``MJCFError``.
  public func read(xml: Data) throws(MJCFError) -> MJCFReading {
    try Self.reading(MJCFIncludes.tree(xml, at: nil))
  }

  private static func reading(_ root: MJCFElement) throws(MJCFError) -> MJCFReading {
    var fingerprint = Fingerprint()
    root.add(to: &fingerprint)
    return MJCFReading(
      model: try MJCFReader(root).model(), notes: MJCFNote.all(root), fingerprint: fingerprint.text)
  }

  /// Where the file at a path is among those that it may include.
  private func place(of path: String) throws(MJCFError) -> MJCFIncludes.Place {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let name = parts.removeLast()
    // the root of the file system is the folder of /model.xml
    let folder = parts == [""] ? "/" : parts.joined(separator: "/")
    guard let includeFolder else {
      return MJCFIncludes.Place(root: InputFolder(folder), folder: [], name: name)
    }
    guard let outer = Self.resolved(includeFolder), let inner = Self.resolved(folder),
      inner.starts(with: outer)
    else {
      throw MJCFError(
        kind: .unreadable, element: path, line: 0,
        problem: "is not in the folder \(includeFolder), which includes must not leave",
        advice: "name a folder above the file")
    }
    return MJCFIncludes.Place(
      root: InputFolder(includeFolder), folder: Array(inner.dropFirst(outer.count)), name: name)
  }

  /// The components of a folder's path without symbolic links.
  private static func resolved(_ folder: String) -> [String]? {
    guard let path = realpath(folder.isEmpty ? "." : folder, nil) else { return nil }
    defer { free(path) }
    return String(cString: path).split(separator: "/").map(String.init)
  }
}
