import CLibrary
import Foundation
import Testing

@Suite struct FormattedTests {
  @Test(arguments: [0, -0.0, 1, 0.1, 1 / 3, -12345.678, 1e300, 5e-300, .infinity, .nan, 2.5, 1e15])
  func textIsThatOfFoundation(value: Double) {
    for format in ["%.3f", "%.0f", "%.2e", "%.4g", "%.3g", "%.2g", "%.1fM", "%.0f s"] {
      #expect(formatted(format, value) == String(format: format, value), "\(format)")
    }
  }

  @Test func severalArgumentsAndOtherKinds() {
    #expect(formatted("%d of %ld, %g %%", Int32(3), 4, 0.5) == "3 of 4, 0.5 %")
  }
}
