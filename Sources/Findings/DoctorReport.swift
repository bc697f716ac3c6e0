import Certification
import Files

/// What this machine has for the package: `doctor --json`.
public struct DoctorReport: Document {
  /// How products of OpenBLAS compare with plain loops.
  public struct Check: Codable, Sendable {
    /// The number of comparisons.
    public let comparisons: Int
    /// The first that is wrong; nil if none is.
    public let failure: String?
  }

  /// What can run side by side.
  public struct Threads: Codable, Sendable {
    /// The processors.
    public let processors: Int
    /// What `--threads` is if it is not given.
    public let byDefault: Int
  }

  /// The memory of the machine.
  public struct Memory: Codable, Sendable {
    /// All of it.
    public let bytes: Int
    /// What programs can still have; nil where the system does not say.
    public let availableBytes: Int?
  }

  /// The version of the format.
  public var schemaVersion = 1
  /// The version of MetaTape.
  public let version: String
  /// The machine.
  public let machine: MachineFacts
  /// What OpenBLAS itself chose.
  public let blasOwnChoice: String
  /// Kernels of this OpenBLAS that would use more of the processor.
  public let betterKernels: String?
  /// Whether products are right.
  public let check: Check
  /// How fast products are.
  public let speed: MatrixProductSpeed
  /// What can run side by side.
  public let threads: Threads
  /// Whether processes can share a run.
  public let isBuiltWithMPI: Bool
  /// The path of `mpirun`; nil if there is none.
  public let mpirun: String?
  /// The path of Python; nil if there is none.
  public let python: String?
  /// The memory.
  public let memory: Memory
  /// What to do; empty if all is well.
  public let advice: [String]

  private enum CodingKeys: String, CodingKey {
    case schemaVersion, version, machine, blasOwnChoice, betterKernels, check, speed, threads
    case isBuiltWithMPI = "isBuiltWithMpi"
    case mpirun, python, memory, advice
  }

  /// Examines this machine.
  ///
  /// - Parameters:
  ///   - seed: of the compared numbers.
  ///   - defaultThreads: how many threads a command takes unless it is told.
  public init(seed: UInt64, defaultThreads: Int) {
    let outcome = BLAS.check(seed: seed)
    (version, machine) = (Release.version, MachineFacts())
    (blasOwnChoice, betterKernels) = (BLAS.selection.chosen, BLAS.selection.better)
    check = Check(comparisons: outcome.count, failure: outcome.failure)
    speed = MatrixProductSpeed.measure()
    threads = Threads(
      processors: ProcessInfo.processInfo.activeProcessorCount, byDefault: defaultThreads)
    #if MPI
    isBuiltWithMPI = true
    #else
    isBuiltWithMPI = false
    #endif
    (mpirun, python) = (Self.find("mpirun"), Self.find("python3"))
    memory = Memory(
      bytes: MachineMemory.total, availableBytes: MachineMemory.available)
    advice = Self.advice(
      selection: BLAS.selection, better: betterKernels, failure: check.failure, speed: speed,
      availableBytes: memory.availableBytes)
  }

  /// The path of a program; nil if there is none.
  private static func find(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.lazy.map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
