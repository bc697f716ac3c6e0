import Foundation

#if canImport(FoundationXML)
import FoundationXML
#endif

/// Turns the text of a model file into a tree of elements, with bounds on everything.
///
/// ``MJCFScreen`` has refused document types and entities before the XML parser sees the text, so
/// there is nothing to expand and nothing outside the text is ever opened.
final class MJCFParser: NSObject, XMLParserDelegate {
  /// The deepest nesting accepted.
  static let depthLimit = 64
  /// The largest number of elements accepted.
  static let elementLimit = 10_000

  private var stack: [MJCFElement] = []
  private var root: MJCFElement?
  private var fault: MJCFError?
  private var elementCount = 0

  /// Parses `text`.
  static func parse(_ text: Data) throws(MJCFError) -> MJCFElement {
    let delegate = MJCFParser()
    let parser = XMLParser(data: try MJCFScreen.plain(text))
    parser.shouldResolveExternalEntities = false
    parser.shouldProcessNamespaces = false
    parser.delegate = delegate
    let complete = parser.parse()
    if let fault = delegate.fault { throw fault }
    guard complete, let root = delegate.root, delegate.stack.isEmpty else {
      throw MJCFError(
        kind: .malformed, element: "file", line: max(0, parser.lineNumber),
        problem: "the XML is not well formed",
        advice: "check that the file is complete and every tag is closed")
    }
    return root
  }

  /// Opens an element.
  func parser(
    _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
    qualifiedName qName: String?, attributes attributeDict: [String: String] = [:]
  ) {
    guard fault == nil else { return }
    let element = MJCFElement(
      tag: elementName, attributes: attributeDict, line: max(0, parser.lineNumber))
    elementCount += 1
    if stack.count >= Self.depthLimit || elementCount > Self.elementLimit {
      fault = element.error(
        .tooLarge, "more than \(Self.depthLimit) levels or \(Self.elementLimit) elements",
        "is this a model file?")
      parser.abortParsing()
      return
    }
    stack.append(element)
  }

  /// Closes an element and hands it to its parent.
  func parser(
    _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?,
    qualifiedName qName: String?
  ) {
    guard fault == nil, let element = stack.popLast() else { return }
    if stack.isEmpty {
      root = element
    } else {
      stack[stack.count - 1].children.append(element)
    }
  }
}
