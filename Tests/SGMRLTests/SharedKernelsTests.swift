import MessagePassing
import Synchronization
import Testing

@testable import SGMRL

/// Processes take the same kernels. The other process of these tests says what it is told to.
@Suite struct SharedKernelsTests {
  @Test(
    arguments: [
      // the first process's choice, if all have it
      ([["Zen", "Haswell"], ["Haswell", "Zen"]], "Zen"),
      ([["Cooperlake", "SkylakeX", "Haswell"], ["SkylakeX", "Haswell"]], "SkylakeX"),
      ([["Haswell", "Zen", "Prescott"], ["Zen", "Haswell"], ["Prescott", "Zen"]], "Zen"),
      // a user's variable leaves one
      ([["Cooperlake", "Haswell"], ["Haswell"]], "Haswell"),
      ([["Haswell"], ["Zen"]], nil), ([["Zen"]], "Zen"), ([], nil),
    ] as [([[String]], String?)])
  func whatAllHave(offers: [[String]], expected: String?) {
    #expect(commonKernels(of: offers) == expected)
  }

  /// Two processes; the second one's messages are written beforehand.
  final class ScriptedPair: Communicator {
    let (rank, size) = (0, 2)
    private let replies: Mutex<[[UInt8]]>

    init(offers: [String], kernels: String) {
      var (first, second) = (MessageWriter(), MessageWriter())
      first.write(offers)
      second.write(kernels)
      replies = Mutex([first.bytes, second.bytes])
    }

    func gather(_ bytes: [UInt8]) -> [[UInt8]] { [bytes, replies.withLock { $0.removeFirst() }] }
  }

  #if arch(x86_64)
  static var canChoose: Bool {
    [.suitable, .replacement].contains(BLAS.selection.reason)
      && BLAS.configuration.contains("DYNAMIC_ARCH")
  }

  @Test(.enabled(if: canChoose, "kernels are not free to be chosen here"))
  func thisProcessTakesWhatAllHave() async {
    await #expect(processExitsWith: .success) {
      let pair = ScriptedPair(offers: ["Sandybridge", "Nehalem"], kernels: "Sandybridge")
      let warning = try pair.agreeOnKernels()
      #expect(warning == nil)
      #expect(BLAS.coreName == "Sandybridge")
    }
    // a checkpoint's kernels, which are not the best
    await #expect(processExitsWith: .success) {
      let pair = ScriptedPair(offers: ["Haswell", "Zen", "Nehalem"], kernels: "Nehalem")
      let warning = try pair.agreeOnKernels(preferring: "Nehalem")
      #expect(warning == nil)
      #expect(BLAS.coreName == "Nehalem")
    }
    await #expect(processExitsWith: .success) {
      let warning = try SingleProcess().agreeOnKernels(preferring: "Nehalem")
      #expect(warning == nil)
      #expect(BLAS.coreName == "Nehalem")
    }
  }
  #endif

  @Test func processesThatDifferAreWarnedOf() async throws {
    let pair = ScriptedPair(offers: ["Babbage"], kernels: "Babbage")
    let warning = try #require(try pair.agreeOnKernels())
    #expect(warning.contains("Babbage") && warning.contains(BLAS.coreName))
    #expect(warning.contains("OPENBLAS_CORETYPE"))
  }
}
