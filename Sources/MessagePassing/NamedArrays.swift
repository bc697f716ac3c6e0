import Requirements

/// Arrays of numbers with names and shapes, in an order: what a component with state gives and takes.
///
/// Files, messages and comparisons between processes are written once for all components with it.
///
/// ```
/// var state = NamedArrays()
/// state["adam.step-count"] = [3]
/// state.set("adam.first-moment", shape: [1, 2], [0.1, -0.2])
/// ```
public struct NamedArrays: Equatable, Sendable {
  /// One of the arrays.
  public struct Entry: Equatable, Sendable {
    /// Its name.
    public let name: String
    /// Its sizes, row-major.
    public let shape: [Int]
    /// Its elements, as many as the product of the sizes.
    public let elements: [Double]
  }

  /// The arrays in the order in which they were added.
  public private(set) var entries: [Entry] = []

  /// Creates a collection of no arrays.
  public init() {}

  /// Whether there is no array.
  public var isEmpty: Bool { entries.isEmpty }

  /// The elements of the array of a name; nil if there is none.
  ///
  /// What is set has one dimension; nil removes the array.
  public subscript(name: String) -> [Double]? {
    get { entries.first { $0.name == name }?.elements }
    set {
      if let newValue {
        set(name, shape: [newValue.count], newValue)
      } else {
        entries.removeAll { $0.name == name }
      }
    }
  }

  /// Adds an array, or replaces the one of its name.
  ///
  /// - Precondition: there are as many elements as the shape says.
  public mutating func set(_ name: String, shape: [Int], _ elements: [Double]) {
    require(
      shape.reduce(1, *) == elements.count,
      "The array '\(name)' of shape \(shape) has \(elements.count) elements.")
    let entry = Entry(name: name, shape: shape, elements: elements)
    if let place = entries.firstIndex(where: { $0.name == name }) {
      entries[place] = entry
    } else {
      entries.append(entry)
    }
  }

  /// Adds all arrays of another collection with a prefix to their names.
  public mutating func merge(_ other: NamedArrays, prefix: String = "") {
    for entry in other.entries { set(prefix + entry.name, shape: entry.shape, entry.elements) }
  }

  /// The arrays whose names begin with a prefix, without it.
  public func removingPrefix(_ prefix: String) -> NamedArrays {
    var result = NamedArrays()
    for entry in entries where entry.name.hasPrefix(prefix) {
      result.set(String(entry.name.dropFirst(prefix.count)), shape: entry.shape, entry.elements)
    }
    return result
  }

  /// What is different in another collection, in words for a message; nil if they have the same names,
  /// shapes and bits.
  public func difference(from other: NamedArrays) -> String? {
    for entry in entries {
      guard let found = other.entries.first(where: { $0.name == entry.name }) else {
        return "'\(entry.name)' is in one of them alone"
      }
      if found.shape != entry.shape {
        return "'\(entry.name)' has the shapes \(entry.shape) and \(found.shape)"
      }
      for (place, (a, b)) in zip(entry.elements, found.elements).enumerated()
      where a.bitPattern != b.bitPattern {
        return "element \(place) of '\(entry.name)' is \(a) and \(b)"
      }
    }
    let extra = other.entries.first { entry in !entries.contains { $0.name == entry.name } }
    return extra.map { "'\($0.name)' is in one of them alone" }
  }
}

extension NamedArrays: Message {
  /// The number of arrays, and the name, shape and elements of each.
  public func write(to message: inout MessageWriter) {
    message.write(entries.count)
    for entry in entries {
      message.write(entry.name)
      message.write(entry.shape)
      message.write(entry.elements)
    }
  }

  /// Reads the number of arrays and as many.
  public init(from message: inout MessageReader) throws(CommunicationError) {
    for _ in 0..<(try message.read(Int.self)) {
      let (name, shape) = (try message.read(String.self), try message.read([Int].self))
      let elements: [Double] = try message.read()
      guard shape.reduce(1, *) == elements.count else {
        throw CommunicationError(
          description:
            "A process has sent '\(name)' of shape \(shape) with \(elements.count) elements. Do all run the same program?"
        )
      }
      set(name, shape: shape, elements)
    }
  }
}
