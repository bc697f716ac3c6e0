import Foundation
import SGMRL

/// Where and with which version a run was made; results agree to the bit on one type of processor only.
public struct MachineFacts: Codable, Equatable, Sendable {
  /// The version of this record.
  public var schemaVersion = 1
  /// The version of MetaTape; nil in records that are older than this field.
  public var programVersion: String? = Release.version
  /// The processor family whose kernels OpenBLAS uses.
  public var blasCore = BLAS.coreName
  /// The version and options of OpenBLAS.
  public var blas = BLAS.configuration
  /// The processor's name.
  public var processor = MachineFacts.processorName
  /// The number of processors.
  public var processorCount = ProcessInfo.processInfo.activeProcessorCount
  /// The operating system.
  public var system = ProcessInfo.processInfo.operatingSystemVersionString

  /// The facts of this machine.
  public init() {}

  private static var processorName: String { processorField("model name") ?? "unknown" }

  /// What Linux says of the first processor under a name such as `flags`; nil elsewhere.
  public static func processorField(_ name: String) -> String? {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
  }
}
