import Autodiff

/// All operations of the package; a new operation gets a row here.
enum OperationTable {
  static let rows =
    elementwise + binary + selection + scaling + linear + products + matrixEquations + probability

  private static let x = Block("x", 3, 4)
  private static let awayFromZero = Block("x", 3, 4, .nearHalves)
  private static let positive = Block("x", 3, 4, .uniform(0.4...2))

  private static let elementwise: [OperationRow] = [
    OperationRow("abs", [awayFromZero]) { abs($0["x"]) },
    OperationRow("relu", [awayFromZero]) { relu($0["x"]) },
    OperationRow("square", [x], step: 1) { square($0["x"]) },
    OperationRow("sqrt", [positive]) { sqrt($0["x"]) },
    OperationRow("exp", [x]) { exp($0["x"]) },
    OperationRow("log", [positive]) { log($0["x"]) },
    OperationRow("sin", [x]) { sin($0["x"]) },
    OperationRow("cos", [x]) { cos($0["x"]) },
    OperationRow("tanh", [x]) { tanh($0["x"]) },
    OperationRow("sigmoid", [x]) { sigmoid($0["x"]) },
    OperationRow("softplus", [x]) { softplus($0["x"]) },
    OperationRow("pow 2.5", [positive]) { pow($0["x"], 2.5) },
    OperationRow("pow -1", [awayFromZero]) { pow($0["x"], -1) },
    OperationRow("pow 3", [x]) { pow($0["x"], 3) },
    OperationRow("pow 1", [x], step: 1) { pow($0["x"], 1) },
    OperationRow("pow 0", [x], step: 1) { pow($0["x"], 0) },
    OperationRow("clamp", [awayFromZero]) { $0["x"].clamped(from: -1, to: 1) },
    OperationRow("clamp from below", [awayFromZero]) { $0["x"].clamped(from: -1) },
    OperationRow("clamp from above", [awayFromZero]) { $0["x"].clamped(to: 1) },
  ]

  // MARK: Two operands

  private struct Binary: Sendable {
    let name: String
    let function: @Sendable (Variable, Variable) -> Variable
    var left = Domain.uniform(-1.5...1.5)
    var right = Domain.uniform(-1.5...1.5)
  }

  private static let binaryFunctions = [
    Binary(name: "+") { $0 + $1 },
    Binary(name: "-") { $0 - $1 },
    Binary(name: "*") { $0 * $1 },
    Binary(name: "/", function: { $0 / $1 }, right: .nearHalves),
    Binary(name: "max", function: { max($0, $1) }, left: .nearHalves, right: .nearWholes),
    Binary(name: "min", function: { min($0, $1) }, left: .nearHalves, right: .nearWholes),
  ]

  /// The shapes of the operands that go together, of every kind.
  private static let broadcasts = [
    [3, 4, 3, 4], [3, 4, 1, 4], [3, 4, 3, 1], [3, 4, 1, 1], [1, 4, 3, 4], [3, 1, 3, 4],
    [1, 1, 3, 4], [3, 1, 1, 4], [1, 4, 3, 1], [1, 1, 1, 1], [3, 1, 1, 1], [1, 1, 1, 4],
  ]

  private static let binary: [OperationRow] = binaryFunctions.flatMap { binary in
    broadcasts.flatMap { s in
      let (f, name) = (binary.function, "\(binary.name) [\(s[0]), \(s[1])] [\(s[2]), \(s[3])]")
      let (left, right) = (
        Block("x", s[0], s[1], binary.left), Block("y", s[2], s[3], binary.right)
      )
      return [
        OperationRow(name, [left, right]) { f($0["x"], $0["y"]) },
        OperationRow(name + ", constant left", [right]) {
          f($0.constant(s[0], s[1], binary.left), $0["y"])
        },
        OperationRow(name + ", constant right", [left]) {
          f($0["x"], $0.constant(s[2], s[3], binary.right))
        },
      ]
    } + [
      OperationRow(binary.name + ", the same twice", [awayFromZero]) {
        let x = $0["x"]
        return binary.function(x, x)
      },
      OperationRow(binary.name + ", a part of itself", [awayFromZero]) {
        let x = $0["x"]
        // shifted by 0.3, the ties of max and min lie away
        return binary.function(x, x.rows(1..<2) + 0.3)
      },
    ]
  }

  private static let mask = Matrix([[1, 0, 0, 1], [0, 0, 1, 1], [1, 0, 1, 0]])

  private static let selection: [OperationRow] =
    broadcasts.map { s in
      OperationRow(
        "select [\(s[0]), \(s[1])] [\(s[2]), \(s[3])]",
        [
          Block("x", s[0], s[1]), Block("y", s[2], s[3]),
        ], step: 1
      ) { select($0.tape.constant(mask), $0["x"], $0["y"]) }
    } + [
      OperationRow("select, constant first", [x], step: 1) {
        select($0.tape.constant(mask), $0.constant(1, 4), $0["x"])
      },
      OperationRow("select, constant second", [x], step: 1) {
        select($0.tape.constant(mask), $0["x"], $0.constant(3, 1))
      },
      OperationRow("select, the same twice", [x]) {
        let x = $0["x"]
        return select(x.mask { $0 > 10 }, x, x * x)
      },
    ]

  private static let scaling: [OperationRow] = [
    OperationRow("a x", [x], step: 1) { -2.5 * $0["x"] },
    OperationRow("x a", [x], step: 1) { $0["x"] * 3 },
    OperationRow("x / a", [x], step: 1) { $0["x"] / 3 },
    OperationRow("x / a, a large", [x], step: 1) { $0["x"] / -1e3 },
    OperationRow("x + b", [x], step: 1) { $0["x"] + 3 },
    OperationRow("b + x", [x], step: 1) { 3 + $0["x"] },
    OperationRow("x - b", [x], step: 1) { $0["x"] - 3 },
    OperationRow("b - x", [x], step: 1) { 3 - $0["x"] },
    OperationRow("-x", [x], step: 1) { -$0["x"] },
  ]

  // MARK: Linear maps

  private static let y = Block("y", 2, 4)

  private static let linear: [OperationRow] = [
    OperationRow("sum", [x], step: 1) { $0["x"].sum() },
    OperationRow("sum of rows", [x], step: 1) { $0["x"].sumOfRows() },
    OperationRow("sum of columns", [x], step: 1) { $0["x"].sumOfColumns() },
    OperationRow("sum of one row", [Block("x", 1, 4)], step: 1) { $0["x"].sum() },
    OperationRow("sum of one column", [Block("x", 3, 1)], step: 1) { $0["x"].sum() },
    OperationRow("sum of the rows of a column", [Block("x", 3, 1)], step: 1) {
      $0["x"].sumOfRows()
    },
    OperationRow("sum of the columns of a row", [Block("x", 1, 4)], step: 1) {
      $0["x"].sumOfColumns()
    },
    OperationRow("mean", [x], step: 1) { $0["x"].mean() },
    OperationRow("transpose", [x], step: 1) { $0["x"].transposed },
    OperationRow("reshape", [x], step: 1) { $0["x"].reshaped(rows: 2, columns: 6) },
    OperationRow("rows", [x], step: 1) { $0["x"].rows(1..<3) },
    OperationRow("columns", [x], step: 1) { $0["x"].columns(2..<3) },
    OperationRow("slice", [x], step: 1) { $0["x"].slice(rows: 1..<2, columns: 1..<4) },
    OperationRow("slices that overlap", [x], step: 1) { $0["x"].rows(0..<2) * $0["x"].rows(1..<3) },
    OperationRow("gather", [x], step: 1) { $0["x"].gatherRows([2, 0, 2, 2]) },
    OperationRow("pick column", [x], step: 1) {
      $0["x"].pickColumn($0.tape.constant(Matrix([[3], [0], [3]])))
    },
    OperationRow("concatenate rows", [x, y], step: 1) { .concatenatedRows([$0["x"], $0["y"]]) },
    OperationRow("concatenate rows with constants", [x], step: 1) {
      .concatenatedRows([$0.constant(1, 4), $0["x"], $0.constant(2, 4)])
    },
    OperationRow("concatenate columns", [x, Block("z", 3, 1)], step: 1) {
      .concatenatedColumns([$0["x"], $0["z"]])
    },
    OperationRow("concatenate columns with constants", [x], step: 1) {
      .concatenatedColumns([$0.constant(3, 2), $0["x"], $0.constant(3, 1)])
    },
    OperationRow("concatenate a variable with itself", [x], step: 1) {
      let x = $0["x"]
      return .concatenatedColumns([x, x, 2 * x])
    },
    OperationRow("several uses", [x]) {
      let x = $0["x"]
      return exp(x) * sin(x) + x.sumOfColumns() * tanh(x) + x
    },
  ]

  // MARK: Products

  private static let square33 = Block("x", 3, 3)

  private static let products: [OperationRow] =
    [
      OperationRow("matrix product", [x, Block("y", 4, 2)], step: 1) {
        $0["x"].matrixProduct($0["y"])
      },
      OperationRow("matrix product, constant left", [Block("y", 4, 2)], step: 1) {
        $0.constant(3, 4).matrixProduct($0["y"])
      },
      OperationRow("matrix product, constant right", [x], step: 1) {
        $0["x"].matrixProduct($0.constant(4, 2))
      },
      OperationRow("matrix product, the same twice", [square33], step: 1) {
        let x = $0["x"]
        return x.matrixProduct(x)
      },
    ] + affine

  private static let activations: [(name: String, operation: (any Activation.Type)?)] = [
    ("identity", nil), ("relu", ReLU.self), ("tanh", Tanh.self), ("sigmoid", Sigmoid.self),
    ("softplus", Softplus.self),
  ]

  private static let affine: [OperationRow] = activations.flatMap { name, f in
    let (w, b) = (Block("w", 4, 2), Block("b", 1, 2))
    // a small step, so that no argument of ReLU crosses zero; the differences' rounding, 1e-16/1e-5,
    // stays far below the tolerances
    let step = name == "relu" ? 1e-5 : 1e-3
    return [
      OperationRow("affine \(name)", [x, w, b], step: step) {
        $0["x"].affine(weight: $0["w"], bias: $0["b"], activation: f)
      },
      OperationRow("affine \(name), constant input", [w, b], step: step) {
        $0.constant(3, 4).affine(weight: $0["w"], bias: $0["b"], activation: f)
      },
      OperationRow("affine \(name), constant weight", [x, b], step: step) {
        $0["x"].affine(weight: $0.constant(4, 2), bias: $0["b"], activation: f)
      },
      OperationRow("affine \(name), constant bias", [x, w], step: step) {
        $0["x"].affine(weight: $0["w"], bias: $0.constant(1, 2), activation: f)
      },
      OperationRow("affine \(name), only the bias active", [b], step: step) {
        $0.constant(3, 4).affine(weight: $0.constant(4, 2), bias: $0["b"], activation: f)
      },
      OperationRow("affine \(name), the same twice", [square33], step: step) {
        let x = $0["x"]
        return x.affine(weight: x, bias: x.rows(0..<1), activation: f)
      },
    ]
  }

  // MARK: Triangular matrices

  private static let l = Block("l", 3, 3, .dominantDiagonal)
  private static let left = Block("b", 3, 2)
  private static let right = Block("b", 2, 3)

  private static let matrixEquations: [OperationRow] = [
    // only the lower triangle counts, but the derivative is symmetric: check symmetric matrices
    OperationRow("Cholesky", [l]) { (0.5 * ($0["l"] + $0["l"].transposed)).cholesky() },
    OperationRow("Cholesky of a product", [l]) {
      let l = $0["l"]
      return l.matrixProduct(l.transposed).cholesky()
    },
    OperationRow("exponential diagonal", [square33]) { $0["x"].exponentialDiagonal() },
    OperationRow("L Z = B", [l, left]) { $0["l"].solvingLower($0["b"]) },
    OperationRow("L Z = B, constant L", [left]) {
      $0.constant(3, 3, .dominantDiagonal).solvingLower($0["b"])
    },
    OperationRow("L Z = B, constant B", [l]) { $0["l"].solvingLower($0.constant(3, 2)) },
    OperationRow("L Z = L", [l]) {
      let l = $0["l"]
      return l.solvingLower(l)
    },
    OperationRow("Z Lᵀ = B", [l, right]) { $0["l"].solvingLower(rowsOf: $0["b"]) },
    OperationRow("Z Lᵀ = B, constant L", [right]) {
      $0.constant(3, 3, .dominantDiagonal).solvingLower(rowsOf: $0["b"])
    },
    OperationRow("Z Lᵀ = B, constant B", [l]) { $0["l"].solvingLower(rowsOf: $0.constant(2, 3)) },
    OperationRow("Z Lᵀ = L", [l]) {
      let l = $0["l"]
      return l.solvingLower(rowsOf: l)
    },
  ]

  // MARK: Log-probabilities

  private static let s = Block("s", 1, 4, .uniform(-0.5...0.5))
  private static let a = Block("a", 3, 4)

  private static let probability: [OperationRow] = [
    OperationRow("log-softmax", [x]) { $0["x"].logSoftmax() },
    OperationRow("log-sum-exp", [x]) { $0["x"].logSumExp() },
    OperationRow("softmax", [x]) { $0["x"].softmax() },
    OperationRow("log-softmax, one column", [Block("x", 3, 1)]) { $0["x"].logSoftmax() },
    OperationRow("Gaussian", [x, s, a]) {
      $0["x"].gaussianLogProbability(of: $0["a"], logStandardDeviation: $0["s"])
    },
    OperationRow("Gaussian, mean and deviation", [x, s]) {
      $0["x"].gaussianLogProbability(of: $0.constant(3, 4), logStandardDeviation: $0["s"])
    },
    OperationRow("Gaussian, mean and action", [x, a]) {
      $0["x"].gaussianLogProbability(of: $0["a"], logStandardDeviation: $0.constant(1, 4))
    },
    OperationRow("Gaussian, deviation and action", [s, a]) {
      $0.constant(3, 4).gaussianLogProbability(of: $0["a"], logStandardDeviation: $0["s"])
    },
    OperationRow("Gaussian, mean", [x]) {
      $0["x"].gaussianLogProbability(of: $0.constant(3, 4), logStandardDeviation: $0.constant(1, 4))
    },
    OperationRow("Gaussian, deviation", [s]) {
      $0.constant(3, 4).gaussianLogProbability(of: $0.constant(3, 4), logStandardDeviation: $0["s"])
    },
    OperationRow("Gaussian, action", [a]) {
      $0.constant(3, 4).gaussianLogProbability(of: $0["a"], logStandardDeviation: $0.constant(1, 4))
    },
    OperationRow(
      "Gaussian, the same variable three times", [Block("x", 3, 4, .uniform(-0.5...0.5))]
    ) {
      let x = $0["x"]
      return x.gaussianLogProbability(of: 2 * x, logStandardDeviation: x.rows(1..<2))
    },
  ]
}
