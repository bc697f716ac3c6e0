import CLibrary
import Certification

extension DoctorReport {
  /// Says what to do about the findings.
  ///
  /// - Parameters:
  ///   - selection: OpenBLAS's kernels.
  ///   - better: kernels that would use more of the processor.
  ///   - failure: the first wrong result.
  ///   - speed: what was measured.
  ///   - availableBytes: the memory that programs can still have.
  /// - Returns: Sentences; none if all is well.
  package static func advice(
    selection: KernelSelection, better: String?, failure: String?, speed: MatrixProductSpeed,
    availableBytes: Int?
  ) -> [String] {
    var advice: [String] = []
    if let failure {
      advice.append(
        "OpenBLAS is wrong with its kernels for \(selection.kernels): \(failure). Try others, such as OPENBLAS_CORETYPE=Haswell, or another version of OpenBLAS."
      )
    }
    switch selection.reason {
    case .variable(let value):
      if value.lowercased() != selection.kernels.lowercased() {
        advice.append(
          "OPENBLAS_CORETYPE=\(value) is not what OpenBLAS took, \(selection.kernels): it knows no such kernels. Unset it, and MetaTape takes those that suit the processor."
        )
      } else if let better {
        advice.append(
          "OPENBLAS_CORETYPE=\(value) leaves instructions of the processor unused: unset it, or set it to \(better)."
        )
      }
    case .shared(let host):
      advice.append(
        "OpenBLAS took its kernels for \(selection.kernels), and MetaTape leaves that to \(host), which shares it. Start with OPENBLAS_CORETYPE=\(better ?? "Haswell")."
      )
    case .fixed:
      advice.append(
        "This OpenBLAS has only kernels that leave instructions of the processor unused. Install one that was built with DYNAMIC_ARCH, such as Debian's libopenblas0-pthread."
      )
    case .refused(let kernels, let failure):
      advice.append(
        "The kernels for \(kernels) would suit the processor but were wrong: \(failure). Update OpenBLAS."
      )
    case .suitable, .replacement, .agreed: break
    }
    if let peak = speed.peak, speed.double < 0.5 * peak, failure == nil, advice.isEmpty {
      advice.append(
        "Products reach only \(formatted("%.0f", 100 * speed.double / peak)) % of the processor's peak. Other work may take its time: measure once more on an idle machine."
      )
    }
    if let availableBytes, availableBytes < 1 << 30 {
      advice.append(
        "Only \(formatted("%.1f", Double(availableBytes) / 1e9)) GB of memory are available; 'metatape train --dry-run' says what a run needs."
      )
    }
    return advice
  }
}
