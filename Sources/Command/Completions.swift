import ArgumentParser
import Foundation
import MetaTape

/// What shells offer as the values of options.
extension CompletionKind {
  /// The names of the presets.
  static var presets: CompletionKind { .list(MetaTapeCommand.catalog.presets.map(\.name)) }

  /// Files of configurations and sweeps.
  static var yaml: CompletionKind { .file(extensions: ["yaml", "yml"]) }

  /// Files of parameters and checkpoints.
  static var parameters: CompletionKind { .file(extensions: ["safetensors"]) }

  /// The names of the estimators.
  static var estimator: CompletionKind { .list(MetaTapeCommand.catalog.estimators.map(\.name)) }

  /// Names of estimators with commas between them.
  static var estimators: CompletionKind {
    .custom { _, _, prefix in
      let done = prefix.lastIndex(of: ",").map { prefix[...$0] } ?? ""
      return MetaTapeCommand.catalog.estimators.map { done + $0.name }
    }
  }

  /// The lines and the cells of the paper's tables.
  static var rows: CompletionKind { .list(PaperTable.names(\.lines, \.name)) }
  static var cells: CompletionKind { .list(PaperTable.names(\.cells, \.name)) }

  /// `key=value` of a configuration: first the keys, then the values where they are words.
  static var assignments: CompletionKind {
    .custom { _, _, prefix in
      guard let equals = prefix.firstIndex(of: "=") else {
        return MetaTapeCommand.catalog.fields.map { $0.key + "=" }
      }
      let key = String(prefix[..<equals])
      let field = MetaTapeCommand.catalog.fields.first { $0.key == key }
      return field?.choices.map { "\(key)=\($0)" } ?? []
    }
  }

  /// The models that come with the program, and files.
  static var models: CompletionKind {
    .custom { _, _, prefix in KnownModel.names + Self.files(prefix, extension: "xml") }
  }

  /// The files of one kind and the folders that a path may go on to.
  private static func files(_ prefix: String, extension wanted: String) -> [String] {
    let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    return names.sorted().compactMap { name in
      var isFolder: ObjCBool = false
      let path = folder + name
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
      if isFolder.boolValue { return path + "/" }
      return name.hasSuffix(".\(wanted)") ? path : nil
    }
  }
}

extension PaperTable {
  /// The names of the parts of both tables, each once.
  fileprivate static func names<Part>(
    _ parts: (PaperTable) -> [Part], _ name: (Part) -> String
  ) -> [String] {
    var found: [String] = []
    for part in PaperTable.all.flatMap(parts) where !found.contains(name(part)) {
      found.append(name(part))
    }
    return found
  }
}
