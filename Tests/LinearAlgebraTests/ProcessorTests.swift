import Foundation
import Testing

@testable import LinearAlgebra

/// What processors say of themselves, from their registers.
@Suite("Processors")
struct ProcessorTests {
  typealias Registers = Processor.Registers

  /// An Emerald Rapids: family 6, model 207, AVX-512 with BF16.
  static let emeraldRapids: [UInt64: Registers] = [
    leaf(0): Registers(eax: 0x20, ebx: 0x756E_6547, ecx: 0x6C65_746E, edx: 0x4965_6E69),
    // SSE4.2, MOVBE, FMA, OSXSAVE, AVX, F16C
    leaf(1): Registers(eax: 0x000C_06F2, ecx: bits(12, 20, 22, 27, 28, 29)),
    // BMI1, AVX2, BMI2, AVX512F, DQ, CD, BW, VL; VNNI
    leaf(7): Registers(ebx: bits(3, 5, 8, 16, 17, 28, 30, 31), ecx: bits(11)),
    leaf(7, 1): Registers(eax: bits(4, 5)),
    leaf(0x8000_0001): Registers(ecx: bits(5)),
    leaf(0x8000_0002): Registers(
      eax: 0x2020_2020, ebx: 0x6F65_5820, ecx: 0x2020_206E, edx: 0x3538_3538),
  ]

  static func bits(_ numbers: UInt32...) -> UInt32 { numbers.reduce(0) { $0 | 1 << $1 } }

  static func leaf(_ leaf: UInt32, _ subleaf: UInt32 = 0) -> UInt64 {
    UInt64(leaf) << 32 | UInt64(subleaf)
  }

  static func processor(
    _ registers: [UInt64: Registers] = emeraldRapids, savedState: UInt64 = 0xE7
  ) -> Processor {
    Processor(
      cpuid: { registers[leaf($0, $1)] ?? Registers() }, savedState: { savedState })
  }

  @Test("all of a new processor is found, with its name, family and model")
  func newProcessor() {
    let processor = Self.processor()
    #expect(processor.vendor == "GenuineIntel")
    #expect(processor.family == 6 && processor.model == 207)
    #expect(processor.name == "Xeon 8585")
    #expect(processor.instructions == Set(Processor.Instructions.allCases))
    #expect(processor.missing.isEmpty)
    #expect(processor.description == "Xeon 8585 (family 6, model 207)")
  }

  @Test("vector registers that the system does not save are not there")
  func savedState() {
    let withoutMasks = Self.processor(savedState: 0x07)
    #expect(withoutMasks.instructions.isSuperset(of: [.avx2, .fma]))
    #expect(withoutMasks.instructions.isDisjoint(with: [.avx512, .avx512bf16]))
    #expect(Self.processor(savedState: 0x67).instructions.contains(.avx512) == false)
    let withoutYMM = Self.processor(savedState: 0x03)
    #expect(withoutYMM.instructions == [.sse42, .movbe, .lzcnt, .bmi1, .bmi2])
    #expect(withoutYMM.missing == ["avx", "avx2", "f16c", "fma"])
    // without OSXSAVE the question itself would stop the program
    var registers = Self.emeraldRapids
    registers[Self.leaf(1)]?.ecx &= ~Self.bits(27)
    let old = Processor(
      cpuid: { registers[Self.leaf($0, $1)] ?? Registers() },
      savedState: {
        Issue.record("XGETBV was used.")
        return 0xE7
      })
    #expect(!old.instructions.contains(.avx))
  }

  @Test(
    "AVX-512 counts with all parts that kernels use", arguments: [16, 17, 28, 30, 31] as [UInt32])
  func partsOfAVX512(bit: UInt32) {
    var registers = Self.emeraldRapids
    registers[Self.leaf(7)]?.ebx &= ~Self.bits(bit)
    #expect(
      Self.processor(registers).instructions.isDisjoint(with: [.avx512, .avx512bf16]))
  }

  @Test("extended families: an EPYC of the third generation")
  func extendedFamily() {
    var registers = Self.emeraldRapids
    registers[Self.leaf(0)] = Registers(ebx: 0x6874_7541, ecx: 0x444D_4163, edx: 0x6974_6E65)
    registers[Self.leaf(1)]?.eax = 0x00A0_0F11
    let processor = Self.processor(registers)
    #expect(processor.vendor == "AuthenticAMD")
    #expect(processor.family == 25 && processor.model == 1)
  }

  @Test("no CPUID, no processor")
  func nothing() {
    let processor = Self.processor([:])
    #expect(processor == Processor())
    #expect(processor.description == "unknown")
    #expect(processor.vectors == "no AVX")
  }

  #if arch(x86_64) && os(Linux)
  /// Not under valgrind, where the file tells of another processor.
  @Test("this processor is the one that Linux sees")
  func thisProcessor() throws {
    let text = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    func field(_ name: String) -> String {
      let line = text.split(separator: "\n").first {
        $0.split(separator: ":")[0].trimmingCharacters(in: .whitespaces) == name
      }
      return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? ""
    }
    let flags = Set(field("flags").split(separator: " "))
    let processor = Processor.current
    #expect("\(processor.family)" == field("cpu family") && "\(processor.model)" == field("model"))
    #expect(processor.vendor == field("vendor_id") && processor.name == field("model name"))
    let parts: [Processor.Instructions: [Substring]] = [
      .lzcnt: ["abm"], .avx512: ["avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"],
      .avx512bf16: ["avx512_bf16", "avx512_vnni", "avx512f", "avx512vl"],
    ]
    for instructions in Processor.Instructions.allCases {
      let names = parts[instructions] ?? [Substring(instructions.rawValue)]
      #expect(processor.instructions.contains(instructions) == flags.isSuperset(of: names))
    }
  }
  #endif
}
