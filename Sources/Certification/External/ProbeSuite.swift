/// Small problems that tell mistakes apart.
public struct ProbeProblem: Sendable {
  /// The problem.
  public let problem: CertificateProblem
  /// The mistakes that it shows.
  public let separates: String

  /// The suite: each problem has at most 300 pairs of a chain and an outer batch, with batches that are
  /// merged.
  ///
  /// - Parameter isThorough: larger ones too.
  /// - Returns: The problems, the smallest first.
  /// - Throws: `CertificateError` if a problem is none, which cannot happen.
  public static func suite(isThorough: Bool = false) throws -> [ProbeProblem] {
    let wanders = [[[0.3, 0.7], [0.8, 0.2]], [[0.6, 0.4], [0.1, 0.9]]]
    let rewards = [[1.0, -0.5], [0.25, 0.75]]
    let logits = [0.3, -0.4, 0.1, 0.5]
    func problem(
      _ name: String, _ separates: String, initial: [Double] = [1, 0],
      transition: [[[Double]]] = wanders, reward: [[Double]] = rewards,
      terminal: [Int] = [], more: [[[Double]]] = [], horizon: Int = 1,
      parameters: [Double] = logits, steps: Int = 1, size: Double = 0.8, inner: Int = 1,
      outer: Int = 1, discount: Double = 1
    ) throws -> ProbeProblem {
      let processes = try ([reward] + more).map {
        try TabularMDP(
          initial: initial, transition: transition, reward: $0, terminal: terminal)
      }
      return ProbeProblem(
        problem: try CertificateProblem(
          name: name, processes: processes, horizon: horizon, parameters: parameters,
          settings: MetaSettings(
            innerSteps: steps, innerStepSize: size, innerEpisodes: inner, outerEpisodes: outer,
            discount: discount)),
        separates: separates)
    }
    let one = [[[1.0], [1.0]]]
    var result = [
      try problem(
        "bandit", "signs and factors", initial: [1], transition: one, reward: [[0, 1]],
        horizon: 0, parameters: [0.2, -0.1]),
      try problem(
        "bandit, three inner steps", "what only one inner step gets", initial: [1],
        transition: one, reward: [[0.5, 1]], horizon: 0, parameters: [0.2, -0.1], steps: 3),
      try problem(
        "two states", "a sum over steps for a mean, rewards before an action", discount: 0.9),
      try problem(
        "delayed reward", "a wrong discount",
        transition: [[[0, 1], [0, 1]], [[1, 0], [1, 0]]],
        reward: [[0, 0], [1, -1]], parameters: [0.3, -0.4, 0.1, 0.5], discount: 0.6),
      try problem(
        "two trajectories", "a mean over trajectories for a sum",
        inner: 2, discount: 0.9),
      try problem(
        "two outer trajectories", "a baseline that sees its own trajectory", inner: 1, outer: 2,
        discount: 0.9),
      try problem(
        "three trajectories", "a look at the order", initial: [1],
        transition: [[[1], [1], [1]]], reward: [[0.3, 1, -0.4]], horizon: 0,
        parameters: [0.2, -0.1, 0.4], inner: 2, outer: 3),
      try problem(
        "two inner steps", "the score of a later step", initial: [1],
        transition: one, reward: [[0.3, 1]], horizon: 1, parameters: [0.2, -0.1], steps: 2,
        discount: 0.8),
      try problem(
        "two tasks", "the first task for all", reward: [[1, -0.5], [0.25, 0.75]],
        more: [[[-0.5, 1], [0.5, 0]]], discount: 0.9),
      try problem(
        "large rewards", "a division by a deviation or variance",
        reward: rewards.map { $0.map { 10 * $0 + 5 } }, size: 0.05, discount: 0.9),
      try problem(
        "early ends", "steps behind the end of an episode", initial: [1, 0, 0],
        transition: [
          [[0, 0.5, 0.5], [0.4, 0.6, 0]], [[0, 0, 1], [0.5, 0.5, 0]], [[0, 0, 1], [0, 0, 1]],
        ], reward: [[1, -0.5], [0.25, 0.75], [0, 0]], terminal: [2],
        parameters: [0.3, -0.4, 0.1, 0.5, 0, 0], discount: 0.9),
    ]
    if isThorough {
      result += [
        try problem(
          "two states, two inner steps", "everything at once", initial: [0.6, 0.4], steps: 2,
          discount: 0.9),
        try problem(
          "two states, two trajectories each", "everything at once", initial: [0.6, 0.4],
          inner: 2, outer: 2, discount: 0.9),
        try problem(
          "three steps", "discounts of higher powers", horizon: 2, inner: 1, discount: 0.7),
      ]
    }
    return result
  }
}
