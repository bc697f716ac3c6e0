import Experiments
import Files

/// Where and with which version a run was made; results agree to the bit on one type of processor only.
public struct MachineFacts: Document, Equatable {
  /// The version of this record.
  public var schemaVersion = 1
  /// The version of MetaTape; nil in records that are older than this field.
  public var programVersion: String? = Release.version
  /// The processor family whose kernels OpenBLAS uses.
  public var blasCore = BLAS.coreName
  /// Why OpenBLAS uses these kernels; records of earlier programs have none.
  public var blasChoice: String? = BLAS.selection.explanation
  /// The version and options of OpenBLAS.
  public var blas = BLAS.configuration
  /// The processor's name.
  public var processor = Processor.current.name.isEmpty ? "unknown" : Processor.current.name
  /// The processor's family and model, which tell processors of one name apart.
  public var processorFamily: Int? = Self.known(Processor.current.family)
  /// See ``processorFamily``.
  public var processorModel: Int? = Self.known(Processor.current.model)
  /// The widest vectors that a program may use.
  public var vectors: String? = Self.known(Processor.current.vectors)
  /// The number of processors.
  public var processorCount = ProcessInfo.processInfo.activeProcessorCount
  /// The operating system.
  public var system = ProcessInfo.processInfo.operatingSystemVersionString

  /// The facts of this machine.
  public init() {}

  /// The processor and OpenBLAS's kernels on one line.
  public var summary: String {
    let numbers = processorFamily.map { " (family \($0), model \(processorModel ?? 0))" } ?? ""
    let choice = blasChoice.map { ", \($0)" } ?? ""
    return "\(processor)\(numbers), BLAS kernels \(blasCore)\(choice)"
  }

  /// What CPUID says, where there is one.
  private static func known<Value>(_ value: Value) -> Value? {
    Processor.current.vendor.isEmpty ? nil : value
  }
}
