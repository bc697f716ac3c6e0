import Certification

/// One step, one number to hit: reward `-(a - task)²` times a scale, tasks normal about 1.
///
/// - Version history: 1, first version; 2, the scale, 1 if nothing is said.
struct TargetTasks: TaskDistribution {
  var scale = 1.0
  let name = "target"
  let observationSpace = Space.box(size: 1, in: 0...1)
  let actionSpace = Space.box(size: 1, in: -10...10)
  let horizon = 1

  func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    [1 + 0.1 * stream.normal()]
  }

  func makeEnvironment(count: Int) -> any Environment { Batch(count: count, scale: scale) }

  private final class Batch: Environment {
    let count: Int
    var task: TaskParameters = [1]

    let scale: Double

    init(count: Int, scale: Double) { (self.count, self.scale) = (count, scale) }

    func reset(into observations: MutableMatrixView, using stream: (Int) -> RandomStream) {
      observations.fill(1)
    }

    func step(
      _ actions: MatrixView, observations: MutableMatrixView, result: inout StepResult,
      using stream: (Int) -> RandomStream
    ) {
      for i in 0..<count {
        let miss = actions[i, 0] - task[0]
        result.rewards[i] = -scale * miss * miss
      }
    }
  }
}

/// A normal action of standard deviation 1 about the only parameter.
struct ShiftedNormal: Policy {
  let observationSize = 1
  let actionSize = 1
  let layout = ParameterLayout([("mean", 1, 1)])

  func initialParameters(using stream: inout RandomStream) -> [Double] { [0] }

  func distribution(given observations: Variable) -> any ActionDistribution {
    let tape = observations.tape
    return DiagonalGaussianDistribution(
      mean: observations.matrixProduct(tape.parameter("mean")),
      logStandardDeviation: tape.constant(Matrix(rows: 1, columns: 1)))
  }
}
