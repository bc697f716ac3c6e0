import Files
import Testing

@Suite struct XMLReaderTests {
  /// All that is told, as one text.
  private struct Record: XMLHandler {
    var text = ""
    var last = ""

    mutating func open(_ tag: String, _ attributes: [String: String], line: Int) -> Bool {
      text += "<\(tag) \(line)\(attributes.keys.sorted().map { " \($0)=\(attributes[$0] ?? "")" })>"
      return tag != last
    }

    mutating func close(_ tag: String) { text += "</\(tag)>" }

    mutating func text(_ part: String) { text += part }
  }

  @Test func everythingIsToldInOrder() {
    var record = Record()
    #expect(XMLReader.read(Array("<a>\n<b c='ä'>x &lt; y</b></a>".utf8), into: &record) == nil)
    #expect(record.text == "<a 1[]>\n<b 2[\" c=ä\"]>x < y</b></a>")
  }

  @Test func aHandlerEndsTheReading() {
    var record = Record(last: "b")
    #expect(XMLReader.read(Array("<a>\n<b/><c/></a>".utf8), into: &record) == 2)
    #expect(!record.text.contains("<c"))
  }

  @Test(arguments: [
    ("<a>\n</b>", 2), ("", 1), ("<a>&x;</a>", 1), ("<a/>\n\n<b/>", 3), ("<a b='", 1),
  ])
  func whatIsNotWellFormedHasALine(text: String, line: Int) {
    var record = Record()
    #expect(XMLReader.read(Array(text.utf8), into: &record) == line)
  }
}
