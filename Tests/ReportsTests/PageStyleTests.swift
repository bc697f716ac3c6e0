import Foundation
import Testing

@testable import Reports

/// The colours of a page, by the contrast that WCAG 2.1 asks for.
@Suite struct PageStyleTests {
  /// The colours of the light scheme and of the dark one.
  static func schemes() -> [[String: String]] {
    PageStyle.sheet.components(separatedBy: ":root {").dropFirst().map { block in
      let declarations = block.prefix { $0 != "}" }.split(separator: ";")
      let pairs = declarations.map {
        $0.split(separator: ":").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
      }
      let colors = pairs.filter { $0.count == 2 && $0[1].hasPrefix("#") }
      return Dictionary(colors.map { ($0[0], $0[1]) }) { $1 }
    }
  }

  /// `(L₁ + 0.05) / (L₂ + 0.05)` with the relative luminances of both, the greater first.
  static func contrast(_ a: String, _ b: String) throws -> Double {
    let luminances = try [a, b].map { color in
      let number = try #require(Int(color.dropFirst(), radix: 16))
      let channels = [16, 8, 0].map { shift -> Double in
        let value = Double(number >> shift & 255) / 255
        return value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    }.sorted()
    return (luminances[1] + 0.05) / (luminances[0] + 0.05)
  }

  @Test func contrastIsMeasured() throws {
    #expect((try Self.contrast("#000000", "#ffffff") - 21).magnitude < 1e-9)
    #expect(try Self.contrast("#777777", "#ffffff") < 4.5)
  }

  @Test func textAndDrawingsStandOutInBothSchemes() throws {
    let schemes = Self.schemes()
    #expect(schemes.count == 2 && schemes[0].keys.sorted() == schemes[1].keys.sorted())
    let series = (0..<ChartSeries.colorCount).map { "--series-\($0)" }
    for colors in schemes {
      func contrast(_ name: String, on ground: String) throws -> Double {
        try Self.contrast(try #require(colors[name]), try #require(colors[ground]))
      }
      // words, on the page and in boxes; the numbers of series; a button and a key
      for name in ["--ink", "--muted", "--accent"] + series {
        for ground in ["--paper", "--raised"] {
          #expect(try contrast(name, on: ground) >= 4.5, "\(name) on \(ground)")
        }
      }
      // bodies before the sky and the ground
      for name in ["--limb", "--touch"] {
        for ground in ["--paper", "--ground"] {
          #expect(try contrast(name, on: ground) >= 3, "\(name) on \(ground)")
        }
      }
    }
  }
}
