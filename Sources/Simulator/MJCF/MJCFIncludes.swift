import CLibrary
import Files

/// Puts the content of included files in the place of `<include>` elements.
///
/// The path is relative to the folder of the main file, also in an included file. The children of
/// the included root, whatever its tag, take the place of the element. As in MuJoCo a file is
/// included at most once.
///
/// Only regular files in one folder and its subfolders are opened: by default that of the main file.
/// Absolute paths and paths that lead out of it are refused, and so are symbolic links below it.
/// All files together have at most ``MJCFScreen/byteLimit`` bytes and
/// ``MJCFParser/elementLimit`` elements.
///
/// - Source: MuJoCo documentation, "XML Reference", include; the rules on paths are stricter.
struct MJCFIncludes {
  /// The deepest nesting of files accepted.
  static let depthLimit = 16

  /// The files that may be opened, and where the main file is among them.
  struct Place {
    /// Why a file cannot be read.
    struct Fault: Error {
      var reason, advice: String
    }

    /// The path of the root, for messages.
    var root: String
    /// Reads the file with the given components below the root, if it has no more bytes than that.
    var read: ([String], Int) throws(Fault) -> Data
    /// The components of the path from the root to the folder of the main file.
    var folder: [String]
    /// The name of the main file.
    var name: String

    /// A place among the files of a folder on disk.
    init(root: InputFolder, folder: [String], name: String) {
      self.init(root: root.path, folder: folder, name: name) {
        (path, limit) throws(Fault) in
        do throws(InputFile.ReadError) { return try root.data(path, atMost: limit) } catch {
          throw Fault(reason: error.reason, advice: error.advice)
        }
      }
    }

    /// A place among files that `read` returns.
    init(
      root: String, folder: [String], name: String,
      read: @escaping ([String], Int) throws(Fault) -> Data
    ) {
      (self.root, self.folder, self.name, self.read) = (root, folder, name, read)
    }
  }

  private let place: Place?
  private var seen: Set<[String]> = []
  private var bytes: Int
  private var elements = 0

  /// The tree of a text and of what it includes; without a `place` it may not include anything.
  static func tree(_ text: Data, at place: Place?) throws(MJCFError) -> MJCFElement {
    var includes = MJCFIncludes(place: place, bytes: text.count)
    if let place { includes.seen = [place.folder + [place.name]] }
    let root = try MJCFParser.parse(text, elementCount: &includes.elements)
    return try includes.expanded(root, level: 1, nesting: 0)
  }

  private init(place: Place?, bytes: Int) {
    self.place = place
    self.bytes = bytes
  }

  /// The element with its includes expanded; `level` is the depth of its children.
  private mutating func expanded(
    _ element: MJCFElement, level: Int, nesting: Int
  ) throws(MJCFError) -> MJCFElement {
    guard !element.children.isEmpty else { return element }
    var result = element
    result.children = []
    for child in element.children {
      if child.tag == "include" {
        let included = try content(of: child, level: level, nesting: nesting + 1)
        result.children += try expanded(included, level: level, nesting: nesting + 1).children
      } else {
        result.children.append(try expanded(child, level: level + 1, nesting: nesting))
      }
    }
    return result
  }

  /// The root of the file that an element includes.
  private mutating func content(
    of element: MJCFElement, level: Int, nesting: Int
  ) throws(MJCFError) -> MJCFElement {
    try element.requireAttributes(used: ["file": .text])
    guard let file = element.attributes["file"], !file.isEmpty else {
      throw element.error(.invalidValue, "there is no file", "say file=\"...\"")
    }
    guard element.children.isEmpty else {
      throw element.error(.invalidValue, "it has content", "MuJoCo rejects it too")
    }
    guard let place else {
      throw element.error(
        .unsupported, "the text of a model without a path includes \"\(file.prefix(60))\"",
        "equivalent is the model read from its file, or the text with the content of the included "
          + "file's root in this place")
    }
    guard nesting <= Self.depthLimit else {
      throw element.error(
        .tooLarge, "includes are nested more than \(Self.depthLimit) deep", "is this a model file?")
    }
    let path = try components(of: file, in: place, element)
    guard seen.insert(path).inserted else {
      throw element.error(
        .invalidValue, "\"\(file.prefix(60))\" is included twice or includes itself",
        "MuJoCo rejects it too")
    }
    let data: Data
    do {
      data = try place.read(path, MJCFScreen.byteLimit - bytes)
    } catch {
      throw element.error(
        error.reason.hasPrefix("has more") ? .tooLarge : .unreadable,
        "\"\(file.prefix(60))\" \(error.reason)", error.advice)
    }
    bytes += data.count
    let root = try MJCFParser.parse(data, file: file, level: level - 1, elementCount: &elements)
    guard !root.children.isEmpty else {
      throw element.error(
        .invalidValue, "\"\(file.prefix(60))\" is empty", "MuJoCo rejects it too")
    }
    return root
  }

  /// The path of an included file from the root.
  private func components(
    of file: String, in place: Place, _ element: MJCFElement
  ) throws(MJCFError) -> [String] {
    func outside(_ problem: String) -> MJCFError {
      element.error(
        .unsupported, "\"\(file.prefix(60))\" \(problem)",
        "equivalent is a copy of the file inside the folder, included under its new path")
    }
    guard !file.hasPrefix("/"), !file.contains("\\"), !file.utf8.contains(0) else {
      throw outside("is not a relative path with / between folders")
    }
    var result = place.folder
    for component in file.split(separator: "/") where component != "." {
      if component != ".." {
        result.append(String(component))
      } else if result.popLast() == nil {
        throw outside("leads out of the folder \(place.root)")
      }
    }
    return result
  }
}
