import LinearAlgebra
import Requirements

/// A matrix computed on a ``Tape``.
public struct Variable {
  /// The tape it was computed on.
  public let tape: Tape
  let index: Int
  let generation: Int

  private var node: UnsafeMutablePointer<Node> {
    require(generation == tape.generation, "The tape was reset after this variable was made.")
    return tape.storage.pointee.nodes.start + index
  }

  /// The number of rows.
  public var rows: Int { Int(node.pointee.rows) }
  /// The number of columns.
  public var columns: Int { Int(node.pointee.columns) }
  /// Whether the value depends on a parameter of a recording tape.
  public var isActive: Bool { node.pointee.isActive }

  /// The elements, valid until the tape is reset.
  ///
  /// On a tape of single precision they are a copy, made when it is first asked for.
  public var view: MatrixView {
    let node = node
    let numbers = tape.inDouble(
      node.pointee.value, count: node.pointee.count, &node.pointee.doubleValue, isCurrent: true)
    return MatrixView(numbers, rows: Int(node.pointee.rows), columns: Int(node.pointee.columns))
  }

  /// A copy of the value.
  public var value: Matrix { Matrix(rows: rows, columns: columns, elements: view.elements) }

  /// The value of a variable of shape `[1, 1]`.
  public var scalar: Double {
    require(
      rows == 1 && columns == 1, "A variable of shape [\(rows), \(columns)] is not a number.")
    return view[0, 0]
  }

  /// The tangent, valid until the tape is reset; nil if it has none.
  ///
  /// - Precondition: ``Tape/tangent()`` has run since the recording.
  public var tangentView: MatrixView? {
    let node = node
    require(
      tape.hasTangents,
      "There are no tangents: run the tangent sweep first; another tape that shares their memory may have swept since."
    )
    guard let tangent = node.pointee.tangent else { return nil }
    let sweep = tape.sweepCounts.tangent
    let numbers = tape.inDouble(
      tangent, count: node.pointee.count, &node.pointee.doubleTangent,
      isCurrent: node.pointee.doubleTangentSweep == sweep)
    node.pointee.doubleTangentSweep = sweep
    return MatrixView(numbers, rows: Int(node.pointee.rows), columns: Int(node.pointee.columns))
  }

  /// A copy of the tangent; zero if the value does not depend on a parameter.
  public var tangent: Matrix {
    guard let view = tangentView else { return Matrix(rows: rows, columns: columns) }
    return Matrix(rows: rows, columns: columns, elements: view.elements)
  }
}
