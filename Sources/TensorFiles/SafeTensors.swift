import Files
@_exported import MessagePassing
@_exported import Policies
import Requirements

/// Named matrices in the safetensors format: a length, a JSON header, and the numbers.
///
/// - Source: the format description of the `safetensors` package; written are numbers of type `F64`
///   and integers of type `I64`, little endian, row by row.
public enum SafeTensors {
  /// Why a file cannot be used.
  public struct FormatError: ReportedError, Equatable {
    /// The file, what is wrong with it, and what to do.
    public let description: String

    package init(description: String) { self.description = description }
  }

  /// The bytes of a file with a flat vector's blocks.
  ///
  /// - Parameters:
  ///   - vector: the numbers, in the layout.
  ///   - layout: names and shapes.
  ///   - metadata: free text, by name.
  /// - Returns: The bytes.
  /// - Throws: What the JSON encoder throws.
  public static func encode(
    _ vector: [Double], _ layout: ParameterLayout, metadata: [String: String] = [:]
  ) throws -> Data {
    require(
      vector.count == layout.count, "\(vector.count) numbers for \(layout.count) places.")
    return try encode(NamedArrays(vector, layout), metadata: metadata)
  }

  /// The bytes of a file with named arrays.
  ///
  /// - Parameters:
  ///   - arrays: the arrays.
  ///   - integers: arrays of integers, which stand behind the others; names must differ.
  ///   - metadata: free text, by name.
  /// - Returns: The bytes.
  /// - Throws: What the JSON encoder throws.
  public static func encode(
    _ arrays: NamedArrays, integers: [IntegerArray] = [], metadata: [String: String] = [:]
  ) throws -> Data {
    let tensors =
      arrays.entries.map { Tensor($0.name, "F64", $0.shape, $0.elements.map(\.bitPattern)) }
      + integers.map {
        Tensor($0.name, "I64", $0.shape, $0.elements.map { UInt64(bitPattern: Int64($0)) })
      }
    var header: [String: HeaderEntry] = ["__metadata__": .metadata(metadata)]
    var place = 0
    for tensor in tensors {
      require(header[tensor.name] == nil, "There are two arrays '\(tensor.name)'.")
      let end = place + 8 * tensor.words.count
      header[tensor.name] = .tensor(
        TensorInfo(dtype: tensor.dtype, shape: tensor.shape, data_offsets: [place, end]))
      place = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = try encoder.encode(header)
    // the numbers begin at a multiple of eight bytes
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    var data = Data()
    withUnsafeBytes(of: UInt64(json.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(json)
    for word in tensors.lazy.flatMap(\.words) {
      withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
    }
    return data
  }

  /// Reads the blocks of a layout from a file.
  ///
  /// - Throws: ``FormatError`` if the file cannot be read, is damaged, or does not have the layout.
  public static func read(_ url: URL, _ layout: ParameterLayout) throws(FormatError) -> [Double] {
    try Document(contentsOf: url).vector(layout)
  }

  /// A file in memory, its header decoded.
  package struct Document {
    /// Free text, by name.
    package let metadata: [String: String]
    /// All bytes of the file.
    package let data: Data
    private let path: String
    private let header: [String: HeaderEntry]
    /// The bytes behind the header.
    private let numbers: Data

    /// Reads a file.
    ///
    /// - Throws: ``FormatError`` if it cannot be read or its header is damaged.
    package init(contentsOf url: URL) throws(FormatError) {
      let data: Data
      do { data = try InputFile.data(url.path) } catch {
        throw FormatError(description: error.description)
      }
      try self.init(data, name: url.path)
    }

    /// Reads the bytes of a file.
    ///
    /// - Throws: ``FormatError`` if the header is damaged; `name` stands in its message.
    package init(_ data: Data, name: String) throws(FormatError) {
      (self.data, path) = (data, name)
      guard data.count >= 8 else {
        throw Self.fail(path, "is damaged: it has \(data.count) bytes; use another copy.")
      }
      let headerLength = data.prefix(8).enumerated().reduce(UInt64(0)) {
        $0 | UInt64($1.element) << (8 * UInt64($1.offset))
      }
      guard headerLength <= UInt64(data.count - 8) else {
        throw Self.fail(
          path, "is damaged: its header should have \(headerLength) bytes; use another copy.")
      }
      do {
        header = try JSONDecoder().decode(
          [String: HeaderEntry].self, from: data.dropFirst(8).prefix(Int(headerLength)))
      } catch {
        throw Self.fail(
          path, "is damaged or not a safetensors file: its header is not readable.")
      }
      numbers = data.dropFirst(8 + Int(headerLength))
      if case .metadata(let metadata) = header["__metadata__"] {
        self.metadata = metadata
      } else {
        metadata = [:]
      }
    }

    /// The blocks of a layout as one flat vector.
    ///
    /// - Throws: ``FormatError`` if a block is missing, has another shape or is cut off.
    package func vector(_ layout: ParameterLayout) throws(FormatError) -> [Double] {
      var result = [Double](repeating: 0, count: layout.count)
      for block in layout.blocks {
        guard case .tensor(let info) = header[block.name] else {
          throw fail("has no block '\(block.name)': it belongs to another policy.")
        }
        guard info.dtype == "F64", info.shape == [block.rows, block.columns] else {
          throw fail(
            "has the block '\(block.name)' with \(info.dtype)\(info.shape) instead of F64\([block.rows, block.columns]): it belongs to another policy."
          )
        }
        result.replaceSubrange(block.range, with: try elements(block.name, info))
      }
      return result
    }

    /// All arrays of the file, in the order of their numbers.
    ///
    /// - Throws: ``FormatError`` if one is cut off or not of type F64.
    package func arrays() throws(FormatError) -> NamedArrays {
      var result = NamedArrays()
      for (name, info) in tensors {
        guard info.dtype == "F64" else {
          throw fail("has the block '\(name)' of type \(info.dtype) instead of F64.")
        }
        result.set(name, shape: info.shape, try elements(name, info))
      }
      return result
    }

    /// All arrays of a file that has integers too, in the order of their numbers.
    ///
    /// - Throws: ``FormatError`` if one is cut off or of a type other than F64 and I64.
    package func arraysAndIntegers() throws(FormatError) -> (NamedArrays, [IntegerArray]) {
      var (arrays, integers) = (NamedArrays(), [IntegerArray]())
      for (name, info) in tensors {
        switch info.dtype {
        case "F64": arrays.set(name, shape: info.shape, try elements(name, info))
        case "I64":
          let numbers = try words(name, info).map { Int(Int64(bitPattern: $0)) }
          integers.append(IntegerArray(name, shape: info.shape, numbers))
        default: throw fail("has the block '\(name)' of type \(info.dtype), not F64 or I64.")
        }
      }
      return (arrays, integers)
    }

    /// The arrays' entries in the header, in the order of their numbers.
    private var tensors: [(name: String, info: TensorInfo)] {
      var result: [(name: String, info: TensorInfo)] = []
      for (name, entry) in header {
        if case .tensor(let info) = entry { result.append((name, info)) }
      }
      return result.sorted {
        ($0.info.data_offsets.first ?? 0, $0.name) < ($1.info.data_offsets.first ?? 0, $1.name)
      }
    }

    private func elements(
      _ name: String, _ info: TensorInfo
    ) throws(FormatError) -> [Double] {
      try words(name, info).map { Double(bitPattern: $0) }
    }

    /// The elements of an array, eight bytes each.
    private func words(
      _ name: String, _ info: TensorInfo
    ) throws(FormatError) -> [UInt64] {
      // a product that overflows is no size either
      var (count, isSize) = (1, true)
      for size in info.shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        (count, isSize) = (product, isSize && size >= 0 && !overflow)
      }
      let offsets = info.data_offsets
      guard isSize, offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1],
        offsets[1] <= numbers.count, (offsets[1] - offsets[0]).isMultiple(of: 8),
        (offsets[1] - offsets[0]) / 8 == count
      else { throw fail("is cut off or damaged at the block '\(name)'; use another copy.") }
      let bytes = numbers.dropFirst(offsets[0]).prefix(8 * count)
      return bytes.withUnsafeBytes { raw in
        (0..<count).map { i in
          UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self))
        }
      }
    }

    /// An error about this file.
    package func fail(_ what: String) -> FormatError { Self.fail(path, what) }

    private static func fail(_ path: String, _ what: String) -> FormatError {
      FormatError(description: "\(path) \(what)")
    }
  }
}

extension NamedArrays {
  /// The blocks of a flat vector.
  package init(_ vector: [Double], _ layout: ParameterLayout) {
    self.init()
    for block in layout.blocks {
      set(block.name, shape: [block.rows, block.columns], Array(vector[block.range]))
    }
  }
}

/// An array as it is written.
private struct Tensor {
  let name: String
  let dtype: String
  let shape: [Int]
  /// The bits of its elements.
  let words: [UInt64]

  init(_ name: String, _ dtype: String, _ shape: [Int], _ words: [UInt64]) {
    (self.name, self.dtype, self.shape, self.words) = (name, dtype, shape, words)
  }
}

private struct TensorInfo: Codable {
  let dtype: String
  let shape: [Int]
  let data_offsets: [Int]
}

private enum HeaderEntry: Codable {
  case tensor(TensorInfo)
  case metadata([String: String])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let info = try? container.decode(TensorInfo.self) {
      self = .tensor(info)
    } else {
      self = .metadata(try container.decode([String: String].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .tensor(let info): try container.encode(info)
    case .metadata(let metadata): try container.encode(metadata)
    }
  }
}
