import Testing

@testable import LinearAlgebra

/// Which kernels a processor gets, by what it has, what OpenBLAS chose, and what the library offers.
@Suite("Kernels for processors")
struct KernelFamilyTests {
  /// A processor, OpenBLAS's choice, and the right one.
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let processor: Processor
    let chosen: String
    let expected: String
    var offered = Set(KernelFamily.all.map(\.name)).subtracting(["SapphireRapids"])
    var testDescription: String { "\(name), \(chosen)" }
  }

  static let old: Set<Processor.Instructions> = [.sse42]
  static let avx: Set<Processor.Instructions> = [.sse42, .avx]
  static let avx2 = avx.union([.avx2, .bmi1, .bmi2, .f16c, .fma, .lzcnt, .movbe])
  static let avx512 = avx2.union([.avx512])
  static let bf16 = avx512.union([.avx512bf16])

  static func intel(_ model: Int, _ instructions: Set<Processor.Instructions>) -> Processor {
    Processor(vendor: "GenuineIntel", family: 6, model: model, instructions: instructions)
  }

  static func amd(
    _ family: Int, _ model: Int, _ instructions: Set<Processor.Instructions>
  ) -> Processor {
    Processor(vendor: "AuthenticAMD", family: family, model: model, instructions: instructions)
  }

  static func row(
    _ name: String, _ processor: Processor, _ chosen: String, _ expected: String
  ) -> Row { Row(name: name, processor: processor, chosen: chosen, expected: expected) }

  static let rows: [Row] = [
    row("Emerald Rapids", intel(207, bf16), "Prescott", "Cooperlake"),
    row("Emerald Rapids", intel(207, bf16), "Haswell", "Cooperlake"),
    row("Emerald Rapids whose BF16 is hidden", intel(207, avx512), "Prescott", "SkylakeX"),
    row("Emerald Rapids in valgrind", intel(207, avx2), "Prescott", "Haswell"),
    row("Emerald Rapids in valgrind", intel(207, avx2), "Haswell", "Haswell"),
    row("Emerald Rapids without AVX", intel(207, old), "Prescott", "Prescott"),
    Row(
      name: "Emerald Rapids, library for AVX2", processor: intel(207, bf16), chosen: "Prescott",
      expected: "Haswell", offered: ["Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen"]),
    Row(
      name: "Emerald Rapids, library without Cooperlake", processor: intel(207, bf16),
      chosen: "Prescott", expected: "SkylakeX", offered: ["Prescott", "Haswell", "SkylakeX"]),
    Row(
      name: "Emerald Rapids, library for one processor", processor: intel(207, bf16),
      chosen: "Prescott", expected: "Prescott", offered: []),
    row("Sapphire Rapids", intel(143, bf16), "Cooperlake", "Cooperlake"),
    row("Sapphire Rapids, newer library", intel(143, bf16), "SapphireRapids", "SapphireRapids"),
    row("Sapphire Rapids", intel(143, bf16), "SkylakeX", "SkylakeX"),
    row("Skylake-X", intel(85, avx512), "SkylakeX", "SkylakeX"),
    row("Skylake-X", intel(85, avx512), "Haswell", "SkylakeX"),
    row("Skylake-X", intel(85, avx512), "Nehalem", "SkylakeX"),
    row("Cooper Lake", intel(85, bf16), "Cooperlake", "Cooperlake"),
    row("Knights Landing", intel(87, avx2), "Haswell", "Haswell"),
    row("Broadwell", intel(79, avx2), "Haswell", "Haswell"),
    row("Broadwell", intel(79, avx2), "Sandybridge", "Haswell"),
    row("Coffee Lake", intel(158, avx2), "Haswell", "Haswell"),
    row("Coffee Lake", intel(158, avx2), "Nehalem", "Haswell"),
    row("Coffee Lake", intel(158, avx2), "Core2", "Haswell"),
    row("Coffee Lake", intel(158, avx2), "Zen", "Zen"),
    row("Alder Lake N", intel(190, avx2), "Prescott", "Haswell"),
    row("Denverton", intel(95, old), "Nehalem", "Nehalem"),
    row("Denverton", intel(95, old), "Prescott", "Prescott"),
    row("Ivy Bridge", intel(62, avx), "Sandybridge", "Sandybridge"),
    row("Zen 1", amd(23, 1, avx2), "Zen", "Zen"),
    row("Zen 1", amd(23, 1, avx2), "Prescott", "Zen"),
    row("Zen 2", amd(23, 49, avx2), "Barcelona", "Zen"),
    row("Zen 3", amd(25, 1, avx2), "Zen", "Zen"),
    row("Zen 3", amd(25, 1, avx2), "Haswell", "Haswell"),
    row("Zen 3", amd(25, 1, avx2), "Prescott", "Zen"),
    row("Zen 4", amd(25, 17, bf16), "Zen", "Zen"),
    row("Zen 4", amd(25, 17, bf16), "Cooperlake", "Cooperlake"),
    row("Zen 5", amd(26, 2, bf16), "Zen", "Zen"),
    row("Zen 5", amd(26, 2, bf16), "Barcelona", "Cooperlake"),
    row("Zen 5 in valgrind", amd(26, 2, avx2), "Prescott", "Zen"),
    row("Excavator", amd(21, 96, avx2), "Excavator", "Excavator"),
    row(
      "Hygon", Processor(vendor: "HygonGenuine", family: 24, model: 1, instructions: avx2),
      "Prescott", "Zen"),
    row(
      "unknown maker", Processor(vendor: "Babbage", family: 9, model: 9, instructions: bf16),
      "Prescott", "Cooperlake"),
    row("kernels of a later library", intel(207, bf16), "GraniteRapids", "GraniteRapids"),
    row("no CPUID", Processor(), "NEOVERSEN1", "NEOVERSEN1"),
  ]

  @Test("the kernels of a processor", arguments: rows)
  func best(_ row: Row) {
    let best = KernelFamily.best(
      for: row.processor, chosen: row.chosen, offered: row.offered)
    #expect(best == row.expected)
    // what was chosen for a processor is chosen again
    #expect(
      KernelFamily.best(for: row.processor, chosen: best, offered: row.offered) == best)
  }

  @Test("what a processor runs")
  func runnable() {
    let offered = Set(KernelFamily.all.map(\.name))
    func names(_ processor: Processor) -> [String] {
      KernelFamily.runnable(on: processor, offered: offered).map(\.name)
    }
    let older = ["Sandybridge", "Nehalem", "Dunnington", "Penryn", "Core2", "Prescott"]
    #expect(
      names(Self.intel(207, Self.bf16)) == ["Cooperlake", "SkylakeX", "Haswell", "Zen"] + older)
    #expect(names(Self.amd(25, 1, Self.avx2)) == ["Zen", "Haswell"] + older)
    #expect(names(Self.intel(62, Self.avx)) == older)
    #expect(names(Processor()) == ["Prescott"])
  }

  @Test("kernels that a user names need their instructions")
  func runnableNames() {
    let (haswell, skylake) = (
      Self.intel(60, [.sse42, .avx, .avx2, .fma]),
      Self.intel(85, [.sse42, .avx, .avx2, .fma, .avx512])
    )
    for name in ["SkylakeX", "SKYLAKEX", "SapphireRapids"] {
      #expect(!KernelFamily.isRunnable(name, on: haswell))
      #expect(KernelFamily.isRunnable(name, on: skylake))
    }
    #expect(!KernelFamily.isRunnable("Cooperlake", on: skylake))
    #expect(KernelFamily.isRunnable("Haswell", on: haswell))
    #expect(!KernelFamily.isRunnable("Zen", on: Processor()))
    #expect(KernelFamily.isRunnable("Prescott", on: Processor()))
    #expect(KernelFamily.isRunnable("not known", on: Processor()))
  }
}
