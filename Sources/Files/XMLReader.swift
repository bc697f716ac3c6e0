internal import CExpat
import Requirements

/// What is told of an XML text while it is read.
package protocol XMLHandler {
  /// An element begins in a line, counted from 1; false ends the reading.
  mutating func open(_ tag: String, _ attributes: [String: String], line: Int) -> Bool

  /// An element ends.
  mutating func close(_ tag: String)

  /// Text inside an element, in one or several parts.
  mutating func text(_ part: String)
}

extension XMLHandler {
  /// Text is left out.
  package mutating func text(_ part: String) {}
}

/// Reads XML in UTF-8 with expat, which opens no files and no connections.
package enum XMLReader {
  /// Reads a text from beginning to end.
  ///
  /// - Returns: Nil if the text is well formed, else the line in which it is not, or where the handler
  ///   ended the reading.
  package static func read<Handler: XMLHandler>(
    _ text: [UInt8], into handler: inout Handler
  ) -> Int? {
    let reading = Reading(handler)
    let isComplete = reading.read(text)
    if let result = reading.handler as? Handler { handler = result }
    return isComplete ? nil : reading.line
  }
}

/// One parser of expat and what it tells.
private final class Reading {
  private(set) var handler: any XMLHandler
  private let parser: XML_Parser

  /// The line that the parser has come to.
  var line: Int { Int(XML_GetCurrentLineNumber(parser)) }

  init(_ handler: any XMLHandler) {
    guard let parser = XML_ParserCreate("UTF-8") else {
      requirementFailure("There is no memory for an XML parser.")
    }
    self.handler = handler
    self.parser = parser
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser,
      { reading, tag, attributes in
        if let tag, let attributes { Reading.at(reading)?.open(tag, attributes) }
      },
      { reading, tag in
        if let tag { Reading.at(reading)?.handler.close(String(cString: tag)) }
      })
    XML_SetCharacterDataHandler(parser) { reading, start, count in
      let bytes = UnsafeRawBufferPointer(start: start, count: Int(count))
      Reading.at(reading)?.handler.text(String(decoding: bytes, as: UTF8.self))
    }
  }

  deinit { XML_ParserFree(parser) }

  /// Whether a text is well formed and was read to its end.
  func read(_ text: [UInt8]) -> Bool {
    text.withUnsafeBytes {
      XML_Parse(parser, $0.baseAddress, Int32($0.count), Int32(XML_TRUE))
    } == XML_STATUS_OK
  }

  /// `list` holds names and values in turn and ends with null.
  private func open(
    _ tag: UnsafePointer<XML_Char>, _ list: UnsafeMutablePointer<UnsafePointer<XML_Char>?>
  ) {
    var attributes: [String: String] = [:]
    var rest = list
    while let name = rest[0], let value = rest[1] {
      attributes[String(cString: name)] = String(cString: value)
      rest += 2
    }
    if !handler.open(String(cString: tag), attributes, line: line) {
      XML_StopParser(parser, XML_Bool(XML_FALSE))
    }
  }

  /// What a callback is for.
  private static func at(_ pointer: UnsafeMutableRawPointer?) -> Reading? {
    pointer.map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
  }
}
