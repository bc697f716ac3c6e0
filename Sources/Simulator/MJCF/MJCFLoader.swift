import Files

/// Reads models from MJCF, MuJoCo's model format, as far as the engine simulates them.
///
/// Read are: one tree of bodies with slides and hinges in a plane, on bodies that do not move or with
/// a root that does, capsules and spheres in any orientation, a ground plane, contacts between
/// bodies, nested defaults and classes, motors, the physical options, degrees and radians, and
/// `settotalmass`. What does not change the motion is skipped and not checked:
/// pictures (visual, assets, lights, cameras, sites, statistics), sizes, sensors, keyframes, and
/// settings at their defaults. Everything else is refused with an error that names element and
/// line, because a model that is half understood moves wrongly. An error advises another way to
/// write the file only if the model then moves in the same way.
///
/// Reading opens no file but the given one and no network connection: document types and entities
/// are refused before parsing.
///
/// <!-- snippet: Docs/Examples/Sources/Snippets/Reference.swift#mjcf -->
/// ```swift
/// let model = try CompiledModel(MJCFLoader().load(path: "half_cheetah.xml"))
/// ```
///
/// - Source: MuJoCo documentation, "XML Reference" and "Modeling".
public struct MJCFLoader: Sendable {
  /// Creates a loader.
  public init() {}

  /// Reads the file at `path`.
  ///
  /// - Throws: ``MJCFError``.
  public func load(path: String) throws(MJCFError) -> PlanarModel {
    let data: Data
    do {
      data = try InputFile.data(path, atMost: InputFile.greatestText)
    } catch {
      throw MJCFError(
        kind: .unreadable, element: path, line: 0, problem: error.reason, advice: error.advice)
    }
    return try load(xml: data)
  }

  /// Reads a model from the bytes of a file.
  ///
  /// - Throws: ``MJCFError``.
  public func load(xml: Data) throws(MJCFError) -> PlanarModel {
    try MJCFReader(MJCFParser.parse(xml)).model()
  }
}
