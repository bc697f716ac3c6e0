import Files
import Foundation
import MetaTape
import Requirements

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
    if let failure = error as? Failure {
      self = failure
    } else if let error = error as? any ReportedError {
      let options = error.remedies.map(Self.option)
      let hint = options.isEmpty ? "" : " (\(options.joined(separator: ", ")))"
      self.init(code: error.exitStatus.rawValue, message: error.description + hint)
    } else {
      return nil
    }
  }

  /// How this program does something about an error.
  private static func option(_ remedy: Remedy) -> String {
    switch remedy {
    case .otherFolder: "--output FOLDER"
    case .replaceRun: "--replace"
    case .resumeRun: "--resume FOLDER"
    case .trainConfiguration: "train --config FILE --output FOLDER"
    case .enumerateOrders: "--ordered"
    case .raiseLimit: "--limit NUMBER"
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

/// Makes a folder for files, unless some of them are there already.
///
/// - Parameters:
///   - path: of the folder.
///   - names: of the files.
///   - replace: whether files that are there may be lost.
///   - advice: what else to do than to replace them.
/// - Returns: The folder.
/// - Throws: ``Failure`` if a file is there, or if the folder cannot be made.
func outputFolder(
  _ path: String, for names: [String], replace: Bool, otherwise advice: String
) throws -> URL {
  let url = URL(fileURLWithPath: path)
  let old = names.filter {
    FileManager.default.fileExists(atPath: url.appendingPathComponent($0).path)
  }
  guard old.isEmpty || replace else {
    throw Failure(
      code: 65,
      message:
        "\(path) already holds \(old.joined(separator: ", ")). \(advice), or give --replace to lose them."
    )
  }
  try Failure.naming(path) {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  return url
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
