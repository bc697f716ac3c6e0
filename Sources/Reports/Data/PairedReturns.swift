/// Returns that can be compared in pairs: by seed or, for a single run, by task.
struct PairedReturns: Sendable {
  /// The unit that has one return.
  enum Unit: Equatable, Sendable {
    case seeds
    /// The tasks of the run with the given seed.
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

  /// A description of what the interval is over.
  var unitInWords: String {
    switch unit {
    case .seeds: Format.count(values.count, "seed")
    case .tasks(let seed): "\(Format.count(values.count, "task")), seed \(seed)"
    }
  }

  /// The difference from other returns, and how it was computed.
  ///
  /// Tasks are paired if both sides are one run of the same seed, because both met the same tasks.
  /// Seeds are paired if they agree. Otherwise the means are treated as independent.
  func difference(to other: PairedReturns) -> (estimate: Estimate, how: String) {
    if unit == other.unit, unit != .seeds, Set(values.keys) == Set(other.values.keys) {
      return (Estimate(pairs(with: other)), "the same \(Format.count(values.count, "task"))")
    }
    let (first, second) = (bySeed, other.bySeed)
    let pairs = first.pairs(with: second)
    // a single common seed of several is not enough
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
