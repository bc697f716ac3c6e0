import Certification
import Environments
import Policies
import Simulator

extension TimedWork {
  /// The gradient and the Hessian-vector product of a Gaussian network with two hidden layers of 100 and
  /// ReLU, 17 observations and 6 actions, the product from the recording that the gradient left.
  ///
  /// - Parameters:
  ///   - samples: the number of samples.
  ///   - blockRows: the rows that a block of the recording aims at; twice as many in single precision.
  ///   - precision: of the policy and its derivatives.
  ///   - seed: of all numbers.
  /// - Returns: The work, in two parts.
  public static func derivatives(
    samples: Int, blockRows: Int, precision: Precision = .double, seed: UInt64
  ) -> TimedWork {
    let policy = GaussianNetworkPolicy(observationSize: 17, actionSize: 6)
    var stream = RandomStream(seed: seed, purpose: .other)
    let likelihood = LogLikelihood(policy, precision: precision)
    likelihood.parameters.value = policy.initialParameters(using: &stream)
    let observations = Matrix(rows: samples, columns: 17, elements: stream.normals(17 * samples))
    let actions = Matrix(rows: samples, columns: 6, elements: stream.normals(6 * samples))
    let weights = stream.normals(samples)
    let direction = stream.normals(policy.layout.count)
    let offsets = Array(stride(from: 0, to: samples, by: 100)) + [samples]
    let blocks = EpisodeBlock.partition(
      offsets, target: EpisodeBlock.rows(blockRows, in: precision))
    return TimedWork(["gradient", "hessianVectorProduct"]) {
      var gradient: [Double] = []
      let first = seconds {
        gradient = observations.withView { x in
          actions.withView {
            likelihood.recordGradient(x, $0, blocks: blocks, weights: weights)
          }
        }
      }
      var product: [Double] = []
      let second = seconds {
        product = likelihood.secondOrder(weights: weights, direction: direction) {
          _, _, tangents in
          tangents.update(repeating: 0)
        }
      }
      // the results are used, so nothing can be left out
      guard gradient[0].isFinite && product[0].isFinite else {
        throw ResultError(description: "The derivatives are not finite.")
      }
      return [first, second]
    }
  }

  /// Whole meta-epochs of trainers in turns, each with its name.
  public static func metaEpochs(_ trainers: [(name: String, trainer: Trainer)]) -> TimedWork {
    TimedWork(trainers.map(\.name)) {
      var times: [Double] = []
      for (_, trainer) in trainers { times.append(try await trainer.runEpoch().seconds) }
      return times
    }
  }

  /// Ten products of the Hessian that TRPO's conjugate gradients ask for, on the chains of one epoch,
  /// beside what they are made of: as often, the two second-order sweeps of every inner step, and
  /// the Fisher product of the adapted policy.
  ///
  /// - Parameter trainer: whose chains; its settings say how many recordings are kept.
  /// - Returns: The work, in three parts.
  public static func curvatureProducts(_ trainer: Trainer) async -> TimedWork {
    let batch = await trainer.nextMetaBatch()
    let vector = await trainer.parameters.indices.map { Double($0 % 7 - 3) }
    func tenTimes(_ body: () async throws -> [Double]) async throws -> Double {
      let start = ContinuousClock.now
      for _ in 0..<10 {
        guard try await body().allSatisfy(\.isFinite) else {
          throw ResultError(description: "A product is not finite.")
        }
      }
      return (ContinuousClock.now - start) / .seconds(1)
    }
    return TimedWork(["products", "sweeps", "fisher"]) {
      [
        try await tenTimes { try await batch.divergenceHessianProduct(vector) },
        try await tenTimes { try await batch.mean(of: InnerSweeps(vector: vector)) },
        try await tenTimes { try await batch.mean(of: FisherProduct(vector: vector)) },
      ]
    }
  }

  /// 200 environment steps of a model with random actions from random starts: the simulation alone, then
  /// with observations, rewards and resets.
  ///
  /// - Parameters:
  ///   - known: the model.
  ///   - tasks: the tasks of its environment, of which one is drawn.
  ///   - count: how many environments run side by side.
  ///   - seed: of all numbers.
  /// - Returns: The work, in two parts.
  public static func simulator(
    _ known: KnownModel, _ tasks: any TaskDistribution, environments count: Int, seed: UInt64
  ) -> TimedWork {
    let simulation = BatchSimulation(model: known.model, count: count)
    let environment = tasks.makeEnvironment(count: count)
    let restartable = environment as? any RestartableEnvironment
    var stream = RandomStream(seed: seed, purpose: .other)
    environment.task = tasks.sampleTask(using: &stream)
    let (size, motors, steps) = (known.model.dofCount, known.model.motorCount, 200)
    let controls = (0..<steps).map { _ in
      Matrix(
        rows: count, columns: motors,
        elements: (0..<count * motors).map { _ in stream.uniform(in: -1..<1) })
    }
    func displacements() -> [Double] { (0..<size).map { _ in stream.uniform(in: -0.1..<0.1) } }
    let pose = known.model.referencePositions
    let starts = (0..<count).map { _ in
      (qpos: zip(pose, displacements()).map(+), qvel: displacements())
    }
    let physicsSteps = Double(steps * known.frames * count)
    var observations = Matrix(rows: count, columns: tasks.observationSpace.columns)
    var result = StepResult(count: count)
    return TimedWork(["physics", "environment"], amount: ("physics steps", physicsSteps)) {
      for i in 0..<count {
        simulation.reset(environment: i, qpos: starts[i].qpos, qvel: starts[i].qvel)
      }
      let physics = seconds {
        for step in 0..<steps {
          simulation.step(controls: controls[step].elements, frames: known.frames)
        }
      }
      let whole = seconds {
        observations.withMutableView { observations in
          environment.reset(into: observations) {
            RandomStream(seed: seed, purpose: .environment, at: StreamPlace(episode: $0))
          }
          for step in 0..<steps {
            controls[step].withView { actions in
              environment.step(actions, observations: observations, result: &result) {
                RandomStream(
                  seed: seed, purpose: .environment, at: StreamPlace(episode: $0, step: step + 1))
              }
            }
            guard let restartable, result.terminated.contains(true) else { continue }
            let ended = result.terminated.indices.filter { result.terminated[$0] }
            restartable.restart(ended, into: observations) {
              RandomStream(
                seed: seed, purpose: .environment, at: StreamPlace(episode: $0, step: step + 1))
            }
          }
        }
      }
      guard simulation.invalidStates.isEmpty, observations.elements.allSatisfy({ $0.isFinite })
      else { throw ResultError(description: "The simulation gave numbers that are not finite.") }
      return [physics, whole]
    }
  }
}

/// Two second-order sweeps of every inner step.
private struct InnerSweeps: ChainRequest {
  let vector: [Double]

  func numbers(of chain: Chain) -> [Double] { chain.pullBack(chain.pushForward(vector)) }
}

/// The Fisher product of the adapted policy.
private struct FisherProduct: ChainRequest {
  let vector: [Double]

  func numbers(of chain: Chain) throws(TrainingError) -> [Double] {
    try chain.fisherProduct(vector)
  }
}

/// The time that a piece of work takes, in seconds.
private func seconds(_ body: () throws -> Void) rethrows -> Double {
  try ContinuousClock().measure(body) / .seconds(1)
}
