/// One entry of a tape; a trivial type, so copying it does no reference counting.
struct Node: BitwiseCopyable {
  let operation: any TapeOperation.Type
  let rows: Int32
  let columns: Int32
  /// The inputs: a range of the tape's pool of node indices.
  let firstInput: Int32
  let inputCount: Int32
  let scalars: SIMD2<Double>
  let integers: SIMD2<Int>
  /// The indices among the attributes, a range of the tape's pool of integers; for a parameter, its
  /// place among all parameters.
  let firstIndex: Int32
  let indexCount: Int32
  /// The activation applied to an affine map.
  let activation: (any Activation.Type)?
  /// Whether the value depends on a parameter.
  let isActive: Bool
  /// Whether the node is a parameter: its adjoints are the shared results.
  let isParameter: Bool

  /// The results of the sweeps, in the tape's precision; nil until the first sweep of each kind.
  let value: UnsafeMutableRawPointer
  var tangent: UnsafeMutableRawPointer?
  var adjoint: UnsafeMutableRawPointer?
  var adjointTangent: UnsafeMutableRawPointer?
  /// Numbers that a rule stores in the forward or tangent sweep for later sweeps.
  var workspace: UnsafeMutableRawPointer?
  var workspaceTangent: UnsafeMutableRawPointer?

  /// Whether the current sweep has written the adjoint, or its tangent.
  var hasAdjoint = false
  var hasAdjointTangent = false

  /// Value and tangent in double precision, on a tape of single precision, where they were asked for.
  var doubleValue: UnsafeMutablePointer<Double>?
  var doubleTangent: UnsafeMutablePointer<Double>?
  /// The number of the tangent sweep that ``doubleTangent`` is of.
  var doubleTangentSweep = 0

  var count: Int { Int(rows) * Int(columns) }
}
