/// A family of OpenBLAS's kernels, and which processors can run it.
///
/// OpenBLAS selects a family by the processor's model number. It may mistake a model newer than the
/// library for a very old one: version 0.3.21 takes an Intel processor of family 6, model 207, with
/// AVX-512, for a Prescott of 2004. MetaTape compares the instructions that the kernels use with
/// those that the processor has.
struct KernelFamily: Equatable, Sendable {
  /// The widest instructions that a family uses.
  enum Generation: Int, Comparable, Sendable {
    case beforeAVX2, avx2, avx512

    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  /// OpenBLAS's name of the family.
  let name: String
  let generation: Generation
  /// The instructions that it requires; nil for families that only OpenBLAS may select.
  let needs: Set<Processor.Instructions>?

  /// All families of x86-64, the best first.
  static let all: [KernelFamily] = [
    KernelFamily("SapphireRapids", .avx512, nil),
    KernelFamily("Cooperlake", .avx512, [.avx2, .fma, .avx512, .avx512bf16]),
    KernelFamily("SkylakeX", .avx512, [.avx2, .fma, .avx512]),
    KernelFamily("Haswell", .avx2, [.avx2, .fma]),
    KernelFamily("Zen", .avx2, [.avx2, .fma]),
    KernelFamily("Sandybridge", .beforeAVX2, [.sse42, .avx]),
    KernelFamily("Nehalem", .beforeAVX2, [.sse42]),
    KernelFamily("Dunnington", .beforeAVX2, [.sse42]),
    KernelFamily("Penryn", .beforeAVX2, [.sse42]),
    KernelFamily("Core2", .beforeAVX2, [.sse42]),
    KernelFamily("Prescott", .beforeAVX2, []),
    KernelFamily("Excavator", .beforeAVX2, nil), KernelFamily("Steamroller", .beforeAVX2, nil),
    KernelFamily("Piledriver", .beforeAVX2, nil), KernelFamily("Bulldozer", .beforeAVX2, nil),
    KernelFamily("Barcelona", .beforeAVX2, nil), KernelFamily("Bobcat", .beforeAVX2, nil),
    KernelFamily("Opteron", .beforeAVX2, nil), KernelFamily("Opteron_SSE3", .beforeAVX2, nil),
    KernelFamily("Atom", .beforeAVX2, nil), KernelFamily("Nano", .beforeAVX2, nil),
    KernelFamily("Athlon", .beforeAVX2, nil), KernelFamily("Banias", .beforeAVX2, nil),
    KernelFamily("Northwood", .beforeAVX2, nil), KernelFamily("Coppermine", .beforeAVX2, nil),
    KernelFamily("Katmai", .beforeAVX2, nil),
  ]

  private init(
    _ name: String, _ generation: Generation, _ needs: Set<Processor.Instructions>?
  ) {
    (self.name, self.generation, self.needs) = (name, generation, needs)
  }

  /// The families that a processor runs and a library has, the best first.
  static func runnable(on processor: Processor, offered: Set<String>) -> [KernelFamily] {
    let runnable = all.filter {
      offered.contains($0.name) && $0.needs?.isSubset(of: processor.instructions) == true
    }
    // among kernels for the same instructions, prefer those for the maker's own processors
    guard !processor.isIntel, let zen = runnable.firstIndex(where: { $0.name == "Zen" }),
      let haswell = runnable.firstIndex(where: { $0.name == "Haswell" })
    else { return runnable }
    var reordered = runnable
    reordered.swapAt(zen, haswell)
    return reordered
  }

  /// Whether a processor has the instructions of the named kernels, ignoring case; true for unknown
  /// names.
  static func isRunnable(_ name: String, on processor: Processor) -> Bool {
    guard let family = all.first(where: { $0.name.lowercased() == name.lowercased() }) else {
      return true
    }
    let generation: Set<Processor.Instructions> =
      switch family.generation {
      case .beforeAVX2: []
      case .avx2: [.avx2, .fma]
      case .avx512: [.avx2, .fma, .avx512]
      }
    return (family.needs ?? generation).isSubset(of: processor.instructions)
  }

  /// The kernels that a processor should use.
  ///
  /// These are the kernels that OpenBLAS chose, unless they leave instructions unused: kernels
  /// older than AVX2 on any processor with AVX2, or kernels for AVX2 on an Intel processor with
  /// AVX-512. On other processors with AVX-512, kernels for AVX2 are kept: their vector units may
  /// be no wider.
  ///
  /// - Parameters:
  ///   - processor: the processor.
  ///   - chosen: what OpenBLAS chose.
  ///   - offered: the families that the library has.
  /// - Returns: The name of a family.
  static func best(
    for processor: Processor, chosen: String, offered: Set<String>
  ) -> String {
    // an unknown family is newer; Bulldozer's successors are slow with wide vectors
    guard let known = all.first(where: { $0.name == chosen }),
      processor.vendor != "AuthenticAMD" || processor.family != 21
    else { return chosen }
    let better = runnable(on: processor, offered: offered).filter {
      $0.generation > known.generation
        && ($0.generation == .avx2 || processor.isIntel || known.generation == .beforeAVX2)
        && $0.generation != .beforeAVX2
    }
    return better.first?.name ?? chosen
  }
}

extension Processor {
  fileprivate var isIntel: Bool { vendor == "GenuineIntel" }
}
