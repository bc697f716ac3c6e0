import Foundation
import RandomNumbers
import Testing

/// Statistics of the streams. The seeds are fixed, so a test passes always or never; the stated
/// rate is the chance that a correct generator fails it at a seed drawn at random.
@Suite("Random streams")
struct RandomStreamTests {
  static let count = 200_000

  @Test("the same place gives the same numbers, and a copy continues alike")
  func reproducibility() {
    let place = StreamPlace(epoch: 1, task: 2, phase: 3, episode: 4, step: 5)
    var a = RandomStream(seed: 9, purpose: .tasks, at: place)
    var b = RandomStream(seed: 9, purpose: .tasks, at: place)
    #expect((0..<11).map { _ in a.next() } == (0..<11).map { _ in b.next() })
    var copy = a
    #expect(a.normals(5) == copy.normals(5))
  }

  @Test("uniform numbers are multiples of 2⁻⁵³ in 0 ≤ x < 1, with the right moments")
  func uniform() {
    var stream = RandomStream(seed: 1, purpose: .other)
    let x = (0..<Self.count).map { _ in stream.uniform() }
    #expect(x.allSatisfy { $0 >= 0 && $0 < 1 && ($0 * 0x1p53).rounded() == $0 * 0x1p53 })
    // false-alarm rate 1e-6 each: z below 4.9
    let n = Double(Self.count)
    #expect((mean(x) - 0.5).magnitude < 4.9 * (1 / 12 / n).squareRoot())
    // the variance of (x - 1/2)² is 1/180
    #expect(
      (mean(x.map { pow($0 - 0.5, 2) }) - 1.0 / 12).magnitude < 4.9 * (1 / 180 / n).squareRoot())
    let y = (0..<1000).map { _ in stream.uniform(in: -3..<5) }
    #expect(y.allSatisfy { $0 >= -3 && $0 < 5 } && y.contains { $0 < -2 } && y.contains { $0 > 4 })
  }

  @Test("normal numbers: mean, variance, fourth moment, correlation within a pair")
  func moments() {
    var stream = RandomStream(seed: 2, purpose: .other)
    let x = stream.normals(Self.count)
    let n = Double(Self.count)
    // false-alarm rate 1e-6 each; the variances of x², x⁴ and x y are 2, 96 and 1
    #expect(mean(x).magnitude < 4.9 * (1 / n).squareRoot())
    #expect((mean(x.map { $0 * $0 }) - 1).magnitude < 4.9 * (2 / n).squareRoot())
    #expect((mean(x.map { pow($0, 4) }) - 3).magnitude < 4.9 * (96 / n).squareRoot())
    let products = stride(from: 0, to: x.count, by: 2).map { x[$0] * x[$0 + 1] }
    #expect(mean(products).magnitude < 4.9 * (2 / n).squareRoot())
  }

  @Test("the distribution of normal numbers is normal (Kolmogorov and Smirnov)")
  func distribution() {
    var stream = RandomStream(seed: 3, purpose: .other)
    let fromPairs = stream.normals(Self.count)
    let single = (0..<Self.count).map { _ in stream.normal() }
    for sample in [fromPairs, single] {
      let sorted = sample.sorted()
      let n = Double(sorted.count)
      var distance = 0.0
      for (i, x) in sorted.enumerated() {
        let p = 0.5 * erfc(-x / 2.0.squareRoot())
        distance = max(distance, p - Double(i) / n, Double(i + 1) / n - p)
      }
      // false-alarm rate 2 exp(-2 t²) = 1e-6 at t = 2.69
      #expect(distance * n.squareRoot() < 2.69)
    }
  }

  @Test("filling with normals takes the numbers in order, for odd counts too")
  func filling() {
    var (a, b) = (RandomStream(seed: 4, purpose: .other), RandomStream(seed: 4, purpose: .other))
    let seven = a.normals(7)
    let pairs = (0..<4).flatMap { _ in
      let pair = b.normalPair()
      return [pair.0, pair.1]
    }
    #expect(seven == Array(pairs.prefix(7)))
    #expect(a.next() == b.next())
    #expect(a.normals(0) == [])
  }

  @Test("streams of neighbouring places, seeds and purposes are uncorrelated")
  func independence() {
    let base = StreamPlace(epoch: 1, task: 1, phase: 1, episode: 1, step: 1)
    var others: [(UInt64, Purpose, StreamPlace)] = [(8, .other, base), (7, .actions, base)]
    for path in [
      \StreamPlace.epoch, \StreamPlace.task, \StreamPlace.phase, \StreamPlace.episode,
      \StreamPlace.step,
    ] {
      var place = base
      place[keyPath: path] += 1
      others.append((7, .other, place))
    }
    var stream = RandomStream(seed: 7, purpose: .other, at: base)
    let n = 20_000
    let x = stream.normals(n)
    for (seed, purpose, place) in others {
      var other = RandomStream(seed: seed, purpose: purpose, at: place)
      let y = other.normals(n)
      // false-alarm rate 1e-6 each
      #expect(mean(zip(x, y).map { $0 * $1 }).magnitude < 4.9 / Double(n).squareRoot())
      #expect(Set(x).isDisjoint(with: y))
    }
  }

  @Test("the first numbers of many places are uniform: places do not repeat")
  func firstNumbers() {
    var seen: Set<UInt64> = []
    for episode in 0..<100 {
      for step in 0..<100 {
        var stream = RandomStream(
          seed: 5, purpose: .environment, at: StreamPlace(episode: episode, step: step))
        seen.insert(stream.next())
      }
    }
    #expect(seen.count == 10_000)
  }

  @Test("categorical frequencies (χ²), with weights of any sum, never an impossible index")
  func categorical() {
    let weights = [0, 0.2, 0.5, 0, 1.0, 0.3, 0]
    var stream = RandomStream(seed: 6, purpose: .other)
    var counts = [Double](repeating: 0, count: weights.count)
    for _ in 0..<Self.count { counts[stream.categorical(weights)] += 1 }
    var chiSquared = 0.0
    for (count, weight) in zip(counts, weights) {
      let expected = weight / 2 * Double(Self.count)
      if weight == 0 {
        #expect(count == 0)
      } else {
        chiSquared += pow(count - expected, 2) / expected
      }
    }
    // three degrees of freedom: false-alarm rate 1e-6
    #expect(chiSquared < 30.7)
    #expect((0..<100).allSatisfy { _ in stream.categorical([0, 0, 3]) == 2 })
  }

  @Test("a place out of bounds and impossible weights end the program")
  func bounds() async {
    await #expect(processExitsWith: .failure) {
      _ = RandomStream(seed: 1, purpose: .other, at: StreamPlace(phase: 256))
    }
    await #expect(processExitsWith: .failure) {
      _ = RandomStream(seed: 1, purpose: .other, at: StreamPlace(step: -1))
    }
    await #expect(processExitsWith: .failure) {
      var stream = RandomStream(seed: 1, purpose: .other)
      _ = stream.categorical([0, 0])
    }
  }

  private func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }
}
