internal import COpenBLAS

/// A processor: its maker, and the instructions that a program may use.
///
/// The processor reports its instructions (CPUID). For vector registers, the system must also save
/// them (XGETBV). `/proc/cpuinfo` is no substitute: under valgrind it lists missing instructions.
public struct Processor: Equatable, Sendable {
  /// Groups of instructions, with the names that Linux and compilers use.
  public enum Instructions: String, CaseIterable, Sendable {
    case sse42 = "sse4_2"
    case avx
    case avx2
    case bmi1
    case bmi2
    case f16c
    case fma
    case lzcnt
    case movbe
    /// AVX-512 with the parts F, CD, BW, DQ and VL, as in `x86-64-v4`.
    case avx512
    /// AVX-512 with the parts VNNI and BF16 as well.
    case avx512bf16 = "avx512_bf16"
  }

  /// The maker, such as `GenuineIntel` or `AuthenticAMD`; empty without CPUID.
  public var vendor = ""
  /// The family, with its extension added.
  public var family = 0
  /// The model, with its extension.
  public var model = 0
  /// The brand name; empty if there is none.
  public var name = ""
  /// The instructions that a program may use.
  public var instructions: Set<Instructions> = []

  /// The processor of this process.
  public static let current = Processor(
    cpuid: { leaf, subleaf in
      let registers = metatape_cpuid(leaf, subleaf)
      return Registers(
        eax: registers.eax, ebx: registers.ebx, ecx: registers.ecx, edx: registers.edx)
    }, savedState: { metatape_saved_state() })

  /// The instructions of `x86-64-v3` that this processor lacks.
  public var missing: [String] {
    let needed: [Instructions] = [.avx, .avx2, .bmi1, .bmi2, .f16c, .fma, .lzcnt, .movbe]
    return needed.filter { !instructions.contains($0) }.map(\.rawValue)
  }

  /// The widest vectors with fused multiply-adds, as readable text.
  public var vectors: String {
    if instructions.contains(.avx512bf16) { return "AVX-512 with BF16" }
    if instructions.contains(.avx512) { return "AVX-512" }
    if instructions.isSuperset(of: [.avx2, .fma]) { return "AVX2 and FMA" }
    return instructions.contains(.avx) ? "AVX" : "no AVX"
  }

  /// The name, the family and the model.
  public var description: String {
    vendor.isEmpty ? "unknown" : "\(name) (family \(family), model \(model))"
  }
}

extension Processor {
  /// The four registers that CPUID fills.
  struct Registers: Sendable {
    var eax: UInt32 = 0
    var ebx: UInt32 = 0
    var ecx: UInt32 = 0
    var edx: UInt32 = 0

    fileprivate var bytes: [UInt8] {
      [eax, ebx, ecx, edx].flatMap { word in (0..<4).map { UInt8(word >> ($0 * 8) & 0xFF) } }
    }
  }

  /// Reads what a processor reports about itself.
  ///
  /// - Parameters:
  ///   - cpuid: the registers of a leaf and subleaf, zeros for unknown ones.
  ///   - savedState: XCR0, which is asked for only if CPUID says that it can be.
  /// - Source: Intel 64 manual, volume 2, CPUID; volume 1, 13.3 (XCR0) and 15.2 (AVX-512).
  init(cpuid: (UInt32, UInt32) -> Registers, savedState: () -> UInt64) {
    let maker = cpuid(0, 0)
    // the name is in EBX, EDX, ECX
    vendor = Self.text(
      Registers(eax: maker.ebx, ebx: maker.edx, ecx: maker.ecx, edx: 0).bytes)
    let basic = cpuid(1, 0)
    let extended = cpuid(7, 0)
    let more = cpuid(0x8000_0001, 0)
    let base = Int(basic.eax >> 8 & 0xF)
    family = base == 15 ? 15 + Int(basic.eax >> 20 & 0xFF) : base
    model = Int(basic.eax >> 4 & 0xF) + (base == 15 || base == 6 ? Int(basic.eax >> 12 & 0xF0) : 0)
    name = Self.text((0x8000_0002...0x8000_0004).flatMap { cpuid($0, 0).bytes })

    func has(_ register: UInt32, _ bits: UInt32...) -> Bool {
      bits.allSatisfy { register >> $0 & 1 == 1 }
    }
    let state = has(basic.ecx, 27) ? savedState() : 0
    // XMM and YMM; then the masks, the upper halves of ZMM0-15, and ZMM16-31
    let (savesYMM, savesZMM) = (state & 0x06 == 0x06, state & 0xE6 == 0xE6)
    let hasAVX = savesYMM && has(basic.ecx, 28)
    let hasAVX512 = hasAVX && savesZMM && has(extended.ebx, 16, 17, 28, 30, 31)
    let found: [(Instructions, Bool)] = [
      (.sse42, has(basic.ecx, 20)), (.movbe, has(basic.ecx, 22)), (.lzcnt, has(more.ecx, 5)),
      (.bmi1, has(extended.ebx, 3)), (.bmi2, has(extended.ebx, 8)), (.avx, hasAVX),
      (.avx2, hasAVX && has(extended.ebx, 5)), (.fma, hasAVX && has(basic.ecx, 12)),
      (.f16c, hasAVX && has(basic.ecx, 29)), (.avx512, hasAVX512),
      (.avx512bf16, hasAVX512 && has(extended.ecx, 11) && has(cpuid(7, 1).eax, 5)),
    ]
    instructions = Set(found.filter(\.1).map(\.0))
  }

  private static func text(_ bytes: [UInt8]) -> String {
    let letters = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    return letters.split(separator: " ").joined(separator: " ")
  }
}
