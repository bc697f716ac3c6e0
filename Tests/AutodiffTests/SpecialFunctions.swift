import Autodiff

/// The functions of the table of special points: each a number, computed by one operation of the
/// package, or by one beside the slices that choose an element.
enum SpecialFunctions {
  /// A function of parameter blocks.
  struct Function: Sendable {
    let blocks: [(name: String, rows: Int, columns: Int)]
    let body: @Sendable (Tape) -> Variable

    init(
      _ blocks: [(name: String, rows: Int, columns: Int)],
      _ body: @escaping @Sendable (Tape) -> Variable
    ) {
      (self.blocks, self.body) = (blocks, body)
    }

    var function: DifferentiableFunction {
      DifferentiableFunction(ParameterLayout(blocks), body)
    }
  }

  /// By the names of the fixture.
  static let all: [String: Function] = numbers.merging(pairs) { $1 }.merging(matrices) { $1 }

  private static func ofNumber(_ f: @escaping @Sendable (Variable) -> Variable) -> Function {
    Function([("x", 1, 1)]) { f($0.parameter("x")) }
  }

  private static func ofPair(
    _ f: @escaping @Sendable (Variable, Variable) -> Variable
  ) -> Function {
    Function([("x", 1, 1), ("y", 1, 1)]) { f($0.parameter("x"), $0.parameter("y")) }
  }

  private static func ofRow(
    _ count: Int, _ f: @escaping @Sendable (Variable) -> Variable
  ) -> Function {
    Function([("x", 1, count)]) { f($0.parameter("x")) }
  }

  private static func ofColumn(_ f: @escaping @Sendable (Variable) -> Variable) -> Function {
    Function([("x", 2, 1)]) { f($0.parameter("x")) }
  }

  private static let numbers: [String: Function] = [
    "abs_": ofNumber { abs($0) }, "relu": ofNumber { relu($0) }, "square": ofNumber { square($0) },
    "sqrt": ofNumber { sqrt($0) }, "exp": ofNumber { exp($0) }, "log": ofNumber { log($0) },
    "sin": ofNumber { sin($0) }, "cos": ofNumber { cos($0) }, "tanh": ofNumber { tanh($0) },
    "sigmoid": ofNumber { sigmoid($0) }, "softplus": ofNumber { softplus($0) },
    "pow 0": ofNumber { pow($0, 0) }, "pow 1": ofNumber { pow($0, 1) },
    "pow 2": ofNumber { pow($0, 2) }, "pow 3": ofNumber { pow($0, 3) },
    "pow -1": ofNumber { pow($0, -1) }, "pow 1/2": ofNumber { pow($0, 0.5) },
    "pow 3/2": ofNumber { pow($0, 1.5) }, "pow -1/2": ofNumber { pow($0, -0.5) },
    "clamp": ofNumber { $0.clamped(from: -1, to: 1) },
    "clamp_below": ofNumber { $0.clamped(from: -1) },
    "over_49": ofNumber { $0 / 49 }, "over_1e_310": ofNumber { $0 / 1e-310 },
    "scale": ofNumber { -2.5 * $0 }, "shift": ofNumber { $0 + 3 }, "negative": ofNumber { -$0 },
  ]

  private static let pairs: [String: Function] = [
    "add": ofPair { $0 + $1 }, "subtract": ofPair { $0 - $1 }, "multiply": ofPair { $0 * $1 },
    "divide": ofPair { $0 / $1 }, "maximum": ofPair { max($0, $1) },
    "minimum": ofPair { min($0, $1) },
    "concatenate rows": ofPair { Variable.concatenatedRows([$0, $1]).rows(1..<2) },
    "concatenate columns": ofPair { Variable.concatenatedColumns([$0, $1]).columns(1..<2) },
    "select": ofPair { select($0.tape.constant(1), $0, $1) },
  ]

  private static func affine(_ activation: (any Activation.Type)?) -> Function {
    Function([("x", 1, 1), ("w", 1, 1), ("b", 1, 1)]) {
      $0.parameter("x").affine(
        weight: $0.parameter("w"), bias: $0.parameter("b"), activation: activation)
    }
  }

  private static func lastElement(_ x: Variable) -> Variable {
    x.slice(rows: 1..<2, columns: 1..<2)
  }

  private static let matrices: [String: Function] = [
    "total": ofRow(3) { $0.sum() }, "mean": ofRow(3) { $0.mean() },
    "transpose": ofColumn { $0.transposed.columns(1..<2) },
    "reshape": ofRow(2) { $0.reshaped(rows: 2, columns: 1).rows(1..<2) },
    "slice": ofRow(2) { $0.columns(1..<2) }, "gather": ofColumn { $0.gatherRows([1]) },
    "pick column": ofRow(2) { $0.pickColumn($0.tape.constant(1)) },
    "product": Function([("x", 1, 2), ("y", 2, 1)]) {
      $0.parameter("x").matrixProduct($0.parameter("y"))
    },
    "affine": affine(nil), "affine relu": affine(ReLU.self), "affine tanh": affine(Tanh.self),
    "affine sigmoid": affine(Sigmoid.self), "affine softplus": affine(Softplus.self),
    "cholesky": Function([("a", 2, 2)]) { lastElement($0.parameter("a").cholesky()) },
    "exponential_diagonal": Function([("c", 2, 2)]) {
      $0.parameter("c").exponentialDiagonal().sum()
    },
    "solve": Function([("l", 2, 2), ("b", 2, 1)]) {
      $0.parameter("l").solvingLower($0.parameter("b")).rows(1..<2)
    },
    "log_sum_exp": ofRow(2) { $0.logSumExp() },
    "log_softmax": ofRow(3) { $0.logSoftmax().columns(0..<1) },
    "gaussian": Function([("m", 1, 1), ("s", 1, 1), ("a", 1, 1)]) {
      $0.parameter("m").gaussianLogProbability(
        of: $0.parameter("a"), logStandardDeviation: $0.parameter("s"))
    },
  ]
}
