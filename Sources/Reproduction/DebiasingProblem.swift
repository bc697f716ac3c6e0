import Runs

/// A problem of the study of where the term that MAML leaves out matters.
public struct DebiasingProblem: Sendable {
  /// What is varied, for a plot and a table.
  public let family: String
  /// Its value.
  public let value: Double
  /// The preset.
  public let preset: String
  /// Values beside the preset's.
  public let settings: [String: String]
  /// The epochs of MAML before the study; 0 for the untrained policy.
  public var epochsBefore = 0
  /// The epochs of training whose returns are compared; 0 for none.
  public var epochs = 0
  /// The seeds of these trainings.
  public var seeds = 0
  /// The step to either side, along which slopes are measured.
  public var ascent = 0.05
  /// The meta-batches of the study and of its reference.
  public var metaBatches = (40, 40)
  /// The estimator that is compared with MAML.
  public var estimator = Estimator.sgMRLJackknife.name

  /// The name of its record: the same problem in two families is studied once.
  public var name: String {
    let values = settings.sorted { $0.key < $1.key }.map { ",\($0.key)=\($0.value)" }.joined()
    return preset + values
  }

  /// The configuration of an estimator.
  public func configuration(_ estimator: String, seed: Int = 1) -> Configuration {
    var configuration = Configuration(knownPreset: preset)
    configuration.set(known: settings)
    configuration.choose(estimator: estimator)
    configuration.seed = seed
    return configuration
  }

  /// What a record of it has to have.
  var fingerprint: String {
    [Estimator.maml.name, estimator].map { configuration($0).fingerprint }.joined(separator: "-")
      + "-\(epochsBefore)-\(epochs)-\(seeds)-\(ascent)-\(metaBatches.0)-\(metaBatches.1)"
  }

  /// Each problem once, of those that stand in several families.
  public static let distinct = all.enumerated().filter { index, problem in
    !all[..<index].contains { $0.name == problem.name }
  }.map(\.element)

  /// The problems, from a tabular process to the half-cheetah.
  public static let all: [DebiasingProblem] = {
    func tabular(_ family: String, _ key: String, _ values: [Double]) -> [DebiasingProblem] {
      values.map { value in
        // the preset's own value is the same problem in every family
        let isOwn: Double? = [
          "environment.horizon": 11, "inner.step-size": 1, "inner.episodes": 20,
        ][key]
        let text = value == value.rounded() ? "\(Int(value))" : "\(value)"
        return DebiasingProblem(
          family: family, value: value, preset: "tabular.random",
          settings: isOwn == value ? [:] : [key: text], epochs: 100, seeds: 5,
          metaBatches: (60, 300))
      }
    }
    func cheetah(_ horizon: Int) -> DebiasingProblem {
      DebiasingProblem(
        family: "half-cheetah, horizon", value: Double(horizon),
        preset: "\(Preset.locomotionNames[0]).recommended",
        settings: ["environment.horizon": "\(horizon)"], epochsBefore: 10, ascent: 0.1,
        metaBatches: (30, 30), estimator: Estimator.lvcPast.name)
    }
    func navigation(_ stepSize: String) -> DebiasingProblem {
      DebiasingProblem(
        family: "2D navigation, inner step size", value: Double(stepSize) ?? 0,
        preset: "navigation-2d.recommended", settings: ["inner.step-size": stepSize],
        epochsBefore: 50, ascent: 0.1)
    }
    return tabular("random process, horizon", "environment.horizon", [3, 6, 11, 21])
      + tabular("random process, inner step size", "inner.step-size", [0.1, 0.3, 1, 3])
      + tabular("random process, inner batch", "inner.episodes", [5, 20, 80])
      + ["0.03", "0.1", "0.3"].map(navigation)
      + [50, 100, 200].map(cheetah)
  }()
}
