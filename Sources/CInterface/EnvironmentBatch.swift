import CLibrary
import Certification
import Experiments

/// A batch of episodes that callers step: their seeds, their ends, and what starts them again.
final class EnvironmentBatch: Resource {
  override class var kind: String { "batch of environments" }

  /// What happens to an episode that has ended, in Gymnasium's terms.
  enum Autoreset: String, CaseIterable {
    case disabled
    case nextStep = "next-step"
    case sameStep = "same-step"
  }

  private enum Phase { case unstarted, running, ended }

  /// An episode's place in MetaTape's random numbers.
  private struct Origin {
    var seed: UInt64 = 0
    var number: Int
    /// Which of the row's episodes since it got its seed.
    var epoch = 0

    func stream(step: Int) -> RandomStream {
      RandomStream(
        seed: seed, purpose: .environment,
        at: StreamPlace(epoch: epoch, episode: number, step: step))
    }
  }

  let options: any TaskOptions
  let tasks: any TaskDistribution
  let environment: any RestartableEnvironment
  let informative: (any InformativeEnvironment)?
  /// The steps after which episodes are truncated; 0 for none.
  let horizon: Int
  let autoreset: Autoreset
  let count: Int
  let observationSize: Int
  let actionSize: Int
  let stateSize: Int
  let taskSize: Int
  let infoCount: Int
  /// The number of actions of a discrete space.
  private let actionCount: Int?
  private(set) var task: TaskParameters
  /// The arrays that the caller leaves in place.
  var bound: (actions: MatrixView, target: Target)?
  private var origins: [Origin]
  private var steps: [Int]
  private var phases: [Phase]
  /// The task of the current episodes; nil before the environment has one.
  private var activeTask: TaskParameters?
  private var result: StepResult
  /// The actions of a step: what a caller changes meanwhile is without effect.
  private var actions: Matrix
  private let everyRow: [Int]

  init(_ request: BatchRequest) throws {
    let catalog = Catalog.standard
    guard var options = catalog.tasks.first(where: { $0.name == request.name }) else {
      throw CallError.argument(
        "There are no tasks '\(request.name)'; there are \(catalog.tasks.map(\.name).joined(separator: ", "))."
      )
    }
    try options.set(request.options)
    self.options = options
    horizon = request.horizon
    // without a limit of its own, what the tasks say of their horizon is not used
    tasks = try options.makeTasks(horizon: max(horizon, 1))
    (count, autoreset) = (request.count, request.autoreset)
    guard let made = tasks.makeEnvironment(count: count) as? any RestartableEnvironment else {
      throw CallError(
        METATAPE_UNSUPPORTED,
        "The episodes of '\(request.name)' cannot be started one by one: its environment should be a RestartableEnvironment."
      )
    }
    environment = made
    informative = made as? any InformativeEnvironment
    observationSize = tasks.observationSpace.columns
    actionSize = tasks.actionSpace.columns
    stateSize = made.stateParts.reduce(0) { $0 + $1.size }
    infoCount = informative?.infoNames.count ?? 0
    actionCount = if case .discrete(let count) = tasks.actionSpace { count } else { nil }
    task = Self.task(of: tasks, seed: 0, index: 0)
    taskSize = task.count
    origins = (0..<count).map { Origin(number: $0) }
    steps = [Int](repeating: 0, count: count)
    phases = [Phase](repeating: .unstarted, count: count)
    result = StepResult(count: count)
    actions = Matrix(rows: count, columns: actionSize)
    everyRow = Array(0..<count)
  }

  /// The task of a number among those that a seed stands for, as the first meta-batch of a run has them.
  static func task(of tasks: any TaskDistribution, seed: UInt64, index: Int) -> TaskParameters {
    var stream = RandomStream(seed: seed, purpose: .tasks, at: StreamPlace(task: index))
    return tasks.sampleTask(using: &stream)
  }

  /// Sets the task of the episodes from the next reset of all on.
  func setTask(_ task: UnsafeBufferPointer<Double>) throws {
    if let objection = tasks.objection(to: Array(task)) {
      throw CallError.argument("'task': \(objection)")
    }
    self.task = Array(task)
  }

  /// The rows that a mask chooses.
  func rows(_ mask: UnsafeBufferPointer<UInt8>?) -> [Int] {
    mask.map { mask in everyRow.filter { mask[$0] != 0 } } ?? everyRow
  }

  /// Gives rows seeds of their own.
  func seed(
    _ rows: [Int], _ seeds: UnsafeBufferPointer<UInt64>, _ numbers: UnsafeBufferPointer<UInt64>?
  ) throws {
    for row in rows {
      let number = numbers?[row] ?? 0
      guard number < 1 << 32 else {
        throw CallError.argument("'numbers' has \(number) at place \(row): use less than 2^32.")
      }
    }
    for row in rows {
      origins[row] = Origin(seed: seeds[row], number: Int(numbers?[row] ?? 0))
      phases[row] = .unstarted
    }
  }

  /// Starts episodes; a new task takes effect where a caller starts all of them.
  func reset(_ rows: [Int], _ observations: MutableMatrixView) {
    for row in rows { begin(row) }
    if rows.count == count {
      resetAll(observations)
    } else {
      requireTask()
      environment.restart(rows, into: observations) { [origins] in origins[$0].stream(step: 0) }
    }
  }

  /// Starts episodes from given states.
  func restart(
    _ rows: [Int], from states: MatrixView, _ observations: MutableMatrixView
  ) throws {
    if rows.count == count && activeTask != task { activeTask = nil }
    requireTask()
    // a copy is checked and taken: what a caller changes meanwhile is without effect
    let copy = Matrix(rows: states.rows, columns: states.columns, elements: states.elements)
    for row in rows {
      try copy.row(row).withUnsafeBufferPointer { try requireFinite($0, "states") }
    }
    let bad = copy.withView {
      environment.restart(rows, from: $0, observations: observations)
    }
    if let bad {
      throw CallError.argument("'states' has no state of '\(tasks.name)' in row \(bad).")
    }
    for row in rows { begin(row) }
  }

  private func resetAll(_ observations: MutableMatrixView) {
    environment.task = task
    environment.reset(into: observations) { [origins] in origins[$0].stream(step: 0) }
    activeTask = task
  }

  /// The environment gets its task with a reset of all episodes; where the caller has made none, this is one
  /// without effect on what follows.
  private func requireTask() {
    guard activeTask == nil else { return }
    var observations = Matrix(rows: count, columns: observationSize)
    observations.withMutableView { resetAll($0) }
  }

  private func begin(_ row: Int) {
    if phases[row] != .unstarted { origins[row].epoch += 1 }
    phases[row] = .running
    steps[row] = 0
    (result.terminated[row], result.truncated[row]) = (false, false)
    (result.rewards[row], result.failures[row]) = (0, nil)
  }

  /// Where a step is written.
  struct Target {
    let observations: MutableMatrixView
    let rewards: UnsafeMutableBufferPointer<Double>
    let terminated, truncated: UnsafeMutableBufferPointer<UInt8>
    let infos, finalObservations, finalInfos: MutableMatrixView?
  }

  /// Advances all episodes.
  func step(_ actions: MatrixView, _ target: Target) throws {
    self.actions.withMutableView { $0.copy(actions) }
    try self.actions.withView { try requireActions($0) }
    var over: [Int] = []
    for row in 0..<count where phases[row] != .running {
      guard phases[row] == .ended, autoreset == .nextStep else {
        throw CallError.state(
          phases[row] == .unstarted
            ? "Episode \(row) has not started: reset it first."
            : "Episode \(row) has ended: reset it before the next step.")
      }
      over.append(row)
    }
    self.actions.withView { actions in
      environment.step(actions, observations: target.observations, result: &result) {
        [origins, steps] in origins[$0].stream(step: steps[$0] + 1)
      }
    }
    if !over.isEmpty { startAgain(over, target.observations) }
    var failure: (row: Int, text: String)?
    var ended: [Int] = []
    var next = over.startIndex
    for row in 0..<count {
      if next < over.endIndex, over[next] == row {
        next += 1
        target.rewards[row] = 0
        (target.terminated[row], target.truncated[row]) = (0, 0)
        continue
      }
      steps[row] += 1
      let isTruncated = result.truncated[row] || steps[row] == horizon
      target.rewards[row] = result.rewards[row]
      target.terminated[row] = result.terminated[row] ? 1 : 0
      target.truncated[row] = isTruncated ? 1 : 0
      if let text = result.failures[row] {
        phases[row] = .ended
        if failure == nil { failure = (row, text) }
      } else if isTruncated || result.terminated[row] {
        phases[row] = .ended
        ended.append(row)
      }
    }
    if let infos = target.infos { informative?.copyInfos(into: infos) }
    if autoreset == .sameStep && !ended.isEmpty { keep(ended, target) }
    if let failure {
      throw CallError.state(
        "Episode \(failure.row) failed and has to be reset; the others went on. \(failure.text)")
    }
  }

  /// Keeps what ended episodes gave, and resets them.
  private func keep(_ ended: [Int], _ target: Target) {
    for row in ended {
      if let finals = target.finalObservations {
        finals.rows(row..<row + 1).copy(target.observations.rows(row..<row + 1).view)
      }
      if let finals = target.finalInfos, let infos = target.infos {
        finals.rows(row..<row + 1).copy(infos.rows(row..<row + 1).view)
      }
    }
    startAgain(ended, target.observations)
    if let infos = target.infos { informative?.copyInfos(into: infos) }
  }

  /// Starts the next episodes of rows, with the task that they have.
  private func startAgain(_ rows: [Int], _ observations: MutableMatrixView) {
    for row in rows { begin(row) }
    environment.restart(rows, into: observations) { [origins] in origins[$0].stream(step: 0) }
  }

  private func requireActions(_ actions: MatrixView) throws {
    try requireFinite(
      UnsafeBufferPointer(start: actions.pointer, count: actions.count), "actions")
    if let actionCount { try requireIndices(actions, below: actionCount) }
  }
}
