import CLibrary
import LinearAlgebra

/// The numbers of an array that is read.
///
/// - Throws: ``CallError`` that says what the array should hold.
func input<Element>(
  _ pointer: UnsafePointer<Element>?, _ count: Int64, _ expected: Int,
  _ name: StaticString, _ shape: @autoclosure () -> String
) throws -> UnsafeBufferPointer<Element> {
  try requireCount(pointer != nil, count, expected, name, shape())
  return UnsafeBufferPointer(start: pointer, count: expected)
}

/// The numbers of an array that is written.
///
/// - Throws: ``CallError`` that says what the array should hold.
func output<Element>(
  _ pointer: UnsafeMutablePointer<Element>?, _ count: Int64, _ expected: Int,
  _ name: StaticString, _ shape: @autoclosure () -> String
) throws -> UnsafeMutableBufferPointer<Element> {
  try requireCount(pointer != nil, count, expected, name, shape())
  return UnsafeMutableBufferPointer(start: pointer, count: expected)
}

/// Refuses an array that is missing or has another number of elements.
@inline(__always)
private func requireCount(
  _ isThere: Bool, _ count: Int64, _ expected: Int, _ name: StaticString,
  _ shape: @autoclosure () -> String
) throws {
  guard count == expected, isThere || expected == 0 else {
    throw CallError.argument(
      isThere
        ? "'\(name)' has \(count) numbers; it should have the shape \(shape())."
        : "'\(name)' is NULL; it should have the shape \(shape()).")
  }
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

/// Refuses actions that are not indices of a discrete space's elements.
func requireIndices(_ actions: MatrixView, below count: Int) throws {
  for row in 0..<actions.rows {
    let number = actions[row, 0]
    guard number == number.rounded(), number >= 0, number < Double(count) else {
      throw CallError.argument(
        "'actions' has \(number) in row \(row); actions are the indices 0 to \(count - 1).")
    }
  }
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

/// Refuses kernels that the user chose and the processor cannot run: the first product would end the process.
func requireUsableKernels() throws {
  if let sentence = BLAS.unusableChoice { throw CallError(METATAPE_UNSUPPORTED, sentence) }
}
