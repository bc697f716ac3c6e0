import Files
import Foundation
import MetaTape

/// A failure with its exit code.
struct Failure: Error {
  let code: Int32
  let message: String

  init(code: Int32, message: String) {
    self.code = code
    self.message = message
  }

  /// The failure that an error of the library stands for; nil for those of the argument parser.
  init?(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as ConfigurationError: self.init(code: 65, message: error.description)
    case let error as RunDirectory.DirectoryError:
      self.init(
        code: error.isUnwritable ? StandardOutput.exitCode : 65, message: error.description)
    case let error as InputFile.ReadError: self.init(code: 65, message: error.description)
    case let error as StoredRun.ReadError: self.init(code: 65, message: error.description)
    case let error as StudySection.ReadError: self.init(code: 65, message: error.description)
    case let error as RunCollection.ConflictError: self.init(code: 65, message: error.description)
    case let error as TrajectoryArchive.SizeError: self.init(code: 65, message: error.description)
    case let error as SafeTensors.FormatError: self.init(code: 65, message: error.description)
    case let error as DerivativeFile.ReadError: self.init(code: 65, message: error.description)
    case let error as GoldenDataError: self.init(code: 65, message: error.description)
    case let error as CertificateError: self.init(code: 65, message: error.description)
    case let error as MJCFError: self.init(code: 65, message: error.description)
    case let error as ModelError: self.init(code: 65, message: error.description)
    case let error as InvalidState: self.init(code: 1, message: error.description)
    case let error as SamplingError: self.init(code: 1, message: error.description)
    case let error as CommunicationError: self.init(code: 1, message: error.description)
    case let error as SimulationReport.ActionsError: self.init(code: 65, message: error.description)
    case let error as TimedWork.ResultError: self.init(code: 70, message: error.description)
    case let error as TrainingError: self.init(code: 1, message: error.description)
    default: return nil
    }
  }

  /// A file or folder that cannot be written.
  static func unwritable(_ path: String, _ error: any Error) -> Failure {
    Failure(
      code: StandardOutput.exitCode,
      message:
        "\(path) cannot be written (\(SystemError.reason(of: error))). Check the path, its permissions and the free space."
    )
  }

  /// Writes files below a path, or fails with its name.
  static func naming<Result>(_ path: String, _ write: () throws -> Result) throws -> Result {
    do { return try write() } catch let failure as Failure { throw failure } catch {
      throw unwritable(path, error)
    }
  }
}

/// Writes a file in one piece, or fails with its name.
func writeFile(_ data: Data, to path: String) throws {
  try Failure.naming(path) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if isFolder.boolValue { throw SystemError(EISDIR) }
    let type = try? FileManager.default.attributesOfItem(atPath: path)[.type]
    // devices and pipes cannot be replaced, only written
    if exists, type as? FileAttributeType != .typeRegular {
      let file = open(path, O_WRONLY | O_CLOEXEC)
      if file < 0 { throw SystemError.last }
      defer { close(file) }
      try Descriptor.write(data, to: file)
    } else {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    }
  }
}
