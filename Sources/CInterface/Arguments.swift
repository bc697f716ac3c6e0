import CLibrary
import LinearAlgebra

/// The numbers of an array that is read.
///
/// - Throws: ``CallError`` that says what the array should hold.
func input<Element>(
  _ pointer: UnsafePointer<Element>?, _ count: Int64, _ expected: Int,
  _ name: StaticString, _ shape: @autoclosure () -> String
) throws -> UnsafeBufferPointer<Element> {
  guard count == expected, pointer != nil || expected == 0 else {
    throw mismatch(pointer == nil, count, name, shape())
  }
  return UnsafeBufferPointer(start: pointer, count: expected)
}

/// The numbers of an array that is written.
///
/// - Throws: ``CallError`` that says what the array should hold.
func output<Element>(
  _ pointer: UnsafeMutablePointer<Element>?, _ count: Int64, _ expected: Int,
  _ name: StaticString, _ shape: @autoclosure () -> String
) throws -> UnsafeMutableBufferPointer<Element> {
  guard count == expected, pointer != nil || expected == 0 else {
    throw mismatch(pointer == nil, count, name, shape())
  }
  return UnsafeMutableBufferPointer(start: pointer, count: expected)
}

@inline(never)
private func mismatch(
  _ isNull: Bool, _ count: Int64, _ name: StaticString, _ shape: String
) -> CallError {
  .argument(
    isNull
      ? "'\(name)' is NULL; it should have the shape \(shape)."
      : "'\(name)' has \(count) numbers; it should have the shape \(shape).")
}

/// Refuses numbers that are not finite.
func requireFinite(_ values: UnsafeBufferPointer<Double>, _ name: StaticString) throws {
  // the exponent of what is not finite has all bits set
  let full: UInt64 = 0x7ff0_0000_0000_0000
  var largest: UInt64 = 0
  for value in values { largest = max(largest, value.bitPattern & full) }
  guard largest == full else { return }
  let place = values.firstIndex { !$0.isFinite } ?? 0
  throw CallError.argument("'\(name)' has \(values[place]) at place \(place): use finite numbers.")
}

/// The text of a C string.
func text(_ pointer: UnsafePointer<CChar>?, _ name: StaticString) throws -> String {
  guard let pointer else { throw CallError.argument("'\(name)' is NULL; it should be a text.") }
  guard let text = String(validatingCString: pointer) else {
    throw CallError.argument("'\(name)' is not UTF-8.")
  }
  return text
}

/// Hands a text to the caller, who frees it.
func give(_ text: String, _ target: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) throws {
  guard let target else {
    throw CallError.argument("The place for the answer is NULL: give the address of a pointer.")
  }
  target.pointee = strdup(text)
}

/// Hands a handle to the caller.
func give(_ resource: @autoclosure () throws -> Resource, _ target: UnsafeMutablePointer<UInt64>?)
  throws
{
  guard let target else {
    throw CallError.argument("The place for the handle is NULL: give the address of a number.")
  }
  target.pointee = Handles.add(try resource())
}

extension MatrixViewOf<Double> {
  /// A view of an array; of an empty one, too.
  init(reading buffer: UnsafeBufferPointer<Double>, columns: Int) {
    self.init(buffer, rows: columns > 0 ? buffer.count / columns : 0, columns: columns)
  }
}

extension MutableMatrixViewOf<Double> {
  init(writing buffer: UnsafeMutableBufferPointer<Double>, columns: Int) {
    self.init(buffer, rows: columns > 0 ? buffer.count / columns : 0, columns: columns)
  }
}

/// Refuses kernels that the user chose and the processor cannot run: the first product would end the process.
func requireUsableKernels() throws {
  if let sentence = BLAS.unusableChoice { throw CallError(METATAPE_UNSUPPORTED, sentence) }
}
