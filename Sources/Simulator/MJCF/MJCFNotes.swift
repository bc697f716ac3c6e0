/// What a model file has that does not change the motion and is therefore left out.
public struct MJCFNote: Sendable, Hashable, CustomStringConvertible {
  /// The tag of the element, such as `sensor`.
  public var element: String

  /// The line of the first such element, counted from 1.
  public var line: Int

  /// The included file with that line; nil for the file that was read.
  public var file: String?

  /// How many there are in that file.
  public var count: Int

  /// Why it is left out.
  public var reason: String

  /// The note as one line.
  public var description: String {
    let place = file.map { "file \"\($0.prefix(60))\", " } ?? ""
    let number = count > 1 ? " (\(count) times)" : ""
    return "\(place)line \(line), \(element)\(number): left out, \(reason)"
  }

  /// The elements that are left out, by tag, with the reason.
  static let reasons = [
    "visual": "it is for pictures", "asset": "materials and textures are for pictures",
    "statistic": "it is for pictures", "size": "it is about memory",
    "custom": "it is data for other programs", "sensor": "sensors only measure",
    "keyframe": "it is a state, and states are set by the program",
    "light": "it is for pictures", "camera": "it is for pictures",
    "site": "nothing acts at it",
  ]

  /// The notes on a file that could be read.
  static func all(_ root: MJCFElement) -> [MJCFNote] {
    var result: [MJCFNote] = []
    add(root, to: &result)
    return result
  }

  private static func add(_ element: MJCFElement, to result: inout [MJCFNote]) {
    for child in element.children where child.tag != "default" {
      if child.attributes["mocap"] == "true" {
        note(child, "body", "a mocap body stays where the file puts it", in: &result)
      }
      if let reason = reasons[child.tag] {
        note(child, child.tag, reason, in: &result)
      } else {
        add(child, to: &result)
      }
    }
  }

  private static func note(
    _ element: MJCFElement, _ tag: String, _ reason: String, in result: inout [MJCFNote]
  ) {
    let place = result.firstIndex {
      $0.element == tag && $0.file == element.file && $0.reason == reason
    }
    if let place {
      result[place].count += 1
    } else {
      result.append(
        MJCFNote(element: tag, line: element.line, file: element.file, count: 1, reason: reason))
    }
  }
}

/// A model file that was read.
public struct MJCFReading: Sendable {
  /// The model.
  public var model: PlanarModel

  /// What was left out because it does not change the motion, in the order of the file.
  public var notes: [MJCFNote]

  /// Identifies the elements and attributes of the file and of what it includes, wherever they stand:
  /// 16 hexadecimal digits.
  public var fingerprint: String
}
