import ArgumentParser
import Foundation
import MetaTape

/// Says what this machine has for MetaTape, how fast it multiplies, and what to do about it.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check this machine: processor, BLAS and its kernels, speed, threads, memory.",
    discussion: """
      Example: metatape doctor --json

      Compares OpenBLAS with plain loops, then measures matrix products of 256 rows in one thread. \
      The peak is what a loop of independent fused multiply-adds reaches with the widest vectors, \
      the frequency that of additions that need one another; both are measured, and both depend \
      on what else the machine does.

      The exit code is 1 if a product is wrong. Advice alone leaves it 0.
      """)

  @Option(help: "The seed of the compared numbers.")
  var seed = 1

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  func validate() throws {
    if seed < 0 { throw ValidationError("--seed must be at least 0.") }
  }

  func run() throws {
    let report = DoctorReport(seed: UInt64(seed))
    if json {
      Console.printJSON(try JSON.encode(report))
    } else {
      let rows = report.rows
      let width = rows.map(\.0.count).max() ?? 0
      for (name, text) in rows {
        print(name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + text)
      }
      print(report.advice.isEmpty ? "\nNothing needs to be done." : "\nWhat to do:")
      for line in report.advice { print("- \(line)") }
    }
    if report.check.failure != nil { throw ExitCode(1) }
  }
}

/// What the doctor finds.
struct DoctorReport: Encodable {
  struct Check: Encodable {
    let comparisons: Int
    let failure: String?
  }
  struct Threads: Encodable {
    let processors: Int
    /// What `--threads` is if it is not given.
    let byDefault: Int
  }
  struct Memory: Encodable {
    let bytes: Int
    let availableBytes: Int?
  }

  let schemaVersion = 1
  let version = Release.version
  let machine = MachineFacts()
  /// What OpenBLAS itself chose.
  let blasOwnChoice = BLAS.selection.chosen
  /// Kernels of this OpenBLAS that would use more of the processor.
  let betterKernels = BLAS.selection.better
  let check: Check
  let speed: MatrixProductSpeed
  let threads = Threads(
    processors: ProcessInfo.processInfo.activeProcessorCount, byDefault: ThreadOptions.preset)
  let isBuiltWithMPI: Bool
  let mpirun = Self.find("mpirun")
  let python = Self.find("python3")
  let memory: Memory
  let advice: [String]

  /// Examines this machine.
  init(seed: UInt64) {
    let outcome = BLAS.check(seed: seed)
    check = Check(comparisons: outcome.count, failure: outcome.failure)
    speed = MatrixProductSpeed.measure()
    #if MPI
    isBuiltWithMPI = true
    #else
    isBuiltWithMPI = false
    #endif
    memory = Memory(
      bytes: MachineMemory.total, availableBytes: MachineMemory.available)
    advice = Self.advice(
      selection: BLAS.selection, better: betterKernels, failure: check.failure, speed: speed,
      availableBytes: memory.availableBytes)
  }

  /// Says what to do about the findings.
  ///
  /// - Parameters:
  ///   - selection: OpenBLAS's kernels.
  ///   - better: kernels that would use more of the processor.
  ///   - failure: the first wrong result.
  ///   - speed: what was measured.
  ///   - availableBytes: the memory that programs can still have.
  /// - Returns: Sentences; none if all is well.
  static func advice(
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
        "Products reach only \(percent(speed.double, peak)) of the processor's peak. Other work may take its time: measure once more on an idle machine."
      )
    }
    if let availableBytes, availableBytes < 1 << 30 {
      advice.append(
        "Only \(gigabytes(availableBytes)) of memory are available; 'metatape train --dry-run' says what a run needs."
      )
    }
    return advice
  }

  /// The findings with their names.
  var rows: [(String, String)] {
    func speed(_ value: Double, _ peak: Double?) -> String {
      let share = peak.map { ", \(Self.percent(value, $0)) of the peak, \(Self.giga($0))" } ?? ""
      return Self.giga(value) + share
    }
    let cycles = self.speed.frequency.map { ", \(Console.number($0 / 1e9, 2)) GHz measured" } ?? ""
    return [
      ("MetaTape", version),
      ("system", machine.system),
      ("processor", Processor.current.description + (machine.vectors.map { ", \($0)" } ?? "")),
      ("processors", "\(threads.processors)\(cycles)"),
      ("BLAS", machine.blas),
      ("kernels", "\(machine.blasCore), \(BLAS.selection.explanation)"),
      ("results", check.failure ?? "right in \(check.comparisons) comparisons with plain loops"),
      ("double", speed(self.speed.double, self.speed.peak)),
      ("single", speed(self.speed.single, self.speed.peak.map { 2 * $0 })),
      ("threads", "\(threads.byDefault) unless --threads says otherwise; OpenBLAS runs in each"),
      (
        "MPI",
        (isBuiltWithMPI ? "built in" : "not built in") + ", "
          + (mpirun.map { "mpirun is \($0)" } ?? "no mpirun (several processes need it, no others)")
      ),
      (
        "Python",
        python.map { "\($0) (only comparisons with other programs need it)" }
          ?? "none (only comparisons with other programs need it)"
      ),
      (
        "memory",
        Self.gigabytes(memory.bytes)
          + (memory.availableBytes.map { ", \(Self.gigabytes($0)) available" } ?? "")
      ),
    ]
  }

  private static func giga(_ rate: Double) -> String {
    "\(Console.number(rate / 1e9, 1)) GFLOPS"
  }

  private static func percent(_ part: Double, _ whole: Double) -> String {
    "\(Console.number(100 * part / whole, 0)) %"
  }

  private static func gigabytes(_ bytes: Int) -> String {
    "\(Console.number(Double(bytes) / 1e9, 1)) GB"
  }

  /// The path of a program; nil if there is none.
  private static func find(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.lazy.map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}

/// The memory of this machine, or of the part of it that this process may use.
enum MachineMemory {
  /// All of it, in bytes.
  static var total: Int {
    min(Int(clamping: ProcessInfo.processInfo.physicalMemory), limit ?? .max)
  }

  /// What programs can still have, in bytes; nil where the system does not say.
  static var available: Int? {
    let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    guard let kilobytes = line.flatMap({ Int($0.filter(\.isNumber)) }) else { return nil }
    guard let limit, let used = number("memory.current") else { return kilobytes * 1024 }
    return min(kilobytes * 1024, max(0, limit - used))
  }

  /// The limit of this process's control group.
  private static var limit: Int? { number("memory.max") }

  private static func number(_ name: String) -> Int? {
    let text = try? String(contentsOfFile: "/sys/fs/cgroup/\(name)", encoding: .utf8)
    return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }
}
