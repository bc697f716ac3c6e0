import Environments

/// A stream for each episode, as a sampler gives them: keyed by episode and step.
func streams(seed: UInt64 = 1, step: Int = 0) -> (Int) -> RandomStream {
  { RandomStream(seed: seed, purpose: .environment, at: StreamPlace(episode: $0, step: step)) }
}

extension Environment {
  /// Resets and returns the observations; the memory holds NaN before.
  func start(columns: Int, using stream: (Int) -> RandomStream) -> Matrix {
    var observations = Matrix(rows: count, columns: columns, repeating: .nan)
    observations.withMutableView { reset(into: $0, using: stream) }
    return observations
  }

  /// Takes a step and returns the observations; the memory holds NaN before.
  func advance(
    _ actions: Matrix, columns: Int, result: inout StepResult,
    using stream: (Int) -> RandomStream
  ) -> Matrix {
    var observations = Matrix(rows: count, columns: columns, repeating: .nan)
    actions.withView { actions in
      observations.withMutableView {
        step(actions, observations: $0, result: &result, using: stream)
      }
    }
    return observations
  }
}

/// What one episode went through, to be compared to the bit.
struct Path: Equatable {
  var observations: [[UInt64]] = []
  var rewards: [UInt64] = []
  var terminated = false
  var truncated = false

  init(start: [Double]) { observations = [start.map(\.bitPattern)] }

  var hasEnded: Bool { terminated || truncated }

  mutating func append(_ observation: [Double], _ result: StepResult, _ i: Int) {
    guard !hasEnded else { return }
    observations.append(observation.map(\.bitPattern))
    rewards.append(result.rewards[i].bitPattern)
    (terminated, truncated) = (result.terminated[i], result.truncated[i])
  }
}

/// An action inside of a space; components without bounds are standard normal.
func sampleAction(in space: Space, using stream: inout RandomStream) -> [Double] {
  switch space {
  case .discrete(let count): return [Double(Int.random(in: 0..<count, using: &stream))]
  case .box(let low, let high):
    return low.indices.map { j in
      low[j].isFinite && high[j].isFinite
        ? stream.uniform(in: low[j]..<high[j]) : stream.normal()
    }
  }
}

extension TaskDistribution {
  /// Runs episodes and records their paths.
  ///
  /// The numbers `episodes` key the starts, transitions and actions. An environment that is given is
  /// used again, else a new one is made. `visit` sees every observation of a live episode.
  func paths(
    task: TaskParameters, episodes: [Int], seed: UInt64, environment: (any Environment)? = nil,
    visit: (_ observation: [Double], _ result: StepResult?, _ i: Int) -> Void = { _, _, _ in }
  ) -> [Path] {
    let environment = environment ?? makeEnvironment(count: episodes.count)
    let columns = observationSpace.columns
    environment.task = task
    let first = environment.start(columns: columns) { streams(seed: seed)(episodes[$0]) }
    var paths = episodes.indices.map { Path(start: first.row($0)) }
    for i in episodes.indices { visit(first.row(i), nil, i) }
    var result = StepResult(count: episodes.count)
    for step in 1...horizon {
      var actions = Matrix(rows: episodes.count, columns: actionSpace.columns)
      for i in episodes.indices {
        var stream = RandomStream(
          seed: seed, purpose: .actions, at: StreamPlace(episode: episodes[i], step: step))
        for (j, x) in sampleAction(in: actionSpace, using: &stream).enumerated() {
          actions[i, j] = x
        }
      }
      let observations = environment.advance(actions, columns: columns, result: &result) {
        streams(seed: seed, step: step)(episodes[$0])
      }
      for i in episodes.indices where !paths[i].hasEnded {
        visit(observations.row(i), result, i)
        paths[i].append(observations.row(i), result, i)
      }
    }
    return paths
  }
}
