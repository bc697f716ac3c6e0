internal import COpenBLAS
import Requirements
import Synchronization

/// Which of OpenBLAS's kernels this process uses, and why.
///
/// OpenBLAS has kernels for many processor families and selects one when it is loaded. If its
/// choice leaves instructions of the processor unused, MetaTape selects better kernels, once, at
/// its first use of BLAS, and compares them with plain loops before it continues.
public struct KernelSelection: Equatable, Sendable {
  /// The reason for these kernels.
  public enum Reason: Equatable, Sendable {
    /// OpenBLAS chose them, and they suit the processor.
    case suitable
    /// MetaTape chose them, because OpenBLAS's choice leaves instructions of the processor unused.
    case replacement
    /// A checkpoint or the other processes of a run use them.
    case agreed
    /// The user chose them by `OPENBLAS_CORETYPE`, with this value.
    case variable(String)
    /// Better ones exist, but other code of this process, as named, uses OpenBLAS too.
    case shared(with: String)
    /// OpenBLAS was built without better ones, or cannot change them.
    case fixed
    /// Others were tried and gave wrong results; this is the first wrong result.
    case refused(kernels: String, failure: String)
  }

  /// The kernels in use, by OpenBLAS's name of the processor family.
  public let kernels: String
  /// The kernels that OpenBLAS selected when it was loaded.
  public let chosen: String
  /// The reason for the kernels in use.
  public let reason: Reason

  /// Creates the record of a choice.
  public init(kernels: String, chosen: String, reason: Reason) {
    (self.kernels, self.chosen, self.reason) = (kernels, chosen, reason)
  }

  /// Kernels of this OpenBLAS that would use more of the processor; nil if there are none.
  public var better: String? {
    let best = KernelFamily.best(for: .current, chosen: kernels, offered: OpenBLAS.offered)
    return best == kernels ? nil : best
  }

  /// The reason, as readable text.
  public var explanation: String {
    switch reason {
    case .suitable: "chosen by OpenBLAS"
    case .replacement: "instead of \(chosen), which OpenBLAS chose"
    case .agreed: "as in the run's checkpoint or other processes; OpenBLAS chose \(chosen)"
    case .variable(let value): "OPENBLAS_CORETYPE=\(value)"
    case .shared(let host): "left to \(host), which shares OpenBLAS"
    case .fixed: "this OpenBLAS has none that use all of the processor"
    case .refused(let kernels, let failure): "\(kernels) failed its check: \(failure)"
    }
  }
}

extension BLAS {
  private static let wish = Mutex<String?>(nil)
  private static let isSelected = Atomic(false)

  /// The kernels of this process; the first use of BLAS selects them.
  public static let selection: KernelSelection = {
    isSelected.store(true, ordering: .relaxed)
    return OpenBLAS.select(wish: wish.withLock { $0 }, check: { KernelCheck.failure() })
  }()

  /// Selects kernels by name, such as those of a checkpoint, if processor and OpenBLAS support
  /// them.
  ///
  /// This works only before the first use of BLAS. Later, results would change in the middle of a
  /// computation, and concurrent products would crash. `OPENBLAS_CORETYPE` takes precedence.
  ///
  /// - Returns: Whether this process uses these kernels from now on.
  @discardableResult
  public static func adopt(_ kernels: String) -> Bool {
    wish.withLock { $0 = kernels }
    return selection.kernels == kernels
  }

  /// A message if `OPENBLAS_CORETYPE` names kernels that this processor cannot run; nil otherwise.
  ///
  /// OpenBLAS does not check them, and the first product would end in an illegal instruction.
  public static var unusableChoice: String? {
    OpenBLAS.userChoice.flatMap { choice in
      KernelFamily.isRunnable(choice, on: .current)
        ? nil
        : "\(OpenBLAS.variable)=\(choice) asks OpenBLAS for kernels that this processor cannot run. Unset it: the right ones are found without it."
    }
  }

  /// The kernels that this process can still select: first its own choice, then others from the
  /// best down. After the first use of BLAS only those in use.
  public static var adoptable: [String] {
    isSelected.load(ordering: .relaxed) ? [selection.kernels] : OpenBLAS.adoptable
  }
}

extension BLAS {
  /// Compares the kernels in use with plain loops in both precisions: products, triangular systems
  /// and Cholesky factors.
  ///
  /// - Parameter seed: the seed of shapes and numbers.
  /// - Returns: The number of compared results, and the first wrong one, if there is one.
  public static func check(seed: UInt64 = 1) -> (count: Int, failure: String?) {
    prepare()
    let outcome = KernelCheck.run(seed: seed)
    return (outcome.count, outcome.failure)
  }
}

/// The library itself.
enum OpenBLAS {
  /// The environment variable that makes OpenBLAS select kernels by name.
  static let variable = "OPENBLAS_CORETYPE"

  /// The kernels in use now.
  static var kernels: String { String(cString: openblas_get_corename()) }

  /// The kernels that the library has, among those that could be selected.
  static var offered: Set<String> {
    Set(KernelFamily.all.map(\.name).filter { metatape_has_kernels($0) })
  }

  /// Whether the library can change its kernels.
  static var canSelect: Bool { metatape_can_select_kernels() }

  /// The kernels that the user asks for; an empty value does not count.
  static var userChoice: String? {
    guard let value = getenv(variable), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// A program that runs in this process and may use OpenBLAS beside MetaTape.
  static var host: String? {
    let signs = [("Python", "Py_IsInitialized"), ("R", "R_ReplDLLinit"), ("Julia", "jl_init")]
    return signs.first { metatape_has_symbol($0.1) }?.0
  }

  static var adoptable: [String] {
    let chosen = kernels
    guard userChoice == nil, host == nil, canSelect else { return [chosen] }
    let first = KernelFamily.best(for: .current, chosen: chosen, offered: offered)
    let others = [chosen] + KernelFamily.runnable(on: .current, offered: offered).map(\.name)
    return others.reduce(into: [first]) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Selects the kernels of this process, which then run in the calling thread.
  ///
  /// - Parameters:
  ///   - wish: the kernels to select if possible.
  ///   - host: other code of this process that may use OpenBLAS.
  ///   - check: returns an error in the kernels in use, or nil.
  /// - Returns: The selection.
  static func select(
    wish: String?, host: String? = OpenBLAS.host, check: () -> String?
  ) -> KernelSelection {
    if let sentence = BLAS.unusableChoice { requirementFailure(sentence) }
    openblas_set_num_threads(1)
    let chosen = kernels
    func keep(_ reason: KernelSelection.Reason) -> KernelSelection {
      KernelSelection(kernels: chosen, chosen: chosen, reason: reason)
    }
    if let choice = userChoice { return keep(.variable(choice)) }
    let ideal = KernelFamily.best(
      for: .current, chosen: chosen, offered: Set(KernelFamily.all.map(\.name)))
    if let host { return keep(ideal == chosen ? .suitable : .shared(with: host)) }
    let candidates = adoptable
    let wanted = wish.flatMap { candidates.contains($0) ? $0 : nil } ?? candidates[0]
    if wanted == chosen {
      return keep(chosen != candidates[0] ? .agreed : chosen == ideal ? .suitable : .fixed)
    }
    let failure = take(wanted) ? check() : "OpenBLAS did not take them"
    if let failure {
      // OpenBLAS does not accept all of its kernels by name: it then selects as when it was loaded
      if !take(chosen) { metatape_select_kernels() }
      warn(
        "OpenBLAS's kernels for \(wanted) failed their check (\(failure)); using those for \(kernels) instead."
      )
      return KernelSelection(
        kernels: kernels, chosen: chosen, reason: .refused(kernels: wanted, failure: failure))
    }
    return KernelSelection(
      kernels: wanted, chosen: chosen,
      reason: wanted == candidates[0] ? .replacement : .agreed)
  }

  /// Makes OpenBLAS use kernels by name; no other thread may use BLAS meanwhile.
  ///
  /// The environment variable is restored afterwards, so child processes do not inherit it.
  ///
  /// - Returns: Whether OpenBLAS uses them now.
  static func take(_ name: String) -> Bool {
    guard canSelect else { return false }
    let before = getenv(variable).map { String(cString: $0) }
    setenv(variable, name, 1)
    metatape_select_kernels()
    if let before { setenv(variable, before, 1) } else { unsetenv(variable) }
    return kernels == name
  }

  private static func warn(_ message: String) {
    let line = Array("warning: \(message)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
  }
}
