/// Returns that can be compared pair by pair: those of each seed or, of a single run, of each task.
struct PairedReturns: Sendable {
  /// What has one return each.
  enum Unit: Equatable, Sendable {
    case seeds
    /// The tasks of the run with a seed.
    case tasks(seed: Int)
  }

  let unit: Unit
  /// The return of each seed, or of each task by its number.
  let values: [Int: Double]

  /// Returns by seed.
  init(bySeed values: [Int: Double]) { (unit, self.values) = (.seeds, values) }

  /// The returns of the tasks of one run.
  init(ofTasks values: [Double], seed: Int) {
    unit = .tasks(seed: seed)
    self.values = Dictionary(
      uniqueKeysWithValues: values.enumerated().map { ($0.offset, $0.element) })
  }

  /// The mean, with its interval over seeds or tasks.
  var estimate: Estimate { Estimate(values.sorted { $0.key < $1.key }.map(\.value)) }

  /// What the interval is over.
  var unitInWords: String {
    switch unit {
    case .seeds: Format.count(values.count, "seed")
    case .tasks(let seed): "\(Format.count(values.count, "task")), seed \(seed)"
    }
  }

  /// The difference to other returns, and how it was taken.
  ///
  /// Tasks are paired where both sides are one run of the same seed, which met the same tasks; seeds are
  /// paired where they agree. Elsewhere the means are taken as independent.
  func difference(to other: PairedReturns) -> (estimate: Estimate, how: String) {
    if unit == other.unit, unit != .seeds, Set(values.keys) == Set(other.values.keys) {
      return (Estimate(pairs(with: other)), "the same \(Format.count(values.count, "task"))")
    }
    let (first, second) = (bySeed, other.bySeed)
    let pairs = first.pairs(with: second)
    // one common seed of several says less than all of them
    let least = min(first.values.count, second.values.count)
    if pairs.count > 1 || (pairs.count == 1 && least == 1) {
      return (Estimate(pairs), Format.count(pairs.count, "pair"))
    }
    return (
      Estimate(of: first.estimate, minus: second.estimate),
      "\(first.values.count) against \(second.values.count) seeds"
    )
  }

  private func pairs(with other: PairedReturns) -> [Double] {
    values.keys.sorted().compactMap { key in
      values[key].flatMap { value in other.values[key].map { value - $0 } }
    }
  }

  private var bySeed: PairedReturns {
    switch unit {
    case .seeds: self
    case .tasks(let seed): PairedReturns(bySeed: [seed: estimate.mean])
    }
  }
}
