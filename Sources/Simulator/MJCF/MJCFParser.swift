import Files

/// Turns the text of a model file into a tree of elements, with bounds on everything.
///
/// ``MJCFScreen`` has refused document types and entities before the XML parser sees the text, so
/// there is nothing to expand and nothing outside the text is ever opened.
struct MJCFParser: XMLHandler {
  /// The deepest nesting accepted.
  static let depthLimit = 64
  /// The largest number of elements accepted.
  static let elementLimit = 10_000

  /// The elements that are open, from the outermost inwards.
  private var stack: [MJCFElement] = []
  private var root: MJCFElement?
  private var fault: MJCFError?
  private let file: String?
  private let level: Int
  private var elementCount: Int

  private init(file: String?, level: Int, elementCount: Int) {
    self.file = file
    self.level = level
    self.elementCount = elementCount
  }

  /// Parses `text`.
  ///
  /// - Parameters:
  ///   - text: The bytes of a file.
  ///   - file: The name of an included file.
  ///   - level: The depth at which the file is included.
  ///   - elementCount: The number of elements of all files so far, which is increased.
  /// - Returns: The root.
  /// - Throws: ``MJCFError`` if the text is not well formed or too large.
  static func parse(
    _ text: Data, file: String? = nil, level: Int = 0, elementCount: inout Int
  ) throws(MJCFError) -> MJCFElement {
    var parser = MJCFParser(file: file, level: level, elementCount: elementCount)
    let plain: [UInt8]
    do throws(MJCFError) { plain = try MJCFScreen.plain(text) } catch {
      throw error.inFile(file)
    }
    let faultyLine = XMLReader.read(plain, into: &parser)
    elementCount = parser.elementCount
    if let fault = parser.fault { throw fault }
    guard faultyLine == nil, let root = parser.root else {
      throw MJCFError(
        kind: .malformed, element: "file", line: faultyLine ?? 0,
        problem: "the XML is not well formed",
        advice: "check that the file is complete and every tag is closed"
      ).inFile(file)
    }
    return root
  }

  /// Opens an element.
  mutating func open(_ tag: String, _ attributes: [String: String], line: Int) -> Bool {
    let element = MJCFElement(tag: tag, attributes: attributes, line: line, file: file)
    elementCount += 1
    if level + stack.count >= Self.depthLimit || elementCount > Self.elementLimit {
      fault = element.error(
        .tooLarge, "more than \(Self.depthLimit) levels or \(Self.elementLimit) elements",
        "is this a model file?")
      return false
    }
    stack.append(element)
    return true
  }

  /// Closes an element and hands it to its parent.
  mutating func close(_ tag: String) {
    guard let element = stack.popLast() else { return }
    if stack.isEmpty {
      root = element
    } else {
      stack[stack.count - 1].children.append(element)
    }
  }
}
