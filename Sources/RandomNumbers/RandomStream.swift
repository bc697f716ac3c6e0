import LinearAlgebra
import Requirements

/// The purpose of a random number; streams of different purposes never share a number.
public enum Purpose: UInt64, CaseIterable, Sendable {
  /// The initial parameters of a policy.
  case initialParameters = 1
  /// The tasks of a meta-batch.
  case tasks = 2
  /// The starts and the transitions of episodes.
  case environment = 3
  /// The actions of a policy.
  case actions = 4
  /// Anything else: tests, checks, random directions.
  case other = 5
}

/// The place of a random stream in an experiment.
///
/// A stream is keyed by its place and not by the order of the work. The numbers are therefore the
/// same for any number of threads or processes, and for a run that is resumed at any epoch.
public struct StreamPlace: Hashable, Sendable {
  /// The meta-epoch, below 2³².
  public var epoch: Int
  /// The task within its meta-batch, below 2²⁴.
  public var task: Int
  /// The phase of adaptation: 0 before the first inner step, `ζ` after the last; below 2⁸.
  public var phase: Int
  /// The chain of the task, below 2³²: 0 if there is one.
  public var chain: Int
  /// The episode within its batch, below 2³².
  public var episode: Int
  /// The step within its episode, below 2³².
  public var step: Int

  /// Creates a place.
  public init(
    epoch: Int = 0, task: Int = 0, phase: Int = 0, episode: Int = 0, step: Int = 0, chain: Int = 0
  ) {
    self.epoch = epoch
    self.task = task
    self.chain = chain
    self.phase = phase
    self.episode = episode
    self.step = step
  }
}

/// A stream of random numbers from a counter-based generator.
///
/// `seed` and `purpose` are the key of ``Philox``; the ``StreamPlace`` is part of its counter.
/// Streams of different places are therefore independent. A stream is a value: a copy draws the
/// same numbers.
public struct RandomStream: RandomNumberGenerator, Sendable {
  @usableFromInline let philox: Philox
  @usableFromInline var counter: SIMD4<UInt64>
  @usableFromInline var words: SIMD4<UInt64> = .zero
  @usableFromInline var used = 4

  /// Creates the stream of a place.
  ///
  /// - Precondition: every coordinate is within its bounds (see ``StreamPlace``).
  public init(seed: UInt64, purpose: Purpose, at place: StreamPlace = StreamPlace()) {
    require(
      (0..<(1 << 32)).contains(place.epoch) && (0..<(1 << 24)).contains(place.task)
        && (0..<256).contains(place.phase) && (0..<(1 << 32)).contains(place.episode)
        && (0..<(1 << 32)).contains(place.step) && (0..<(1 << 32)).contains(place.chain),
      "A stream's place is out of bounds: \(place).")
    philox = Philox(key: SIMD2(seed, purpose.rawValue))
    counter = SIMD4(
      0, UInt64(place.step) | UInt64(place.episode) << 32,
      UInt64(place.phase) | UInt64(place.task) << 8 | UInt64(place.epoch) << 32,
      UInt64(place.chain))
  }

  /// The next random word.
  @inlinable
  public mutating func next() -> UInt64 {
    if used == 4 {
      words = philox.block(counter)
      counter[0] &+= 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// A number uniform in `0 <= x < 1`, a multiple of 2⁻⁵³.
  @inlinable
  public mutating func uniform() -> Double { Double(next() &>> 11) * 0x1p-53 }

  /// A number uniform in a range.
  @inlinable
  public mutating func uniform(in range: Range<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A pair of independent standard normal numbers.
  ///
  /// - Source: Box and Muller (1958).
  public mutating func normalPair() -> (Double, Double) {
    // 1 - u lies in (0, 1]: the logarithm is finite
    let radius = (-2 * naturalLogarithm(1 - uniform())).squareRoot()
    let angle = boundedSineAndCosine(2 * Double.pi * uniform())
    return (radius * angle.cosine, radius * angle.sine)
  }

  /// A standard normal number.
  ///
  /// The second number of the pair from two words is discarded: use ``fillNormal(_:)`` for many.
  public mutating func normal() -> Double { normalPair().0 }

  /// Fills a buffer with independent standard normal numbers.
  public mutating func fillNormal(_ buffer: UnsafeMutableBufferPointer<Double>) {
    var i = 0
    while i < buffer.count {
      let (a, b) = normalPair()
      buffer[i] = a
      if i + 1 < buffer.count { buffer[i + 1] = b }
      i += 2
    }
  }

  /// Independent standard normal numbers.
  public mutating func normals(_ count: Int) -> [Double] {
    require(count >= 0, "There cannot be \(count) random numbers.")
    return [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      fillNormal(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }

  /// An index drawn with given probabilities.
  ///
  /// The probabilities are divided by their sum, so rounding in the sum does no harm.
  ///
  /// - Precondition: `probabilities` are at least 0, and their sum is positive and finite.
  public mutating func categorical(_ probabilities: UnsafeBufferPointer<Double>) -> Int {
    var sum = 0.0
    for p in probabilities { sum += p }
    require(sum > 0 && sum.isFinite, "A categorical distribution's weights sum to \(sum).")
    let threshold = uniform() * sum
    var cumulated = 0.0
    var last = 0
    for (index, p) in probabilities.enumerated() where p > 0 {
      cumulated += p
      last = index
      if threshold < cumulated { return index }
    }
    // rounding left the threshold at the very end
    return last
  }

  /// An index drawn with given probabilities.
  public mutating func categorical(_ probabilities: [Double]) -> Int {
    probabilities.withUnsafeBufferPointer { categorical($0) }
  }
}
